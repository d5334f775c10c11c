import Files
import Kernels
import Networks
import Testing

@testable import Attack

@Suite struct MembershipFeaturesTests {
  private let configuration = FeatureConfiguration(views: 4)

  /// Features of random scores of some inputs, each input's the same in whatever company.
  private func features(_ inputs: [Int]) throws -> MembershipFeatures {
    try MembershipFeatures(
      configuration: configuration,
      scores: inputs.map { input in
        var stream = RandomStream(seed: 1, name: "scores").substream(input)
        return (0..<6).map { _ in stream.normal() }
      })
  }

  @Test("each row is descending and its mean is the mean of its scores")
  func ranking() throws {
    let features = try self.features(Array(0..<9))
    #expect(features.scores.shape == [9, 6])
    for (row, mean) in zip(features.rows, features.means) {
      #expect(row == row.sorted(by: >))
      #expect(abs(row.reduce(0, +) / 6 - mean) < 1e-6)
    }
  }

  @Test("fewer than two views are an error")
  func tooFewViews() {
    #expect(throws: InvalidSetting.self) {
      try MembershipFeatures(configuration: FeatureConfiguration(views: 1), scores: [])
    }
  }

  @Test("rows can be selected and appended")
  func selection() throws {
    let features = try self.features(Array(0..<5))
    let selected = features.selecting([4, 0])
    #expect(selected.rows == [features.rows[4], features.rows[0]])
    #expect(try selected.appending(features).rows == selected.rows + features.rows)
    let other = try MembershipFeatures(configuration: FeatureConfiguration(views: 2), scores: [[0.5]])
    #expect(throws: FeatureError.self) { try selected.appending(other) }
  }
}
