import Kernels

/// How membership features are made from the views of an input (paper, section 4.1).
public struct FeatureConfiguration: Codable, Sendable, Equatable {
  /// How alike two embeddings are; the paper's default is the cosine.
  public var similarity: Similarity
  /// n, the views of each input, at least 2; the paper's default is 10.
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

  /// Checks that there is at least one pair of views.
  /// - Throws: ``FeatureError/tooFewViews(_:)``.
  public func validate() throws {
    if views < 2 { throw FeatureError.tooFewViews(views) }
  }
}
