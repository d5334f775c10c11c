import Data

/// The gradient statistic (Gomez 2026): how low the contrastive loss of an input is beside known nonmembers, and how
/// little it would still move the input's embeddings.
///
/// The score is the mean of minus the loss and minus the gradient's length, each standardised by known nonmembers, as the
/// same encoder embeds them. Known nonmembers are the shadow's: they are divided, by the seed, into the bank, those that
/// standardise, and those that decide on the threshold with the shadow's members. Of images alone the pair is two views.
public struct GradientAttack: MembershipAttack {
  private let known: KnownPairs

  /// An attack on pairs, or on images by two views.
  public init(_ kind: FeatureSet) {
    precondition(kind == .pair || kind == .imageImage, "GradientAttack: no pairs of \(kind.name) embeddings")
    known = KnownPairs(kind: kind)
  }

  /// The statistic, with what it is of.
  public var name: String { "gradient statistic (\(known.kind.name))" }

  /// It needs a bank of known nonmembers.
  public let isOnlyByName = true

  /// The pair, or views of the image.
  public var sets: [FeatureSet] { [known.kind] }

  /// It needs both embeddings, and enough known nonmembers.
  public func obstacle(in audit: AuditCase) -> String? { known.obstacle(in: audit) }

  /// Both groups' pairs, and the shadow's as the target embeds them.
  public func needs(in audit: AuditCase) -> [Need] {
    known.needs(audit, of: .target, by: audit.tested) + known.needs(audit, of: .shadow, by: audit.learner)
      + known.needs(audit, of: .shadow, by: audit.tested)
  }

  /// The mean of both standardised parts.
  public func run(_ audit: AuditCase) throws -> AttackOutcome {
    guard let parts = known.parts(audit) else { preconditionFailure("GradientAttack without nonmembers") }
    let target = try known.pairs(audit, of: .target, by: audit.tested)
    let others = try known.pairs(audit, of: .shadow, by: audit.tested).nonmembers
    let shadow = try known.pairs(audit, of: .shadow, by: audit.learner)
    let judged = MembershipGroups(
      members: shadow.members, nonmembers: shadow.nonmembers.part(parts.judged))
    return try known.outcome(audit) { scale in
      let ofTarget = GradientStatistic(others, parts, scale: scale)
      let ofShadow = GradientStatistic(shadow.nonmembers, parts, scale: scale)
      return (target.map { ofTarget.scores($0) }, judged.map { ofShadow.scores($0) })
    }
  }
}

/// The statistic by one encoder.
struct GradientStatistic {
  private let bank: EmbeddingPairs
  private let scale: Double
  private let losses: NormalDensity
  private let norms: NormalDensity

  /// - Parameter known: known nonmembers as the encoder embeds them.
  init(_ known: EmbeddingPairs, _ parts: KnownNonmembers.Parts, scale: Double) {
    (bank, self.scale) = (known.part(parts.bank), scale)
    let held = PairContrast(known.part(parts.held), bank: bank, scale: scale)
    (losses, norms) = (NormalDensity(of: held.losses), NormalDensity(of: held.gradientNorms))
  }

  /// ((m - loss) / d + (m' - norm) / d') / 2, means and deviations those of known nonmembers.
  func scores(_ pairs: EmbeddingPairs) -> [Float] {
    let found = PairContrast(pairs, bank: bank, scale: scale)
    return zip(found.losses, found.gradientNorms).map { loss, norm in
      Float(((losses.mean - loss) / losses.deviation + (norms.mean - norm) / norms.deviation) / 2)
    }
  }
}
