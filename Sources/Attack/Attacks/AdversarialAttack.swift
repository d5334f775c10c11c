import Data
import Encoders
import Kernels

/// Baseline C: how classifiers downstream of the encoders take adversarial examples of an input (paper, section 5; after
/// Song, Shokri and Mittal, "Privacy risks of securing machine learning models against adversarial examples", CCS 2019).
///
/// For each input one example is crafted towards each class on the shadow and its downstream classifier, for the target's
/// inputs too: the auditor has no gradients of the target. Both encoders are then asked about the examples of their own
/// inputs, and a network like EncoderMI-V's learns from the shadow's confidences, the examples' one after the other.
///
/// An auditor who holds the target's weights may craft on the target and its own downstream classifier instead
/// (``AdversarialSettings/isWhiteBox``): then each encoder's inputs have examples of that encoder.
public struct AdversarialAttack: MembershipAttack {
  /// The paper's name.
  public let name = "Baseline C"
  /// Images alone.
  public let sets = [FeatureSet.imageImage]
  /// It is dear.
  public let isOnlyByName = true
  /// The target's inputs are judged by one, the examples crafted by another.
  public let needsDownstreamSet = true

  /// Examples that are crafted at once, which bounds the memory.
  private static let part = 64

  /// An attack whose settings come with the evidence.
  public init() {}

  /// It needs images, embeddings of both, gradients of the shadow's, of the target's too where it crafts on that, and
  /// labelled images of two classes or more.
  public func obstacle(in audit: AuditCase) -> String? {
    if let obstacle = audit.obstacle(to: sets) { return obstacle }
    let shadow = audit.evidence.encoder(audit.learner)
    if let obstacle = audit.obstacle(to: .embedding) { return obstacle }
    guard shadow is any DifferentiableEncoder else {
      return "it needs gradients of the shadow, and \(shadow.identity.name) gives none; take one that was "
        + "pre-trained here"
    }
    let target = audit.evidence.encoder(audit.tested)
    if audit.configuration.adversarial.isWhiteBox && !(target is any DifferentiableEncoder) {
      return
        "it is to craft on the target, and needs its gradients, which \(target.identity.name) does not give; only "
        + "encoders whose weights are here do, so leave --white-box out"
    }
    return audit.downstreamObstacle
  }

  /// Who crafts the examples of a group's inputs.
  private func crafter(_ audit: AuditCase, _ group: AuditGroup) -> EncoderRole {
    group == .target && audit.configuration.adversarial.isWhiteBox ? audit.tested : audit.learner
  }

  /// All that it asks is asked in a further round.
  public func needs(in audit: AuditCase) -> [Need] { [] }

  /// The logit of "member" less that of "nonmember".
  public func run(_ audit: AuditCase) throws -> AttackOutcome {
    // Before the round, which counts its own questions alone.
    for role in [audit.learner, audit.tested] {
      try audit.evidence.askAboutLabelledImages(role, audit.evidence.tell)
    }
    let round = FurtherRound(attack: name, learner: audit.learner, tested: audit.tested)
    let found = try audit.evidence.once(round) { try confidences(audit) }
    guard let target = found[.target], let shadow = found[.shadow] else {
      preconditionFailure("Baseline C: confidences of \(found.keys) alone")
    }
    return try AttackOutcome(
      vectorsOf: target, learnedFrom: shadow, attack: name, audit.configuration,
      notes: audit.configuration.adversarial.isWhiteBox
        ? ["white box: the examples of the target's inputs were crafted by the target's own gradients"] : [])
  }

  /// The labelled images and the examples of the target's inputs.
  public func askFurther(_ audit: AuditCase) throws {
    try audit.evidence.askAboutLabelledImages(audit.tested)
    for membership in Membership.allCases { try ask(audit, .target, membership) { _, _ in } }
  }

  /// An example towards each class.
  public func furtherQuestions(in audit: AuditCase) -> Int {
    min(audit.configuration.adversarial.targets, audit.evidence.downstream?.classes ?? 0)
  }

  /// Asks the group's encoder about the examples of its inputs, part by part.
  /// - Parameter answered: told how many inputs a part has, and the answers, `[inputs * k, width]`.
  private func ask(
    _ audit: AuditCase, _ group: AuditGroup, _ membership: Membership,
    answered: (_ inputs: Int, Tensor) -> Void
  ) throws {
    let (evidence, settings) = (audit.evidence, audit.configuration.adversarial)
    let population = evidence.population(group)[membership]
    let crafter = crafter(audit, group)
    guard let encoder = evidence.encoder(crafter) as? any DifferentiableEncoder,
      let downstream = evidence.downstream, let data = population.images
    else { preconditionFailure("Baseline C without gradients, images or labelled images") }
    let crafting = try evidence.downstreamClassifier(of: crafter)
    let role = group == .target ? audit.tested : audit.learner
    let classes = Array(0..<min(settings.targets, downstream.classes))
    let part = max(1, AdversarialAttack.part / classes.count)
    for start in stride(from: 0, to: population.count, by: part) {
      let range = start..<min(population.count, start + part)
      let plain = try evidence.plainPictures(
        of: Array(population.indices[range]), in: data, for: crafter)
      let examples = try crafting.examples(
        near: plain.repeated(classes.count), takenFor: range.flatMap { _ in classes }, by: encoder,
        settings: settings)
      answered(range.count, try evidence.embeddings(of: examples, by: role))
      try evidence.tell(.asked(role, group, membership, done: range.upperBound, of: population.count))
    }
  }

  /// For each input the confidences of its examples one after the other, `[inputs, k * classes]`.
  private func confidences(_ audit: AuditCase) throws -> [AuditGroup: MembershipGroups<Tensor>] {
    let evidence = audit.evidence
    func rows(_ group: AuditGroup, _ membership: Membership) throws -> Tensor {
      let classifier = try evidence.downstreamClassifier(of: group == .target ? audit.tested : audit.learner)
      var parts: [Tensor] = []
      try ask(audit, group, membership) { inputs, answers in
        let found = classifier.confidences(answers)
        parts.append(found.reshaped([inputs, found.count / inputs]))
      }
      return Tensor.stacked(parts)
    }
    var found: [AuditGroup: MembershipGroups<Tensor>] = [:]
    for group in [AuditGroup.shadow, .target] {
      found[group] = MembershipGroups(
        members: try rows(group, .member), nonmembers: try rows(group, .nonmember))
    }
    return found
  }
}
