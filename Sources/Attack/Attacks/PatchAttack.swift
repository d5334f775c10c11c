import Data

/// Baseline E: how alike the parts of a picture are (paper, section 5; after the jigsaw task of self-supervised learning).
///
/// A picture is cut into three by three patches, each is resized to the encoder's input and embedded, and the score is the
/// mean cosine of the centre patch with the eight around it. It looks at the output that ``AttackConfiguration/layer``
/// names.
/// Deviates from the paper: where pictures do not divide by three, which the paper leaves open, rows and columns are cut at
/// round(i · side / 3), of the picture at its data set's size; the threshold makes the fewest mistakes on the shadow.
public struct PatchAttack: MembershipAttack {
  /// The paper's name.
  public let name = "Baseline E"
  /// Images alone.
  public let sets = [FeatureSet.imageImage]
  /// It asks nine questions more an input.
  public let isOnlyByName = true

  /// Pixels that a side must have so that no patch is empty.
  static let smallestSide = 3

  /// An attack without settings.
  public init() {}

  /// It needs images of 3 pixels a side at least, and both encoders' embeddings.
  public func obstacle(in audit: AuditCase) -> String? {
    if let obstacle = audit.obstacle(to: sets) ?? audit.obstacle(to: audit.configuration.layer) {
      return obstacle
    }
    for group in AuditGroup.allCases {
      guard let images = audit.evidence.population(group).members.images else { continue }
      let side = min(images.height, images.width)
      if side < Self.smallestSide {
        return
          "it needs pictures of \(Self.smallestSide) pixels a side, and the \(group.rawValue)'s have \(side)"
      }
    }
    return nil
  }

  /// The patches' mean cosines in both groups.
  public func needs(in audit: AuditCase) -> [Need] {
    AuditGroup.allCases.map { audit.need(.patchCosines, of: $0) }
  }

  /// The mean cosine.
  public func run(_ audit: AuditCase) throws -> AttackOutcome {
    try AttackOutcome(target: scores(audit, of: .target), judgedBy: scores(audit, of: .shadow))
  }

  /// The same of a group.
  public func scores(_ audit: AuditCase, of group: AuditGroup) throws -> MembershipGroups<[Float]> {
    try audit.evidence.groups(audit.need(.patchCosines, of: group)).map(\.values)
  }
}
