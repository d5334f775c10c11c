import Data
import Networks

/// Whether two groups that somebody else made differ by themselves: a linear classifier of what can be known without any
/// encoder, learned on four fifths of each group and tested on the last, in turn.
///
/// Where the groups are lists of an auditor's own, a shadow's groups, which a coin made alike, cannot show how these
/// differ; only the groups themselves can.
enum CrossValidation {
  static let folds = 5
  /// Inputs of a group that are needed: two for each part.
  static let fewest = 2 * folds

  /// For each input the score by a classifier that did not see it, 0 being the threshold; nil where a group has fewer than
  /// ``fewest`` inputs.
  /// - Parameter seed: of the division into parts.
  static func scores(
    _ rows: MembershipGroups<[[Double]]>, penalty: Double, seed: UInt64
  ) -> MembershipGroups<[Double]>? {
    guard min(rows.members.count, rows.nonmembers.count) >= fewest else { return nil }
    var stream = RandomStream(seed: seed, name: "blind control within the groups")
    let order = rows.map { stream.permutation($0.count) }
    var scores = rows.map { [Double](repeating: 0, count: $0.count) }
    for fold in 0..<folds {
      let isTested = order.map { order in
        var tested = [Bool](repeating: false, count: order.count)
        for (place, index) in order.enumerated() where place % folds == fold { tested[index] = true }
        return tested
      }
      let learned = rows.zip(isTested).map { rows, tested in
        zip(rows, tested).filter { !$0.1 }.map(\.0)
      }
      let classifier = LogisticRegression(learned, penalty: penalty)
      for membership in Membership.allCases {
        for (index, row) in rows[membership].enumerated() where isTested[membership][index] {
          scores[membership][index] = classifier.score(row)
        }
      }
    }
    return scores
  }
}

/// Whether the statistics of images, or the n-grams of captions, tell an auditor's own groups apart; see
/// ``CrossValidation``.
public enum GroupsControl {
  /// Its name in results by what it looks at.
  static func name(_ statistics: String) -> String { "blind within the groups (\(statistics))" }
  static let imageStatistics = "image statistics"
  static let captionStatistics = "caption n-grams"

  /// What it says of images, and of the first caption of each, where there are some.
  /// - Returns: by name; without those that have too few inputs.
  /// - Throws: an error of reading images, or ``EvaluationError``.
  public static func scores(
    _ groups: MembershipGroups<Population>, seed: UInt64
  ) throws -> [(name: String, scores: MembershipScores)] {
    var found: [(name: String, scores: MembershipScores)] = []
    if groups.members.images != nil {
      let rows = try groups.map { population in
        try population.images.map { try ImageStatistics.of($0, population.indices).map(\.values) } ?? []
      }
      if let scores = CrossValidation.scores(rows, penalty: 0.01, seed: seed) {
        found.append((name(imageStatistics), try MembershipScores(scores, threshold: 0)))
      }
    }
    if let holding = CaptionHolding.allCases.first(where: { groups.members.captions[$0] != nil }) {
      let rows = groups.map { ($0.captions[holding] ?? []).map { CaptionStatistics($0).values } }
      if let scores = CrossValidation.scores(rows, penalty: CaptionControl.penalty, seed: seed) {
        found.append((name(captionStatistics), try MembershipScores(scores, threshold: 0)))
      }
    }
    return found
  }

  /// That there are too few inputs for it; nil where there are enough.
  public static func obstacle(_ groups: MembershipGroups<Population>) -> String? {
    let fewest = min(groups.members.count, groups.nonmembers.count)
    guard fewest < CrossValidation.fewest else { return nil }
    return
      "there is no blind control: it needs \(CrossValidation.fewest) inputs of each group, and one has \(fewest)"
  }

  /// The same as metrics, judged by ``AttackMetrics/aboveChance(_:)``.
  /// - Throws: as ``scores(_:seed:)``.
  public static func metrics(
    _ groups: MembershipGroups<Population>, seed: UInt64
  ) throws -> [AttackMetrics] {
    try scores(groups, seed: seed).map {
      AttackMetrics(name: $0.name, family: .blind, scores: $0.scores)
    }
  }
}

/// ``GroupsControl`` as a control of an audit, where the target's groups are an auditor's own.
struct BlindGroupsControl: Control {
  let family = ControlFamily.blind

  func obstacle(in audit: AuditCase) -> String? {
    GroupsControl.obstacle(audit.evidence.population(.target))
  }

  func note(in audit: AuditCase) -> String? { obstacle(in: audit) }

  func run(_ audit: AuditCase, attacks: [Finding]) throws -> [Finding] {
    var groups = audit.evidence.population(.target)
    if !audit.knowledge.hasImage {
      groups = groups.map { Population(captions: $0.captions[.exact] ?? []) }
    } else if let images = groups.members.images, !audit.knowledge.hasCaption {
      groups = groups.map { Population(images, $0.indices) }
    }
    return try GroupsControl.scores(groups, seed: audit.configuration.seed).map { name, scores in
      Finding(
        name: name, attack: name, sets: [], family: family, knowledge: audit.knowledge,
        outcome: AttackOutcome(target: scores))
    }
  }
}
