import Data
import Files
import Foundation
import Kernels
import Networks
import Testing

@testable import Attack

extension InferenceClassifierKind {
  /// How well a classifier of this kind, trained on the shadow's features, does on the target's.
  func metrics(
    shadow: MembershipGroups<MembershipFeatures>, target: MembershipGroups<MembershipFeatures>,
    settings: ClassifierSettings = .quick, seed: UInt64 = 3
  ) throws -> AttackMetrics {
    let classifier = try fit(shadow, settings: settings, seed: seed)
    return AttackMetrics(name: name, scores: try classifier.membershipScores(target))
  }
}

@Suite(.serialized) struct InferenceClassifierTests {
  private let configuration = FeatureConfiguration(views: 5)

  /// Scores around a mean of each input's own, as views of one image give.
  private func features(_ count: Int, mean: Float, _ name: String) throws -> MembershipFeatures {
    let rows = (0..<count).map { input -> [Float] in
      var stream = RandomStream(seed: 12, name: name).substream(input)
      let own = mean + 0.05 * stream.normal()
      return (0..<configuration.scores).map { _ in own + 0.05 * stream.normal() }
    }
    return try MembershipFeatures(configuration: configuration, scores: rows)
  }

  private func groups(_ count: Int, gap: Float, _ name: String) throws -> MembershipGroups<MembershipFeatures>
  {
    MembershipGroups(
      members: try features(count, mean: 0.7 + gap, "\(name) members"),
      nonmembers: try features(count, mean: 0.7, "\(name) nonmembers"))
  }

  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test(
    "each kind of the table tells groups apart whose similarities differ",
    arguments: InferenceClassifierKind.allCases)
  func positiveControl(_ kind: InferenceClassifierKind) throws {
    let shadow = try groups(100, gap: 0.25, "shadow")
    #expect(try kind.fit(shadow, settings: .quick, seed: 3).description.kind == kind)
    let found = try kind.metrics(shadow: shadow, target: groups(100, gap: 0.25, "target"))
    #expect(found.auc.value > 0.98 && found.accuracy.value > 0.95)
  }

  @Test("each kind is at chance on groups of one distribution", arguments: InferenceClassifierKind.allCases)
  func negativeControl(_ kind: InferenceClassifierKind) throws {
    let found = try kind.metrics(
      shadow: groups(100, gap: 0, "shadow"), target: groups(100, gap: 0, "target"))
    #expect(found.auc.covers(0.5) && found.balancedAccuracy.covers(0.5))
  }

  @Test(
    "a classifier reads back with the same scores and decision", arguments: InferenceClassifierKind.allCases)
  func roundTrip(_ kind: InferenceClassifierKind) throws {
    let shadow = try groups(20, gap: 0.2, "shadow")
    var settings = ClassifierSettings.quick
    (settings.vector.epochs, settings.set.epochs) = (2, 2)
    let classifier = try kind.fit(shadow, settings: settings, seed: 4)
    try withFolder { folder in
      try classifier.write(to: folder.appending(path: kind.rawValue))
      let copy = try InferenceClassifierKind.read(from: folder.appending(path: kind.rawValue))
      #expect(copy.description == classifier.description)
      #expect(copy.threshold == classifier.threshold)
      #expect(try copy.scores(shadow.members) == classifier.scores(shadow.members))
    }
  }

  @Test(
    "features of other views or another similarity are refused", arguments: InferenceClassifierKind.allCases)
  func mismatch(_ kind: InferenceClassifierKind) throws {
    var settings = ClassifierSettings.quick
    (settings.vector.epochs, settings.set.epochs) = (1, 1)
    let classifier = try kind.fit(groups(5, gap: 0.2, "shadow"), settings: settings, seed: 4)
    let fewer = try MembershipFeatures(configuration: FeatureConfiguration(views: 2), scores: [[0.5]])
    let euclidean = try MembershipFeatures(
      configuration: FeatureConfiguration(similarity: .euclidean, views: 5),
      scores: [[Float](repeating: -1, count: 10)])
    #expect(throws: FeatureError.self) { try classifier.scores(fewer) }
    #expect(throws: FeatureError.self) { try classifier.scores(euclidean) }
  }

  @Test(
    "one seed gives the same weights bit for bit, another seed others",
    arguments: [InferenceClassifierKind.vector, .set])
  func seeds(_ kind: InferenceClassifierKind) throws {
    let shadow = try groups(30, gap: 0.2, "shadow")
    var settings = ClassifierSettings.quick
    (settings.vector.epochs, settings.set.epochs, settings.setArchitecture) = (2, 2, .paper)
    let first = try kind.fit(shadow, settings: settings, seed: 4).store.weights.values
    #expect(try kind.fit(shadow, settings: settings, seed: 4).store.weights.values == first)
    #expect(try kind.fit(shadow, settings: settings, seed: 5).store.weights.values != first)
  }

  @Test("the loss falls over the epochs", arguments: [InferenceClassifierKind.vector, .set])
  func progress(_ kind: InferenceClassifierKind) throws {
    var losses: [Double] = []
    _ = try kind.fit(groups(60, gap: 0.2, "shadow"), settings: .quick, seed: 4) { epoch, loss in
      losses.append(loss)
      #expect(epoch == losses.count)
    }
    #expect((losses.last ?? 1) < 0.5 * (losses.first ?? 0))
  }

  @Test("an empty group and settings out of range are errors")
  func badInput() throws {
    let shadow = try groups(5, gap: 0.2, "shadow")
    let empty = MembershipGroups(members: shadow.members, nonmembers: shadow.nonmembers.selecting([]))
    #expect(throws: ClassifierError.emptyGroup("nonmembers")) {
      try InferenceClassifierKind.vector.fit(empty, seed: 1)
    }
    var settings = ClassifierSettings.quick
    settings.set.learningRate = -1
    #expect(throws: InvalidSetting.self) {
      try InferenceClassifierKind.set.fit(shadow, settings: settings, seed: 1)
    }
  }

  @Test("a loss that is not finite is an error")
  func diverged() throws {
    var settings = ClassifierSettings.quick
    settings.vector.learningRate = 1e38
    #expect(throws: ClassifierError.self) {
      try InferenceClassifierKind.vector.fit(groups(20, gap: 0.2, "shadow"), settings: settings, seed: 1)
    }
  }

  @Test("a saved description out of range is an error, not a crash", arguments: [-1, 0, 1, 1 << 40])
  func descriptionOutOfRange(_ views: Int) throws {
    var settings = ClassifierSettings.quick
    settings.vector.epochs = 1
    let classifier = try InferenceClassifierKind.vector.fit(
      groups(5, gap: 0.2, "shadow"), settings: settings, seed: 4)
    try withFolder { folder in
      let saved = folder.appending(path: "classifier")
      try classifier.write(to: saved)
      let file = saved.appending(path: "checkpoint.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      try text.replacingOccurrences(of: "\"views\" : 5", with: "\"views\" : \(views)")
        .write(to: file, atomically: true, encoding: .utf8)
      #expect(throws: ConfigurationError.self) { try InferenceClassifierKind.read(from: saved) }
    }
  }

  @Test("weights of another number of views are refused")
  func otherWeights() throws {
    var settings = ClassifierSettings.quick
    settings.vector.epochs = 1
    let classifier = try InferenceClassifierKind.vector.fit(
      groups(5, gap: 0.2, "shadow"), settings: settings, seed: 4)
    try withFolder { folder in
      let saved = folder.appending(path: "classifier")
      try classifier.write(to: saved)
      let file = saved.appending(path: "checkpoint.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      try text.replacingOccurrences(of: "\"views\" : 5", with: "\"views\" : 6")
        .write(to: file, atomically: true, encoding: .utf8)
      #expect(throws: ParameterError.self) { try InferenceClassifierKind.read(from: saved) }
    }
  }
}
