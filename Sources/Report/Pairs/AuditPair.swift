import Attack
import Data
import Experiments
import Files
import Foundation

/// Two audits of the same inputs, such as of an encoder before and after it was made to forget, or without and with a
/// countermeasure: every attack of both on the inputs that both scored.
///
/// Inputs are paired by their names within members and within nonmembers. Areas are compared by DeLong's test for correlated
/// areas, decisions by McNemar's exact test, all p-values corrected together (Holm).
public struct AuditPair: Sendable {
  /// One attack, before and after, on the inputs that both scored.
  public struct Row: Sendable, Equatable {
    /// What it finds before.
    public let before: AttackMetrics
    /// What it finds after.
    public let after: AttackMetrics
    /// After less before; of decisions, `onlyAttack` counts the inputs that are told rightly after alone.
    public let difference: PairedComparison.Row
  }

  /// The first audit.
  public let before: AuditRecord
  /// The second.
  public let after: AuditRecord
  /// The attacks of both, in the order of the first.
  public let rows: [Row]
  /// Attacks that are not compared, each with the reason.
  public let leftOut: [String]
  /// Inputs of both audits.
  public let common: MembershipGroups<Int>
  /// Inputs of the first alone.
  public let onlyBefore: MembershipGroups<Int>
  /// Inputs of the second alone.
  public let onlyAfter: MembershipGroups<Int>
  /// Inputs that are a member in one audit and a nonmember in the other.
  public let switched: Int
  /// In what the audits differ that should be alike: the shadow and the settings.
  public let differences: [String]
  /// The scores of the first attack's inputs, before and after.
  let scores: (before: MembershipScores, after: MembershipScores)?

  /// Pairs two audits.
  /// - Throws: ``ReportError/nothingInCommon(_:_:)``.
  public init(before: AuditRecord, after: AuditRecord) throws {
    (self.before, self.after) = (before, after)
    differences = try AuditPair.differences(before, after)
    let names = (before.scores.inputs, after.scores.inputs)
    let places = Membership.allCases.map { group in
      (group, AuditPair.places(names.0[group], names.1[group]))
    }
    func counted(_ count: (Membership) -> Int) -> MembershipGroups<Int> {
      MembershipGroups(members: count(.member), nonmembers: count(.nonmember))
    }
    let paired = Dictionary(uniqueKeysWithValues: places)
    let common = counted { paired[$0]?.count ?? 0 }
    self.common = common
    onlyBefore = counted { names.0[$0].count - common[$0] }
    onlyAfter = counted { names.1[$0].count - common[$0] }
    switched =
      AuditPair.places(names.0.members, names.1.nonmembers).count
      + AuditPair.places(names.0.nonmembers, names.1.members).count
    guard common.members > 0, common.nonmembers > 0 else {
      throw ReportError.nothingInCommon(before.files.place, after.files.place)
    }
    var compared:
      [(first: AttackMetrics, second: AttackMetrics, scores: (MembershipScores, MembershipScores))] = []
    var leftOut: [String] = []
    for metrics in before.results.attacks {
      guard let other = after.results.attacks.first(where: { $0.name.isExactly(metrics.name) }) else {
        leftOut.append("\(metrics.name): it was made before alone")
        continue
      }
      guard
        let scores = try AuditPair.scores(
          (metrics, before.scores.column(metrics)), (other, after.scores.column(other)), at: paired)
      else {
        leftOut.append("\(metrics.name): there are no members and nonmembers that both scored")
        continue
      }
      func again(_ metrics: AttackMetrics, _ scores: MembershipScores) -> AttackMetrics {
        AttackMetrics(
          name: metrics.name, attack: metrics.attack, knowledge: metrics.knowledge, sets: metrics.sets,
          scores: scores)
      }
      compared.append((again(metrics, scores.0), again(other, scores.1), scores))
    }
    leftOut += after.results.attacks.filter { other in
      !before.results.attacks.contains { $0.name.isExactly(other.name) }
    }.map { "\($0.name): it was made after alone" }
    let changes = PairedComparison.differences(
      compared.map { (name: $0.first.name, scores: $0.scores.1, reference: $0.scores.0) })
    rows = zip(compared, changes).map { Row(before: $0.first, after: $0.second, difference: $1) }
    self.leftOut = leftOut
    scores = compared.first.map { (before: $0.scores.0, after: $0.scores.1) }
  }

  /// Where equal names stand in both lists, in the order of the first; of a name that a list holds several times the first
  /// with the first, the second with the second.
  private static func places(_ first: [String], _ second: [String]) -> [(Int, Int)] {
    var waiting: [ExactText: [Int]] = [:]
    for (place, name) in second.enumerated().reversed() {
      waiting[ExactText(name), default: []].append(place)
    }
    return first.enumerated().compactMap { place, name in
      waiting[ExactText(name)]?.popLast().map { (place, $0) }
    }
  }

  /// The scores of the inputs that both attacks scored; nil where a group has none.
  private static func scores(
    _ first: (AttackMetrics, MembershipGroups<[Double?]>?),
    _ second: (AttackMetrics, MembershipGroups<[Double?]>?), at places: [Membership: [(Int, Int)]]
  ) throws -> (MembershipScores, MembershipScores)? {
    guard let one = first.1, let other = second.1 else { return nil }
    var found = (
      MembershipGroups<[Double]>(members: [], nonmembers: []),
      MembershipGroups<[Double]>(members: [], nonmembers: [])
    )
    for group in Membership.allCases {
      let pairs = (places[group] ?? []).compactMap { place -> (Double, Double)? in
        guard let score = one[group][place.0], let counterpart = other[group][place.1] else { return nil }
        return (score, counterpart)
      }
      if pairs.isEmpty { return nil }
      found.0[group] = pairs.map(\.0)
      found.1[group] = pairs.map(\.1)
    }
    return (
      try MembershipScores(found.0, threshold: first.0.threshold),
      try MembershipScores(found.1, threshold: second.0.threshold)
    )
  }

  private static func differences(_ before: AuditRecord, _ after: AuditRecord) throws -> [String] {
    var found: [String] = []
    if before.results.shadow?.fingerprint != after.results.shadow?.fingerprint { found.append("the shadow") }
    let settings = try [before, after].map { record in
      let rows = try record.settingsTable(isAnonymous: true).rows
      return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
    }
    let keys = Set(settings[0].keys).union(settings[1].keys).filter { settings[0][$0] != settings[1][$0] }
    found += keys.sortedByBytes().prefix(6).map { "the setting \($0)" }
    return keys.count > 6 ? found + ["\(keys.count - 6) more settings"] : found
  }
}
