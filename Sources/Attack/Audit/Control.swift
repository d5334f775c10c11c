import Data

/// What kind of flaw a control would show. Controls are judged in families, each with Holm's correction within it.
public enum ControlFamily: String, Codable, Sendable, CaseIterable {
  /// Encoders that have learned nothing: what they show is of the images, the captions or the architecture.
  case untrained
  /// Classifiers that never ask an encoder: what they show is of the groups.
  case blind
  /// Pairs that do not belong together: what they show is of the image or the caption alone.
  case swapped
}

/// What must be at chance, or something other than pre-training tells the groups apart.
public protocol Control: Sendable {
  /// Its family.
  var family: ControlFamily { get }

  /// Why it cannot be made in a case; nil where it can.
  func obstacle(in audit: AuditCase) -> String?

  /// What has to be said of it beside its findings: why it could not be made, or in what way.
  func note(in audit: AuditCase) -> String?

  /// What it will ask for.
  func needs(in audit: AuditCase) -> [Need]

  /// What it finds.
  /// - Parameter attacks: what the attacks found in the same case.
  /// - Throws: an error of a classifier or of the questions asked.
  func run(_ audit: AuditCase, attacks: [Finding]) throws -> [Finding]
}

extension Control {
  /// Nothing keeps it.
  public func obstacle(in audit: AuditCase) -> String? { nil }
  /// There is nothing to say.
  public func note(in audit: AuditCase) -> String? { nil }
  /// It asks for nothing.
  public func needs(in audit: AuditCase) -> [Need] { [] }
}

/// The table of controls. A new one is a file with a type, and a line here.
enum ControlTable {
  /// - Parameter hasGivenGroups: whether the target's groups are lists of the auditor's own.
  static func entries(sets: [[FeatureSet]], hasGivenGroups: Bool = false) -> [any Control] {
    let untrained = sets.flatMap { sets in
      [InferenceClassifierKind.vector, .threshold].map { UntrainedControl($0, sets) as any Control }
    }
    let nonmembers = sets.flatMap { sets in
      [InferenceClassifierKind.vector, .threshold].map { NonmembersControl($0, sets) as any Control }
    }
    return untrained + nonmembers + [BlindImageControl(), BlindCaptionControl()]
      + (hasGivenGroups ? [BlindGroupsControl()] : []) + [SwappedCaptionsControl()]
  }
}

/// EncoderMI on encoders of the same shapes that have learned nothing, or on a fresh ResNet-18 where there are none.
struct UntrainedControl: Control {
  let family = ControlFamily.untrained
  private let attack: InferenceAttack

  init(_ kind: InferenceClassifierKind, _ sets: [FeatureSet]) { attack = InferenceAttack(kind, sets) }

  /// What EncoderMI-V learns on; nil for the other classifiers.
  var vectorSets: [FeatureSet]? { attack.kind == .vector ? attack.sets : nil }

  private func untrained(_ audit: AuditCase) -> AuditCase {
    audit.with(learner: .untrainedShadow, tested: .untrainedTarget)
  }

  func obstacle(in audit: AuditCase) -> String? {
    guard audit.evidence.has(.untrainedShadow), audit.evidence.has(.untrainedTarget) else {
      return "no untrained encoders were given, so there is no control of what the architecture alone shows"
    }
    guard audit.standIn != nil, attack.sets.contains(where: \.usesCaption) else { return nil }
    return
      "a fresh ResNet-18 stands in for an untrained encoder and takes images alone, so there is no control of what "
      + "the architecture alone shows of \(FeatureSet.name(of: attack.sets))"
  }

  func note(in audit: AuditCase) -> String? {
    if let obstacle = obstacle(in: audit) { return obstacle }
    guard let name = audit.standIn else { return nil }
    return
      "\(name) cannot be had untrained: a fresh ResNet-18 stands in, which shows what the images tell and not the "
      + "architecture, and nonmembers are set against nonmembers"
  }

  func needs(in audit: AuditCase) -> [Need] { attack.needs(in: untrained(audit)) }

  func run(_ audit: AuditCase, attacks: [Finding]) throws -> [Finding] {
    let outcome = try attack.run(untrained(audit))
    let isJoint = audit.modalities.contains(.text)
    let plain = audit.standIn == nil ? "untrained encoder" : "fresh ResNet-18 as untrained encoder"
    return [
      Finding(
        name: isJoint
          ? "\(plain)s (\(attack.name), \(FeatureSet.name(of: attack.sets)))" : "\(plain) (\(attack.name))",
        attack: "\(plain) (\(attack.name))", sets: attack.sets, family: family,
        knowledge: audit.knowledge,
        outcome: AttackOutcome(target: outcome.target, shadow: outcome.shadow))
    ]
  }
}

/// Image statistics; see ``BlindControl``.
struct BlindImageControl: Control {
  let family = ControlFamily.blind

  func obstacle(in audit: AuditCase) -> String? {
    audit.knowledge.hasImage ? nil : "the auditor holds no images"
  }

  func run(_ audit: AuditCase, attacks: [Finding]) throws -> [Finding] {
    func statistics(_ group: AuditGroup) throws -> MembershipGroups<[ImageStatistics]> {
      try audit.evidence.population(group).map { population in
        try population.images.map { try ImageStatistics.of($0, population.indices) } ?? []
      }
    }
    func outcome() throws -> AttackOutcome {
      let shadow = try statistics(.shadow)
      let control = BlindControl(shadow: shadow)
      return AttackOutcome(
        target: try MembershipScores(try statistics(.target).map(control.scores), threshold: 0),
        shadow: shadow.map(control.scores))
    }
    let found = try audit.evidence.blindImages ?? outcome()
    audit.evidence.blindImages = found
    return [
      Finding(
        name: BlindControl.name, attack: BlindControl.name, sets: [], family: family,
        knowledge: audit.knowledge, outcome: found)
    ]
  }
}

/// Captions' n-grams; see ``CaptionControl``.
struct BlindCaptionControl: Control {
  let family = ControlFamily.blind

  func obstacle(in audit: AuditCase) -> String? {
    audit.caption == nil ? "the auditor holds no captions" : nil
  }

  func run(_ audit: AuditCase, attacks: [Finding]) throws -> [Finding] {
    guard let holding = audit.caption?.holding else { return [] }
    func captions(_ group: AuditGroup) -> MembershipGroups<[String]> {
      audit.evidence.population(group).map { $0.captions[holding] ?? [] }
    }
    let control = CaptionControl(shadow: captions(.shadow))
    return [
      Finding(
        name: CaptionControl.name, attack: CaptionControl.name, sets: [], family: family,
        knowledge: audit.knowledge,
        outcome: AttackOutcome(
          target: try MembershipScores(captions(.target).map(control.scores), threshold: 0),
          shadow: captions(.shadow).map(control.scores)))
    ]
  }
}
