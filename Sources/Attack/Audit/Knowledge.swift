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

  /// The caption that the auditor holds; nil without any.
  public var holding: CaptionHolding? {
    switch self {
    case .exact, .captionOnly: .exact
    case .other: .other
    case .template: .template
    case .imageOnly: nil
    }
  }
}
