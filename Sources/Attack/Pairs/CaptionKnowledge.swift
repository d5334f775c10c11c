/// What an auditor holds of the pairs that are asked about.
///
/// Both the target's and the shadow's inputs are queried with the same knowledge. Between the levels stands the
/// difference of remembering an image, a wording, and that the two belong together.
public enum CaptionKnowledge: String, Codable, Sendable, CaseIterable {
  /// The image, and the very caption that members were pre-trained with.
  case exact
  /// The image, and another caption of it.
  case other
  /// The image, and a caption that a template makes of a few words of another caption; see ``TemplateCaptions``.
  case template
  /// The image alone.
  case imageOnly
  /// The caption that members were pre-trained with, alone.
  case captionOnly

  /// Whether the auditor holds the image.
  public var hasImage: Bool { self != .captionOnly }

  /// Whether the auditor holds a caption.
  public var hasCaption: Bool { self != .imageOnly }

  /// The feature sets that can be made.
  public var featureSets: [FeatureSet] {
    FeatureSet.allCases.filter { (hasImage || !$0.usesImage) && (hasCaption || !$0.usesCaption) }
  }

  /// Whether all inputs of the groups have the captions that the auditor is to hold.
  public func isPossible(for audited: AuditedPair) -> Bool {
    guard self == .other || self == .template else { return true }
    return audited.groups.pooled.allSatisfy { audited.captions[$0].count > audited.trainedCaptions }
  }

  /// The captions that the auditor holds of some images.
  /// - Throws: ``PairAttackError/noOtherCaption(image:knowledge:)``.
  func captions(of indices: [Int], in audited: AuditedPair, template: TemplateCaptions) throws -> [String] {
    try indices.map { index in
      let captions = audited.captions[index]
      guard self == .other || self == .template else { return captions[0] }
      guard captions.count > audited.trainedCaptions else {
        throw PairAttackError.noOtherCaption(image: audited.images.name(of: index), knowledge: self)
      }
      let other = captions[audited.trainedCaptions]
      return self == .other ? other : template(other)
    }
  }
}
