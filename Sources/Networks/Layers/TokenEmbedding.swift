import Autodiff

/// Embeddings of tokens by id and of their positions; parameter names are those of OpenAI's CLIP.
public struct TokenEmbedding: Sendable {
  private let table: Parameter
  private let positions: Parameter

  /// Declares `token_embedding.weight`, `[vocabulary, width]`, and `positional_embedding`, `[context, width]`.
  /// - Throws: ``ParameterError`` if the source lacks one of them.
  public init(_ builder: ParameterBuilder, vocabulary: Int, context: Int, width: Int) throws {
    table = try builder.at("token_embedding").parameter(
      "weight", [vocabulary, width], .normal(deviation: 0.02), isDecayed: false)
    positions = try builder.parameter(
      "positional_embedding", [context, width], .normal(deviation: 0.01), isDecayed: false)
  }

  /// Sums of both embeddings, `[batch * tokens, width]`.
  /// - Parameters:
  ///   - ids: `[batch, tokens]` row by row, each below the vocabulary's size.
  ///   - tokens: in each sequence, at most the context's length.
  public func callAsFunction(_ ids: [Int32], tokens: Int, _ pass: Pass) -> Variable {
    pass.tape.embedding(
      ids, tokens: tokens, table: pass.parameter(table), positions: pass.parameter(positions))
  }
}
