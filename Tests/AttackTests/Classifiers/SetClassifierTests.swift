import Data
import Kernels
import Networks
import Testing

@testable import Attack

@Suite(.serialized) struct SetClassifierTests {
  private func sets(_ count: Int, mean: Float, deviation: Float, _ name: String) -> [[Float]] {
    (0..<count).map { input in
      var stream = RandomStream(seed: 14, name: name).substream(input)
      return (0..<6).map { _ in mean + deviation * stream.normal() }
    }
  }

  private func fit(_ architecture: SetArchitecture, _ groups: MembershipGroups<[[Float]]>, epochs: Int = 30)
    throws
    -> SetClassifier
  {
    var settings = ClassifierSettings.quick
    (settings.setArchitecture, settings.set.epochs) = (architecture, epochs)
    let features = try groups.map {
      try MembershipFeatures(configuration: FeatureConfiguration(views: 4), scores: $0)
    }
    return try SetClassifier.fit(features, settings: settings, seed: 2, progress: { _, _ in })
  }

  @Test("the score does not depend on the order of the set", arguments: SetArchitecture.allCases)
  func permutationInvariance(_ architecture: SetArchitecture) throws {
    let groups = MembershipGroups(
      members: sets(20, mean: 0.8, deviation: 0.1, "a"), nonmembers: sets(20, mean: 0.6, deviation: 0.1, "b"))
    let classifier = try fit(architecture, groups, epochs: 3)
    var stream = RandomStream(seed: 1, name: "order")
    let shuffled = groups.members.map { row in stream.permutation(6).map { row[$0] } }
    let before = classifier.scores(ofSets: Tensor(groups.members.flatMap { $0 }, shape: [20, 6]))
    let after = classifier.scores(ofSets: Tensor(shuffled.flatMap { $0 }, shape: [20, 6]))
    #expect(shuffled != groups.members)
    for (a, b) in zip(before, after) { #expect(abs(a - b) < 1e-4) }
  }

  @Test("the plain architecture sees the mean similarity, the paper's per-sample standardisation hides it")
  func meanSimilarity() throws {
    let groups = MembershipGroups(
      members: sets(150, mean: 0.9, deviation: 0.05, "a"),
      nonmembers: sets(150, mean: 0.6, deviation: 0.05, "b"))
    let configuration = FeatureConfiguration(views: 4)
    let target = try MembershipGroups(
      members: sets(150, mean: 0.9, deviation: 0.05, "c"),
      nonmembers: sets(150, mean: 0.6, deviation: 0.05, "d")
    ).map { try MembershipFeatures(configuration: configuration, scores: $0) }
    #expect(try fit(.plain, groups).membershipScores(target).roc.area > 0.99)
    let hidden = try fit(.paper, groups, epochs: 10).membershipScores(target)
    #expect(AttackMetrics(name: "S", scores: hidden).auc.covers(0.5))
  }

  @Test("scores of equal values stay finite under per-sample standardisation")
  func equalScores() throws {
    let equal = [[Float]](repeating: [Float](repeating: 0.3, count: 6), count: 4)
    let classifier = try fit(
      .paper, MembershipGroups(members: equal, nonmembers: sets(4, mean: 0.6, deviation: 0.1, "b")), epochs: 1
    )
    for score in classifier.scores(ofSets: Tensor(equal.flatMap { $0 }, shape: [4, 6])) {
      #expect(score.isFinite)
    }
  }
}
