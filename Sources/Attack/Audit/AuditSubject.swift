import Data
import Encoders

/// An encoder, the inputs to test it on, and which of them it was pre-trained on.
public struct AuditSubject {
  /// The encoder.
  public let encoder: any AuditedEncoder
  /// The images that the groups point into; nil for captions alone.
  public let images: Images?
  /// For each image its captions, or for each input its only one; nil where there are none.
  public let captions: [[String]]?
  /// Indices of members and nonmembers.
  public let groups: MembershipGroups<[Int]>
  /// Whether the groups are lists of the auditor's own, which may differ by themselves, and not drawn at random.
  public let hasGivenGroups: Bool

  /// An encoder with its groups.
  /// - Throws: ``AttackError`` unless each image has a caption, where there are captions.
  public init(
    _ encoder: any AuditedEncoder, images: Images, captions: [[String]]? = nil,
    groups: MembershipGroups<[Int]>, hasGivenGroups: Bool = false
  ) throws {
    if let captions {
      guard captions.count == images.count else {
        throw AttackError.captionCount(images: images.count, captions: captions.count)
      }
      if let index = captions.firstIndex(where: \.isEmpty) {
        throw AttackError.noCaption(image: images.name(of: index))
      }
    }
    (self.encoder, self.images, self.captions, self.groups) = (encoder, images, captions, groups)
    self.hasGivenGroups = hasGivenGroups
  }

  /// An encoder with captions alone, a list of members and one of nonmembers, of an auditor's own.
  public init(_ encoder: any AuditedEncoder, captions: MembershipGroups<[String]>) {
    (self.encoder, images, self.captions) = (encoder, nil, captions.pooled.map { [$0] })
    let members = captions.members.count
    groups = MembershipGroups(
      members: Array(0..<members), nonmembers: Array(members..<(members + captions.nonmembers.count)))
    hasGivenGroups = true
  }

  /// Of each image's captions, how many took part in pre-training.
  var trainedCaptions: Int { encoder.facts.captionsPerImage ?? 1 }

  /// The pictures it is known to have been pre-trained on.
  public var memberPictures: Set<PictureIdentity> {
    images.map { images in Set(groups.members.map { images.dataset.identity(of: $0) }) } ?? []
  }

  /// Why an auditor cannot have some knowledge of these inputs; nil where they can.
  func obstacle(to knowledge: CaptionKnowledge, _ name: String) -> AttackError? {
    if knowledge.hasCaption && (captions == nil || !encoder.modalities.contains(.text)) {
      return .noText(name, knowledge: knowledge, hasCaptions: captions != nil)
    }
    if knowledge.hasImage && (images == nil || !encoder.modalities.contains(.image)) {
      return .noImages(name, knowledge: knowledge, hasImages: images != nil)
    }
    guard let captions, let images, knowledge == .other || knowledge == .template else { return nil }
    let lacking = groups.pooled.first { captions[$0].count <= trainedCaptions }
    return lacking.map { .noOtherCaption(image: images.name(of: $0), knowledge: knowledge) }
  }

  /// The inputs, with the captions that the auditor may hold.
  func populations(
    _ holdings: Set<CaptionHolding>, template: TemplateCaptions
  ) -> MembershipGroups<Population> {
    groups.map { indices in
      var held: [CaptionHolding: [String]] = [:]
      if let captions {
        for holding in holdings {
          held[holding] = indices.map { index in
            guard holding != .exact else { return captions[index][0] }
            let other = captions[index][trainedCaptions]
            return holding == .other ? other : template(other)
          }
        }
      }
      guard let images else { return Population(captions: held[.exact] ?? []) }
      return Population(images, indices, captions: held)
    }
  }
}

/// An encoder whose scores tell how hard an input is for one that did not see it.
public struct AuditReference {
  /// The encoder.
  public let encoder: any AuditedEncoder
  /// The pictures that it was pre-trained on.
  public let seen: Set<PictureIdentity>
  /// Whether a fair coin decided for each input of the audit if it is among them, whatever the target's members are. One
  /// that saw some inputs otherwise would tell members from nonmembers by what it saw.
  public let isDrawnByCoin: Bool

  /// An encoder and what it saw.
  public init(_ encoder: any AuditedEncoder, seen: Set<PictureIdentity>, isDrawnByCoin: Bool = false) {
    (self.encoder, self.seen, self.isDrawnByCoin) = (encoder, seen, isDrawnByCoin)
  }
}
