import Files
import Kernels

/// How membership features are made from the views of an input (paper, section 4.1), or from the views of an image and
/// the variants of its caption.
public struct FeatureConfiguration: Codable, Sendable, Equatable, Validated {
  /// How alike two embeddings are; the paper's default is the cosine.
  public var similarity: Similarity
  /// n, the views of each image, up to 1,000 and at least 2 where pairs are made of them; the paper's default is 10.
  public var views: Int
  /// m, the variants of each caption, up to 1,000 and at least 2 where pairs are made of them; left out where no set
  /// needs any.
  public var variants: Int?
  /// The sets of scores, one after the other; left out for ``FeatureSet/imageImage`` alone, the paper's.
  public var sets: [FeatureSet]?

  /// A similarity over a number of views, of image-image pairs.
  public init(similarity: Similarity = .cosine, views: Int = 10) {
    self.similarity = similarity
    self.views = views
  }

  /// A similarity over views and caption variants, in several sets.
  public init(similarity: Similarity = .cosine, views: Int = 10, variants: Int = 10, sets: [FeatureSet]) {
    self.init(similarity: similarity, views: views)
    if sets != [.imageImage] { self.sets = sets }
    if sets.contains(where: { $0 == .textText || $0 == .imageText }) { self.variants = variants }
  }

  /// The sets, image-image if none are given.
  public var kinds: [FeatureSet] { sets ?? [.imageImage] }

  /// The scores of each input: n (n - 1) / 2 for image-image alone.
  public var scores: Int { kinds.reduce(0) { $0 + scores(of: $1) } }

  /// The scores of one set: n (n - 1) / 2, m (m - 1) / 2, n m, 1.
  public func scores(of set: FeatureSet) -> Int {
    let m = variants ?? 0
    switch set {
    case .imageImage: return views * (views - 1) / 2
    case .textText: return m * (m - 1) / 2
    case .imageText: return views * m
    case .pair: return 1
    }
  }

  /// Where each set's scores stand in an input's row.
  public var ranges: [Range<Int>] {
    var end = 0
    return kinds.map { kind in
      defer { end += scores(of: kind) }
      return end..<(end + scores(of: kind))
    }
  }

  /// Checks that each set has at least one score, and that the scores can be held.
  /// - Throws: `InvalidSetting`.
  public func validate() throws(InvalidSetting) {
    let least = kinds.contains(.imageImage) ? 2 : 1
    try require(
      (least...1000).contains(views), "views", views,
      "\(least) to 1,000, since features are made of pairs of views")
    try require(
      !kinds.isEmpty && Set(kinds).count == kinds.count, "sets", kinds.map(\.rawValue),
      "one or more, none of them twice")
    guard kinds.contains(.textText) || kinds.contains(.imageText) else { return }
    let fewest = kinds.contains(.textText) ? 2 : 1
    try require(
      (fewest...1000).contains(variants ?? 0), "variants", variants ?? 0,
      "\(fewest) to 1,000, since features are made of pairs of variants")
  }
}
