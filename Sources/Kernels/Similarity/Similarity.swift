/// How alike two embeddings are.
public enum Similarity: String, Codable, Sendable, CaseIterable {
  /// The cosine of the angle between them, in [-1, 1]; the paper's choice.
  case cosine
  /// Pearson's correlation of their components, in [-1, 1]: the cosine after each one's mean is taken away.
  case correlation
  /// Minus their Euclidean distance, at most 0.
  case euclidean
}

/// Similarities of embeddings, and which embeddings had none.
public struct SimilarityScores {
  /// One row of scores for each input.
  public let scores: Tensor
  /// Rows of the embeddings for which the similarity is not defined: values that are not finite, for ``Similarity/cosine``
  /// a norm of zero, for ``Similarity/correlation`` equal components. All their scores are 0.
  public let undefinedRows: [Int]
}

/// Similarities of all pairs among each input's views.
///
/// Pairs are in the order (0, 1), (0, 2), ..., (1, 2), ...; an input's scores depend on its own embeddings alone.
/// - Parameters:
///   - embeddings: `[inputs * views, width]`, the views of an input in consecutive rows.
///   - views: rows of each input, at least 2.
///   - isSorted: whether the scores of each input are put in descending order.
/// - Returns: scores `[inputs, views * (views - 1) / 2]`.
public func pairwiseSimilarities(
  _ embeddings: Tensor, views: Int, similarity: Similarity, isSorted: Bool = false
) -> SimilarityScores {
  precondition(
    embeddings.shape.count == 2 && views >= 2 && embeddings.shape[0] % max(1, views) == 0,
    "pairwiseSimilarities: \(views) views an input from embeddings of shape \(embeddings.shape)")
  let inputs = embeddings.shape[0] / views
  let result = Tensor(uninitialized: [inputs, views * (views - 1) / 2])
  let first = EmbeddingSets(embeddings, rows: views)
  let undefined = SetComparison(first: first, second: nil, similarity: similarity, isSorted: isSorted)
    .run(into: result)
  return SimilarityScores(scores: result, undefinedRows: undefined)
}

/// Similarities between two sets of embeddings for each input, such as views of an image and variants of its caption.
///
/// - Parameters:
///   - first: `[inputs * firstRows, width]`.
///   - second: `[inputs * secondRows, width]`.
///   - isSorted: whether the scores of each input are put in descending order.
/// - Returns: scores `[inputs, firstRows * secondRows]`, the first set's index moving slower; undefined rows of the
///   second set are numbered after all of the first's.
public func crossSimilarities(
  _ first: Tensor, rows firstRows: Int, _ second: Tensor, rows secondRows: Int, similarity: Similarity,
  isSorted: Bool = false
) -> SimilarityScores {
  precondition(
    first.shape.count == 2 && second.shape.count == 2 && first.shape[1] == second.shape[1] && firstRows >= 1
      && secondRows >= 1 && first.shape[0] % max(1, firstRows) == 0
      && first.shape[0] / max(1, firstRows) * secondRows == second.shape[0],
    "crossSimilarities: sets of \(firstRows) and \(secondRows) from shapes \(first.shape) and \(second.shape)"
  )
  let inputs = first.shape[0] / firstRows
  let result = Tensor(uninitialized: [inputs, firstRows * secondRows])
  let comparison = SetComparison(
    first: EmbeddingSets(first, rows: firstRows), second: EmbeddingSets(second, rows: secondRows),
    similarity: similarity, isSorted: isSorted)
  return SimilarityScores(scores: result, undefinedRows: comparison.run(into: result))
}
