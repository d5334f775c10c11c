/// Which similarities membership features are made of. This is the table of them, in the order they are joined in.
public enum FeatureSet: String, Codable, Sendable, CaseIterable {
  /// All pairs among the views of an image (paper, section 4.1).
  case imageImage
  /// All pairs among the variants of a caption.
  case textText
  /// Each view of an image with each variant of its caption.
  case imageText
  /// The cosine of the unaltered image with the unaltered caption: one score.
  case pair

  /// Its name in tables: "image-image".
  public var name: String {
    switch self {
    case .imageImage: return "image-image"
    case .textText: return "text-text"
    case .imageText: return "image-text"
    case .pair: return "pair"
    }
  }

  /// Whether an auditor needs the image.
  public var usesImage: Bool { self != .textText }

  /// Whether an auditor needs the caption.
  public var usesCaption: Bool { self != .imageImage }

  /// Several sets in a table: "image-text + pair", "all sets".
  public static func name(of sets: [FeatureSet]) -> String {
    sets.count == allCases.count ? "all sets" : sets.map(\.name).joined(separator: " + ")
  }
}
