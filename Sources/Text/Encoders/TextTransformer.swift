import Files
import Autodiff
import Kernels
import Networks

/// A text encoder as a value: what is needed to build it anew or to find its parameters in a checkpoint.
public struct TextEncoderConfiguration: Sendable, Codable, Equatable, Validated {
  /// Values of a token; 512 in the smallest of OpenAI's encoders.
  public var width: Int
  /// Blocks, 1 to 64; 12 in OpenAI's encoders.
  public var layers: Int
  /// Heads of the attention; they divide the width into equal parts.
  public var heads: Int
  /// Tokens that the embedding table knows: ids are below it.
  public var vocabularySize: Int
  /// The greatest number of tokens in a caption; 77 in OpenAI's encoders.
  public var contextLength: Int
  /// Of the hidden layers: `gelu`, or `quickGELU` as in OpenAI's weights.
  public var activation: Activation

  /// A text encoder by its parts.
  /// - Parameter heads: nil for parts of 32 values, or of 64 from width 384 on.
  public init(
    width: Int = 128, layers: Int = 4, heads: Int? = nil, vocabularySize: Int, contextLength: Int = 77,
    activation: Activation = .gelu
  ) {
    (self.width, self.layers) = (width, layers)
    self.heads = heads ?? Transformer.customaryHeads(width: max(1, width))
    (self.vocabularySize, self.contextLength) = (vocabularySize, contextLength)
    self.activation = activation
  }

  /// A text encoder by name: `text-128x4`, `text-512x12-heads8-quick`.
  /// - Throws: ``TextEncoderError`` if the name says nothing, `InvalidSetting` if a size is out of its range.
  public init(name: String, vocabularySize: Int, contextLength: Int = 77) throws {
    var parts = name.split(separator: "-", omittingEmptySubsequences: false)[...]
    let kind = parts.popFirst()
    let sizes =
      parts.popFirst()?.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) } ?? []
    guard kind == "text", sizes.count == 2, let width = sizes[0], let layers = sizes[1] else {
      throw TextEncoderError.unknownName(name)
    }
    self.init(width: width, layers: layers, vocabularySize: vocabularySize, contextLength: contextLength)
    if let count = parts.first.flatMap({ $0.hasPrefix("heads") ? Int($0.dropFirst(5)) : nil }) {
      heads = count
      parts.removeFirst()
    }
    if parts.first == "quick" {
      activation = .quickGELU
      parts.removeFirst()
    }
    guard parts.isEmpty else { throw TextEncoderError.unknownName(name) }
    try validate()
  }

  /// The name that `init(name:vocabularySize:contextLength:)` reads.
  public var name: String {
    "text-\(width)x\(layers)" + (heads == Transformer.customaryHeads(width: width) ? "" : "-heads\(heads)")
      + (activation == .quickGELU ? "-quick" : "")
  }

  /// Values in an embedding.
  public var embeddingWidth: Int { width }

  /// Checks all fields.
  /// - Throws: `InvalidSetting` for the first that is out of range.
  public func validate() throws(InvalidSetting) {
    try require((1...4096).contains(width), "width", width, "from 1 to 4096")
    try require((1...64).contains(layers), "layers", layers, "from 1 to 64")
    try require(heads >= 1 && width % heads == 0, "heads", heads, "a divisor of the width \(width)")
    try require(
      (1...1_000_000).contains(vocabularySize), "vocabularySize", vocabularySize, "from 1 to 1,000,000")
    try require((1...4096).contains(contextLength), "contextLength", contextLength, "from 1 to 4096")
    try require(activation.keepsSlope, "activation", activation.rawValue, "gelu or quickGELU")
  }

  /// Builds the encoder, declaring its parameters with `builder`.
  /// - Throws: ``ParameterError`` if the builder's source lacks a parameter.
  public func build(_ builder: ParameterBuilder) throws -> TextTransformer {
    try TextTransformer(builder, self)
  }
}

/// What is wrong with a text encoder's name.
public enum TextEncoderError: ExplainedError, Equatable {
  /// A name that describes no encoder.
  case unknownName(String)

  /// What was found and what to write instead.
  public var description: String {
    switch self {
    case .unknownName(let name):
      return
        "No text encoder is called “\(name)”. Write text-WIDTHxLAYERS[-headsN][-quick], such as text-128x4."
    }
  }
}

/// CLIP's text tower (Radford et al. 2021, section 2.4): a causal transformer over token and position embeddings; the
/// embedding is the end-of-text token's after a last layer norm. Parameter names are OpenAI's.
public struct TextTransformer: Sendable {
  private let embedding: TokenEmbedding
  private let transformer: Transformer
  private let outputNorm: LayerNormLayer
  private let contextLength: Int
  /// Values in an embedding.
  public let embeddingWidth: Int

  /// - Throws: ``ParameterError`` if the builder's source lacks a parameter.
  public init(_ builder: ParameterBuilder, _ configuration: TextEncoderConfiguration) throws {
    let width = configuration.width
    (embeddingWidth, contextLength) = (width, configuration.contextLength)
    embedding = try TokenEmbedding(
      builder, vocabulary: configuration.vocabularySize, context: contextLength, width: width)
    transformer = try Transformer(
      builder.at("transformer"), width: width, layers: configuration.layers, heads: configuration.heads,
      activation: configuration.activation, isCausal: true)
    outputNorm = try LayerNormLayer(builder.at("ln_final"), width: width)
  }

  /// Embeddings `[captions, width]`. What follows the last end of text has no influence and costs no time.
  public func callAsFunction(_ tokens: TokenBatch, _ pass: Pass) -> Variable {
    let used = (tokens.ends.max() ?? 0) + 1
    precondition(
      used <= contextLength, "TextTransformer: captions of \(used) tokens for a context of \(contextLength)")
    let ids =
      used == tokens.length
      ? tokens.ids
      : (0..<tokens.count).flatMap { tokens.ids[$0 * tokens.length..<$0 * tokens.length + used] }
    let hidden = embedding(ids, tokens: used, pass)
    return outputNorm(transformer.pooled(hidden, tokens: used, places: tokens.ends, pass), pass)
  }
}
