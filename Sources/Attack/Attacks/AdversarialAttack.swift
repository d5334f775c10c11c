import Data
import Encoders
import Kernels

/// Baseline C: how classifiers downstream of the encoders take adversarial examples of an input (paper, section 5; after
/// Song, Shokri and Mittal, "Privacy risks of securing machine learning models against adversarial examples", CCS 2019).
///
/// For each input one example is crafted towards each class on the shadow and its downstream classifier, for the target's
/// inputs too: the auditor has no gradients of the target. Both encoders are then asked about the examples of their own
/// inputs, and a network like EncoderMI-V's learns from the shadow's confidences, the examples' one after the other.
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

  /// It needs images, embeddings of both, gradients of the shadow's, and labelled images of two classes or more.
  public func obstacle(in audit: AuditCase) -> String? {
    if let obstacle = audit.obstacle(to: sets) { return obstacle }
    let shadow = audit.evidence.encoder(audit.learner)
    if let obstacle = audit.obstacle(to: .embedding) { return obstacle }
    guard shadow is any DifferentiableEncoder else {
      return "it needs gradients of the shadow, and \(shadow.identity.name) gives none; take one that was "
        + "pre-trained here"
    }
    return audit.downstreamObstacle
  }

  /// All that it asks is asked in a further round.
  public func needs(in audit: AuditCase) -> [Need] { [] }

  /// The logit of "member" less that of "nonmember".
  public func run(_ audit: AuditCase) throws -> AttackOutcome {
    let round = FurtherRound(attack: name, learner: audit.learner, tested: audit.tested)
    let found = try audit.evidence.once(round) { try confidences(audit) }
    guard let target = found[.target], let shadow = found[.shadow] else {
      preconditionFailure("Baseline C: confidences of \(found.keys) alone")
    }
    return try AttackOutcome(
      vectorsOf: target, learnedFrom: shadow, attack: name, audit.configuration)
  }

  /// For each input the confidences of its examples one after the other, `[inputs, k * classes]`.
  private func confidences(_ audit: AuditCase) throws -> [AuditGroup: MembershipGroups<Tensor>] {
    let (evidence, settings) = (audit.evidence, audit.configuration.adversarial)
    guard let shadow = evidence.encoder(audit.learner) as? any DifferentiableEncoder,
      let downstream = evidence.downstream
    else { preconditionFailure("Baseline C without gradients or labelled images") }
    func role(_ group: AuditGroup) -> EncoderRole { group == .target ? audit.tested : audit.learner }
    let crafting = try evidence.downstreamClassifier(of: role(.shadow))
    let classifiers = [
      AuditGroup.shadow: crafting, .target: try evidence.downstreamClassifier(of: role(.target)),
    ]
    let classes = Array(0..<min(settings.targets, downstream.classes))
    let part = max(1, AdversarialAttack.part / classes.count)

    func rows(_ group: AuditGroup, _ membership: Membership) throws -> Tensor {
      let population = evidence.population(group)[membership]
      guard let data = population.images, let classifier = classifiers[group] else {
        preconditionFailure("Baseline C without images")
      }
      var parts: [Tensor] = []
      for start in stride(from: 0, to: population.count, by: part) {
        let range = start..<min(population.count, start + part)
        let plain = try evidence.plainPictures(
          of: Array(population.indices[range]), in: data, for: audit.learner)
        let examples = try crafting.examples(
          near: plain.repeated(classes.count), takenFor: range.flatMap { _ in classes }, by: shadow,
          settings: settings)
        let found = classifier.confidences(try evidence.embeddings(of: examples, by: role(group)))
        parts.append(found.reshaped([range.count, classes.count * downstream.classes]))
        try evidence.tell(
          .asked(role(group), group, membership, done: range.upperBound, of: population.count))
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
