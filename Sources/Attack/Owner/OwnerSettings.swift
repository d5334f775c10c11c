import Contrastive
import Files
import Kernels
import Vision

/// What an owner's test asks and computes. It is named before anybody is asked, so that nothing is chosen by what was
/// found.
public struct OwnerSettings: Codable, Sendable, Equatable, Validated {
  /// What works are scored by, each by itself: the mean of these similarities, as by EncoderMI-T; of
  /// ``FeatureSet/pair`` the cosine of an image with its caption. With several, p is adjusted by Holm's method.
  public var statistics: [FeatureSet]
  /// n, the views of each image, 2 to 1,000.
  public var views: Int
  /// m, the variants of each caption, 2 to 1,000.
  public var variants: Int
  /// How alike two embeddings are; a pair's own score is always the cosine.
  public var similarity: Similarity
  /// Which output is looked at where images are compared with images, or captions with captions.
  public var layer: EmbeddingLayer
  /// How views are made; nil for the encoder's own pre-training augmentation, or MoCo's where that is unknown.
  public var augmentation: Augmentation?
  /// Labellings that are drawn where there are too many to look at all, 9,999 to 10,000,000.
  public var permutations: Int
  /// Seed of views, variants and permutations.
  public var seed: UInt64

  /// Settings by their parts.
  public init(
    statistics: [FeatureSet] = [.imageImage], views: Int = 10, variants: Int = 10,
    similarity: Similarity = .cosine, layer: EmbeddingLayer = .embedding, augmentation: Augmentation? = nil,
    permutations: Int = 99_999, seed: UInt64 = 0
  ) {
    (self.statistics, self.views, self.variants) = (statistics, views, variants)
    (self.similarity, self.layer, self.augmentation) = (similarity, layer, augmentation)
    (self.permutations, self.seed) = (permutations, seed)
  }

  /// - Throws: `InvalidSetting` for the first field that is out of range.
  public func validate() throws(InvalidSetting) {
    try require(
      !statistics.isEmpty && Set(statistics).count == statistics.count, "statistics",
      statistics.map(\.rawValue), "one or more feature sets, none of them twice")
    try require(
      (9_999...10_000_000).contains(permutations), "permutations", permutations, "9,999 to 10,000,000")
    try attack.validate()
  }

  /// The audit whose questions are asked.
  var attack: AttackConfiguration {
    AttackConfiguration(
      views: views, variants: variants, sets: statistics.map { [$0] }, similarity: similarity, layer: layer,
      augmentation: augmentation, seed: seed)
  }

  /// Whether captions are asked about.
  public var usesCaptions: Bool { statistics.contains(where: \.usesCaption) }
}
