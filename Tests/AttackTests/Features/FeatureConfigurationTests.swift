import Files
import Foundation
import Testing

@testable import Attack

@Suite struct FeatureConfigurationTests {
  @Test("image-image alone is written as it always was: a similarity and a number of views")
  func fileFormat() throws {
    let plain = FeatureConfiguration(views: 7)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Configuration.encode(plain)) as? [String: Any])
    #expect(Set(object.keys) == ["similarity", "views"])
    #expect(FeatureConfiguration(views: 7, variants: 3, sets: [.imageImage]) == plain)
  }

  @Test("sets stand one after the other, each with its number of scores")
  func ranges() {
    let configuration = FeatureConfiguration(views: 10, variants: 10, sets: FeatureSet.allCases)
    #expect(configuration.ranges == [0..<45, 45..<90, 90..<190, 190..<191] && configuration.scores == 191)
    #expect(FeatureConfiguration(views: 3, variants: 2, sets: [.pair, .imageText]).ranges == [0..<1, 1..<7])
  }

  @Test("variants are a setting only where captions have any")
  func variants() {
    #expect(FeatureConfiguration(views: 3, variants: 2, sets: [.pair]).variants == nil)
    #expect(FeatureConfiguration(views: 3, variants: 2, sets: [.textText]).variants == 2)
  }

  @Test("too few views or variants, no sets and a set named twice are errors that name the key")
  func invalid() throws {
    func path(_ configuration: FeatureConfiguration) -> String? {
      #expect(throws: InvalidSetting.self) { try configuration.validate() }?.path
    }
    #expect(path(FeatureConfiguration(views: 1)) == "views")
    #expect(path(FeatureConfiguration(views: 0, variants: 2, sets: [.imageText])) == "views")
    #expect(path(FeatureConfiguration(views: 2, variants: 1, sets: [.textText])) == "variants")
    #expect(path(FeatureConfiguration(views: 2, variants: 2, sets: [])) == "sets")
    #expect(path(FeatureConfiguration(views: 2, variants: 2, sets: [.pair, .pair])) == "sets")
    try FeatureConfiguration(views: 1, variants: 1, sets: [.imageText]).validate()
  }

  @Test("the names of sets are those of tables")
  func names() {
    #expect(FeatureSet.name(of: [.imageText, .pair]) == "image-text + pair")
    #expect(FeatureSet.name(of: FeatureSet.allCases) == "all sets")
  }
}
