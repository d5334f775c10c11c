import Data
import Files
import Foundation
import Kernels
import Networks
import TestSupport
import Testing

@testable import Attack

@Suite(.serialized) struct SeveralSetsTests {
  // Three image-image scores, one text-text score.
  private let configuration = FeatureConfiguration(views: 3, variants: 2, sets: [.imageImage, .textText])

  private func features(_ count: Int, means: (Float, Float), _ name: String) throws -> MembershipFeatures {
    let rows = (0..<count).map { input -> [Float] in
      var stream = RandomStream(seed: 6, name: name).substream(input)
      return (0..<4).map { ($0 < 3 ? means.0 : means.1) + 0.05 * stream.normal() }
    }
    return try MembershipFeatures(configuration: configuration, scores: rows)
  }

  private func groups(
    _ members: (Float, Float), _ nonmembers: (Float, Float), _ name: String
  ) throws -> MembershipGroups<MembershipFeatures> {
    MembershipGroups(
      members: try features(80, means: members, "\(name) members"),
      nonmembers: try features(80, means: nonmembers, "\(name) nonmembers"))
  }

  @Test("each set is ranked by itself")
  func ranking() throws {
    let features = try MembershipFeatures(configuration: configuration, scores: [[0.1, 0.3, 0.2, 0.9]])
    #expect(features.rows == [[0.3, 0.2, 0.1, 0.9]])
    #expect(abs(features.meansBySet[0][0] - 0.2) < 1e-6 && features.meansBySet[1] == [0.9])
  }

  @Test(
    "each kind finds members by the one set that tells, on another scale than the rest",
    arguments: InferenceClassifierKind.allCases)
  func oneSetTells(_ kind: InferenceClassifierKind) throws {
    var settings = ClassifierSettings.quick
    (settings.vector.batch, settings.set.batch) = (20, 20)
    let found = try kind.metrics(
      shadow: groups((8, 0.9), (8, 0.6), "shadow"), target: groups((8, 0.9), (8, 0.6), "target"),
      settings: settings)
    #expect(found.auc.value > 0.97 && found.accuracy.value > 0.9, "\(found.auc)")
  }

  @Test("EncoderMI-S knows which set a score is of: values that change places between sets are told apart")
  func typedElements() throws {
    let pairs = FeatureConfiguration(views: 2, variants: 2, sets: [.imageImage, .textText])
    func groups(_ name: String) throws -> MembershipGroups<MembershipFeatures> {
      var stream = RandomStream(seed: 2, name: name)
      func rows(_ first: Float, _ second: Float) throws -> MembershipFeatures {
        try MembershipFeatures(
          configuration: pairs,
          scores: (0..<80).map { _ in
            [first + 0.03 * stream.normal(), second + 0.03 * stream.normal()]
          })
      }
      return MembershipGroups(members: try rows(0.6, 0.4), nonmembers: try rows(0.4, 0.6))
    }
    var settings = ClassifierSettings.quick
    settings.set.batch = 20
    let found = try InferenceClassifierKind.set.metrics(
      shadow: groups("shadow"), target: groups("target"), settings: settings, seed: 1)
    #expect(found.auc.value > 0.97)
  }

  @Test("EncoderMI-T's score of several sets is the log-odds of their means by a regression on the shadow")
  func combination() throws {
    let shadow = try groups((0.8, 0.7), (0.7, 0.6), "shadow")
    let classifier = try InferenceClassifierKind.threshold.fit(shadow, seed: 1)
    let rows = shadow.map { features in
      (0..<features.count).map { input in features.meansBySet.map { Double($0[input]) } }
    }
    let regression = LogisticRegression(rows)
    #expect(classifier.description.combination == regression)
    #expect(try classifier.scores(shadow.members) == rows.members.map { Float(regression.score($0)) })
  }

  @Test(
    "a classifier of several sets reads back with the same scores",
    arguments: InferenceClassifierKind.allCases,
    SetArchitecture.allCases)
  func roundTrip(_ kind: InferenceClassifierKind, _ architecture: SetArchitecture) throws {
    let shadow = try groups((0.8, 0.7), (0.7, 0.6), "shadow")
    var settings = ClassifierSettings.quick
    (settings.vector.epochs, settings.set.epochs, settings.setArchitecture) = (1, 1, architecture)
    let classifier = try kind.fit(shadow, settings: settings, seed: 4)
    try withTemporaryFolder { folder in
      try classifier.write(to: folder.appending(path: "a"))
      let copy = try InferenceClassifierKind.read(from: folder.appending(path: "a"))
      #expect(copy.description == classifier.description)
      #expect(try copy.scores(shadow.members) == classifier.scores(shadow.members))
    }
  }

  @Test("a classifier refuses features of other sets")
  func mismatch() throws {
    let shadow = try groups((0.8, 0.7), (0.7, 0.6), "shadow")
    let classifier = try InferenceClassifierKind.threshold.fit(shadow, seed: 4)
    let images = try MembershipFeatures(
      configuration: FeatureConfiguration(views: 3), scores: [[0.3, 0.2, 0.1]])
    let error = #expect(throws: FeatureError.self) { try classifier.scores(images) }
    #expect(error?.description.contains("image-image + text-text") == true)
  }

  @Test("a description of several sets without their combination is an error")
  func incomplete() throws {
    let shadow = try groups((0.8, 0.7), (0.7, 0.6), "shadow")
    var description = try InferenceClassifierKind.threshold.fit(shadow, seed: 4).description
    description.combination = LogisticRegression(
      MembershipGroups(members: [[1.0]], nonmembers: [[0.0]]))
    #expect(throws: InvalidSetting.self) { try description.validate() }
    description.combination = nil
    description.standardisations = [Standardisation(of: [1, 2])]
    #expect(throws: InvalidSetting.self) { try description.validate() }
  }
}
