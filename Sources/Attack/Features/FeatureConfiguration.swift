import Kernels
import Networks

/// How membership features are made from the views of an input (paper, section 4.1).
public struct FeatureConfiguration: Codable, Sendable, Equatable, Validated {
  /// How alike two embeddings are; the paper's default is the cosine.
  public var similarity: Similarity
  /// n, the views of each input, 2 to 1,000; the paper's default is 10.
  public var views: Int

  /// A similarity over a number of views.
  public init(similarity: Similarity = .cosine, views: Int = 10) {
    self.similarity = similarity
    self.views = views
  }

  /// Cosine over 10 views.
  public static let paper = FeatureConfiguration()

  /// n (n - 1) / 2, the scores of each input.
  public var scores: Int { views * (views - 1) / 2 }

  /// Checks that there is at least one pair of views, and that the pairs can be held.
  /// - Throws: `InvalidSetting`.
  public func validate() throws(InvalidSetting) {
    try require(
      (2...1000).contains(views), "views", views, "2 to 1,000, since features are made of pairs of views")
  }
}
