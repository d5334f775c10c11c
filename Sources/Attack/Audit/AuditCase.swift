import Contrastive
import Data
import Encoders
import Kernels

/// One case of an audit: what the auditor holds, who learns and who is tested. It is all that attacks and controls see.
public struct AuditCase {
  /// Answers about inputs.
  public let evidence: Evidence
  /// How the audit is made.
  public let configuration: AttackConfiguration
  /// What the auditor holds.
  public let knowledge: CaptionKnowledge
  /// Who answers about the shadow's inputs: the shadow, or for a control an encoder that has learned nothing.
  public let learner: EncoderRole
  /// Who answers about the target's inputs.
  public let tested: EncoderRole
  /// Encoders that tell how hard an input is, with the images that each has seen.
  let references: [Reference]
  /// Whether the target's groups are lists of the auditor's own, and not drawn at random.
  var hasGivenGroups = false

  struct Reference {
    let role: EncoderRole
    /// The pictures that it was pre-trained on.
    let seen: Set<PictureIdentity>
    /// Whether a fair coin decided for each input if it is among them.
    var isDrawnByCoin = false
  }

  /// The same case with other encoders in the roles of shadow and target.
  func with(learner: EncoderRole, tested: EncoderRole) -> AuditCase {
    AuditCase(
      evidence: evidence, configuration: configuration, knowledge: knowledge, learner: learner,
      tested: tested,
      references: references, hasGivenGroups: hasGivenGroups)
  }

  /// Who could not be had untrained, so that a ``StandInEncoder`` takes part; nil where nobody.
  var standIn: String? {
    let roles = [(EncoderRole.untrainedTarget, "the target"), (.untrainedShadow, "the shadow")]
    let names = roles.filter { evidence.has($0.0) && evidence.encoder($0.0) is StandInEncoder }.map(\.1)
    return names.isEmpty ? nil : names.joined(separator: " and ")
  }

  /// What can be asked of both encoders.
  public var modalities: Set<Modality> {
    evidence.encoder(learner).modalities.intersection(evidence.encoder(tested).modalities)
  }

  /// The caption that the auditor holds; nil without any.
  public var caption: CaptionUse? { knowledge.holding.map { CaptionUse($0) } }

  /// Why features of some sets cannot be made; nil where they can.
  public func obstacle(to sets: [FeatureSet]) -> String? {
    func lacking(_ modality: Modality) -> String {
      evidence.encoder(tested).modalities.contains(modality) ? "the shadow" : "the target"
    }
    for set in sets {
      // Without an encoder of captions nothing that the auditor holds would help.
      if set.usesCaption && !modalities.contains(.text) {
        return "it needs a text encoder, and \(lacking(.text)) has none"
      }
      if set.usesImage && !modalities.contains(.image) {
        return "it needs an image encoder, and \(lacking(.image)) has none"
      }
      if set.usesImage && !knowledge.hasImage {
        return "it needs images, and the auditor holds captions alone"
      }
      if set.usesCaption && !knowledge.hasCaption { return "it needs captions, and the auditor holds none" }
    }
    return nil
  }

  /// Why an output cannot be looked at; nil where both encoders give it.
  func obstacle(to layer: EmbeddingLayer) -> String? {
    let lacking = [learner, tested].map(evidence.encoder).first { !$0.layers.contains(layer) }
    return lacking.map { "it needs \(layer.rawValue)s, and \($0.identity.name) gives none" }
  }

  /// A need of one group, of the encoder that answers about it.
  public func need(_ extract: Extract, of group: AuditGroup) -> Need {
    Need(extract, of: group, by: group == .target ? tested : learner)
  }

  /// What membership features of some sets are made of.
  public func featureNeeds(_ sets: [FeatureSet], of group: AuditGroup) -> [Need] {
    sets.map { need(.similarities($0, $0.usesCaption ? caption : nil), of: group) }
  }

  /// Membership features of a group.
  /// - Throws: an error of what has to be asked.
  public func features(
    _ sets: [FeatureSet], of group: AuditGroup, by role: EncoderRole? = nil, exchanged: Membership? = nil
  ) throws -> MembershipGroups<MembershipFeatures> {
    var use = caption
    use?.partner = exchanged
    let parts = try sets.map { set in
      try evidence.groups(
        Need(
          .similarities(set, set.usesCaption ? use : nil), of: group,
          by: role ?? (group == .target ? tested : learner)))
    }
    let features = configuration.features(of: sets)
    func joined(_ parts: [Tensor]) throws -> MembershipFeatures {
      // Of no inputs nothing was gathered, so their tensors have no width.
      guard parts.allSatisfy({ $0.shape[0] > 0 }) else {
        return try MembershipFeatures(configuration: features, scores: [])
      }
      return MembershipFeatures(configuration: features, parts: parts)
    }
    return MembershipGroups(
      members: try joined(parts.map(\.members)), nonmembers: try joined(parts.map(\.nonmembers)))
  }

  /// The mean score of each input in one set.
  /// - Throws: an error of what has to be asked.
  func means(
    _ set: FeatureSet, of group: AuditGroup, by role: EncoderRole? = nil
  ) throws -> MembershipGroups<[Float]> {
    try features([set], of: group, by: role).map(\.means)
  }

  /// One that saw some of a group's inputs would tell members from nonmembers by whether it counts for them, unless a
  /// coin decided what it saw.
  private func isUsable(_ reference: Reference, for inputs: MembershipGroups<[PictureIdentity?]>) -> Bool {
    reference.isDrawnByCoin
      || inputs.pooled.allSatisfy { $0.map { !reference.seen.contains($0) } ?? true }
  }

  /// That references do not count for a group since they saw some of its inputs; nil where all do.
  func unusedReferences(for group: AuditGroup) -> String? {
    let inputs = evidence.population(group).map(\.pictures)
    // Among the shadow's inputs the target stands in for the shadow.
    let asked = references.filter { group == .target || $0.role != .shadow }
    let names = asked.filter { !isUsable($0, for: inputs) }.map {
      evidence.encoder($0.role).identity.fingerprint
    }
    guard !names.isEmpty else { return nil }
    return
      "\(names.count) of the references (\(names.joined(separator: ", "))) saw some of the \(group.rawValue)'s inputs, no "
      + "coin deciding which, and do not count for these"
  }

  /// Encoders that tell how hard the inputs of a group are, by role, and for each input whether they saw it. The target
  /// stands in for the shadow among the shadow's inputs: it did not see them.
  /// - Parameter asked: the group whose inputs they say it of; the same if not given.
  func references(
    for group: AuditGroup, about asked: AuditGroup? = nil
  ) -> [(role: EncoderRole, saw: MembershipGroups<[Bool]>)] {
    func pictures(_ group: AuditGroup) -> MembershipGroups<[PictureIdentity?]> {
      evidence.population(group).map(\.pictures)
    }
    let own = pictures(group)
    let others = asked.map(pictures) ?? own
    let substitutes = references.map { reference in
      guard group == .shadow && reference.role == .shadow else { return reference }
      let targets = evidence.population(.target).members
      return Reference(
        role: .target, seen: Set(targets.indices.compactMap { targets.images?.dataset.identity(of: $0) }))
    }
    let usable = substitutes.filter { isUsable($0, for: own) }
    return (usable.isEmpty ? substitutes : usable).map { reference in
      (reference.role, others.map { $0.map { $0.map(reference.seen.contains) ?? false } })
    }
  }
}
