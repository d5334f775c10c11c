import Data

/// RMIA on encoders' scores (Zarifzadeh, Liu and Shokri 2024, "Low-cost high-power membership inference attacks"): how
/// many known nonmembers an input's likelihood ratio exceeds by some factor.
///
/// The likelihood p of an input under an encoder is that of its first embedding finding its second among a bank of known
/// nonmembers, see ``PairContrast``. Its ratio is p over p(x) = ((1 + a) · mean p under references that did not see it
/// + 1 - a) / 2; the score is the share of known nonmembers z outside the bank with ratio(x) / ratio(z) at least gamma.
/// Deviates from the paper: the likelihood is the contrastive softmax's; the threshold comes from the shadow's inputs,
/// with the target in the shadow's place, as in ``CalibratedAttack``. References drawn by a coin may have seen some of
/// the bank.
public struct RelativeAttack: MembershipAttack {
  private let known: KnownPairs

  /// An attack on pairs, or on images by two views.
  public init(_ kind: FeatureSet) {
    precondition(kind == .pair || kind == .imageImage, "RelativeAttack: no pairs of \(kind.name) embeddings")
    known = KnownPairs(kind: kind)
  }

  /// RMIA, with what it is of.
  public var name: String { "RMIA (\(known.kind.name))" }

  /// It needs references and a bank of known nonmembers.
  public let isOnlyByName = true
  /// It does.
  public let usesReferences = true

  /// The pair, or views of the image.
  public var sets: [FeatureSet] { [known.kind] }

  /// It needs both embeddings, enough known nonmembers, and references that take what it looks at.
  public func obstacle(in audit: AuditCase) -> String? {
    known.obstacle(in: audit) ?? CalibratedAttack(known.kind).obstacle(in: audit)
  }

  /// Both groups by the encoders that are attacked and by the references, which also embed the bank.
  public func needs(in audit: AuditCase) -> [Need] {
    AuditGroup.allCases.flatMap { group in
      roles(audit, group).flatMap { role in
        [group, .shadow].flatMap { known.needs(audit, of: $0, by: role) }
      }
    }
  }

  /// Who is asked about a group: first the encoder that is attacked.
  private func roles(_ audit: AuditCase, _ group: AuditGroup) -> [EncoderRole] {
    [group == .target ? audit.tested : audit.learner] + audit.references(for: group).map(\.role)
  }

  /// The share of known nonmembers that are exceeded.
  public func run(_ audit: AuditCase) throws -> AttackOutcome {
    guard let parts = known.parts(audit) else { preconditionFailure("RelativeAttack without nonmembers") }
    let settings = audit.configuration.knownNonmembers
    var inputs: [AuditGroup: Inputs] = [:]
    for group in AuditGroup.allCases { inputs[group] = try self.inputs(audit, group, parts) }
    let outcome = try known.outcome(audit) { scale in
      func scores(_ group: AuditGroup) -> MembershipGroups<[Float]> {
        inputs[group]?.scores(settings, scale: scale) ?? MembershipGroups(members: [], nonmembers: [])
      }
      return (scores(.target), scores(.shadow))
    }
    guard Set(outcome.target.groups.pooled).count == 1 else { return outcome }
    return AttackOutcome(
      target: outcome.target,
      notes: outcome.notes + [
        "all inputs have one score, since the likelihoods differ by less than the factor of \(settings.ratio); "
          + "try a lower one, “ratio” of “knownNonmembers” in --config"
      ])
  }

  private func inputs(
    _ audit: AuditCase, _ group: AuditGroup, _ parts: KnownNonmembers.Parts
  ) throws -> Inputs {
    var voices: [Inputs.Voice] = []
    let references = audit.references(for: group)
    let ofKnown = audit.references(for: group, about: .shadow).map(\.saw.nonmembers)
    try requireUnseen(references.map(\.saw.members), audit.evidence.population(group).members)
    try requireUnseen(references.map(\.saw.nonmembers), audit.evidence.population(group).nonmembers)
    try requireUnseen(ofKnown, audit.evidence.population(.shadow).nonmembers)
    for (place, role) in roles(audit, group).enumerated() {
      var asked = try known.pairs(audit, of: group, by: role)
      let others = try known.pairs(audit, of: .shadow, by: role).nonmembers
      // The encoder under attack is nobody's reference.
      let isReference = place > 0
      var saw =
        isReference ? references[place - 1].saw : asked.map { [Bool](repeating: true, count: $0.count) }
      if group == .shadow {
        asked.nonmembers = asked.nonmembers.part(parts.judged)
        saw.nonmembers = parts.judged.map { saw.nonmembers[$0] }
      }
      voices.append(
        Inputs.Voice(
          asked: asked, saw: saw, held: others.part(parts.held),
          sawHeld: parts.held.map { isReference ? ofKnown[place - 1][$0] : true },
          bank: others.part(parts.bank)))
    }
    return Inputs(voices: voices)
  }

  /// Of each input some reference must tell how likely it is without having seen it.
  private func requireUnseen(_ saw: [[Bool]], _ population: Population) throws {
    let seen = (0..<population.count).filter { input in saw.allSatisfy { $0[input] } }
    if !seen.isEmpty { throw AttackError.seenByAll(inputs: seen.map(population.name)) }
  }

  /// What one group's encoder and its references say of the group and of known nonmembers.
  private struct Inputs {
    struct Voice {
      let asked: MembershipGroups<EmbeddingPairs>
      let saw: MembershipGroups<[Bool]>
      let held: EmbeddingPairs
      let sawHeld: [Bool]
      let bank: EmbeddingPairs

      func likelihoods(_ pairs: EmbeddingPairs, scale: Double) -> [Double] {
        PairContrast(pairs, bank: bank, scale: scale).likelihoods
      }
    }

    /// The encoder under attack, then the references.
    let voices: [Voice]

    func scores(_ settings: KnownNonmembers, scale: Double) -> MembershipGroups<[Float]> {
      func ratios(_ pairs: (Voice) -> EmbeddingPairs, _ saw: (Voice) -> [Bool]) -> [Double] {
        RelativeLikelihood.ratios(
          voices[0].likelihoods(pairs(voices[0]), scale: scale),
          references: voices.dropFirst().map { ($0.likelihoods(pairs($0), scale: scale), saw($0)) },
          offset: settings.offset)
      }
      let known = ratios(\.held, \.sawHeld)
      func scores(_ membership: Membership) -> [Float] {
        RelativeLikelihood.scores(
          ratios({ $0.asked[membership] }, { $0.saw[membership] }), above: known, by: settings.ratio)
      }
      return MembershipGroups(members: scores(.member), nonmembers: scores(.nonmember))
    }
  }
}

/// The arithmetic of ``RelativeAttack``.
enum RelativeLikelihood {
  /// Each input's likelihood over its prior one, p / (((1 + a) · mean of the references' that did not see it + 1 - a) / 2).
  static func ratios(
    _ likelihoods: [Double], references: [(likelihoods: [Double], saw: [Bool])], offset: Double
  ) -> [Double] {
    likelihoods.indices.map { input in
      let unseen = references.filter { !$0.saw[input] }.map { $0.likelihoods[input] }
      let mean = unseen.reduce(0, +) / Double(max(1, unseen.count))
      return likelihoods[input] / (((1 + offset) * mean + 1 - offset) / 2)
    }
  }

  /// For each ratio the share of known ones that it exceeds by the factor.
  static func scores(_ ratios: [Double], above known: [Double], by factor: Double) -> [Float] {
    ratios.map { ratio in Float(known.count { ratio >= factor * $0 }) / Float(max(1, known.count)) }
  }
}
