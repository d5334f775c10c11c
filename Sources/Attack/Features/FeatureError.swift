import Files
import Kernels

/// Why membership features could not be made or used.
public enum FeatureError: ExplainedError {
  /// Embeddings between which the similarity is not defined.
  case undefinedSimilarity(Similarity, inputs: [String], chunk: Int)
  /// A classifier was given features it was not trained for.
  case mismatch(expected: FeatureConfiguration, found: FeatureConfiguration)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .undefinedSimilarity(let similarity, let inputs, let chunk):
      let names = inputs.prefix(5).joined(separator: ", ")
      let more = inputs.count > 5 ? ", ..." : ""
      return
        "\(inputs.count) of \(chunk) inputs (\(names)\(more)) have embeddings without a \(similarity.rawValue): "
        + "\(FeatureError.reason(similarity)); the encoder may be collapsed or its checkpoint damaged"
    case .mismatch(let expected, let found):
      return "the classifier was trained on \(expected.similarity.rawValue) over \(expected.views) views"
        + "\(FeatureError.sets(expected)), these features are \(found.similarity.rawValue) over \(found.views)"
        + "\(FeatureError.sets(found)); make them alike"
    }
  }

  private static func sets(_ configuration: FeatureConfiguration) -> String {
    guard configuration.sets != nil else { return "" }
    let variants = configuration.variants.map { " and \($0) caption variants" } ?? ""
    return "\(variants) (\(FeatureSet.name(of: configuration.kinds)))"
  }

  private static func reason(_ similarity: Similarity) -> String {
    switch similarity {
    case .cosine: return "they are zero or not finite"
    case .correlation: return "their variance is zero or they are not finite"
    case .euclidean: return "they are not finite"
    }
  }
}
