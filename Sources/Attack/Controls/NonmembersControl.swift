import Data
import Encoders
import Networks

/// EncoderMI on the target's nonmembers alone: half of them train the classifier, the other half test it, and in each half
/// a coin says who is called a member. There is nothing to be found.
///
/// It is made where an encoder cannot be had untrained, beside the ``StandInEncoder``: it asks the audited encoder itself,
/// nothing that was not asked before.
struct NonmembersControl: Control {
  let family = ControlFamily.untrained
  private let kind: InferenceClassifierKind
  private let sets: [FeatureSet]
  /// Fewer make no two halves of two groups each.
  private static let fewest = 8

  init(_ kind: InferenceClassifierKind, _ sets: [FeatureSet]) { (self.kind, self.sets) = (kind, sets) }

  /// What EncoderMI-V learns on; nil for the other classifiers.
  var vectorSets: [FeatureSet]? { kind == .vector ? sets : nil }

  /// The control's own name by a classifier.
  private static func name(_ kind: InferenceClassifierKind) -> String {
    "nonmembers against nonmembers (\(kind.name))"
  }

  /// Whether metrics are of such a control.
  static func made(_ metrics: AttackMetrics) -> Bool { made(metrics.attack) }

  /// Whether a finding of this attack is of such a control.
  static func made(_ attack: String) -> Bool {
    InferenceClassifierKind.allCases.contains { attack == name($0) }
  }

  /// That there are too few nonmembers is said.
  func note(in audit: AuditCase) -> String? {
    let count = audit.evidence.population(.target).nonmembers.count
    guard count < Self.fewest, audit.standIn != nil else { return nil }
    return
      "nonmembers against nonmembers is left out: it needs \(Self.fewest) nonmembers of the target, and there are \(count)"
  }

  func obstacle(in audit: AuditCase) -> String? {
    let hasUntrained = audit.evidence.has(.untrainedTarget) && audit.evidence.has(.untrainedShadow)
    if hasUntrained && audit.standIn == nil { return "the untrained encoders are control enough" }
    let count = audit.evidence.population(.target).nonmembers.count
    if count < Self.fewest { return "\(count) nonmembers are too few" }
    return audit.obstacle(to: sets)
  }

  func needs(in audit: AuditCase) -> [Need] { audit.featureNeeds(sets, of: .target) }

  /// Which of so many nonmembers train and which test, and who in each half is called a member: in equal numbers, so that
  /// neither half lacks a group.
  static func halves(of count: Int, seed: UInt64) -> [MembershipGroups<[Int]>] {
    var coin = RandomStream(seed: seed, name: "nonmembers against nonmembers")
    let (order, quarter) = (coin.permutation(count), count / 4)
    return (0..<2).map { number in
      let places = order[(2 * number * quarter)..<((2 * number + 2) * quarter)]
      return MembershipGroups(
        members: Array(places.prefix(quarter)), nonmembers: Array(places.suffix(quarter)))
    }
  }

  func run(_ audit: AuditCase, attacks: [Finding]) throws -> [Finding] {
    let nonmembers = try audit.features(sets, of: .target).nonmembers
    let halves = Self.halves(of: nonmembers.count, seed: audit.configuration.seed).map { half in
      half.map(nonmembers.selecting)
    }
    let classifier = try kind.fit(
      halves[0], settings: audit.configuration.classifiers, seed: audit.configuration.seed)
    let name = Self.name(kind)
    let isJoint = audit.modalities.contains(.text)
    return [
      Finding(
        name: isJoint
          ? "nonmembers against nonmembers (\(kind.name), \(FeatureSet.name(of: sets)))" : name, attack: name,
        sets: sets, family: family, knowledge: audit.knowledge,
        outcome: AttackOutcome(target: try classifier.membershipScores(halves[1])))
    ]
  }
}
