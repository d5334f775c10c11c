import Files
import Autodiff
import Kernels
import Networks

/// What a vision transformer has beside its width.
public struct VisionTransformerConfiguration: Sendable, Codable, Equatable {
  /// Blocks, 1 to 64.
  public var layers: Int
  /// Heads of the attention; they divide the width into equal parts.
  public var heads: Int
  /// Side of a patch in pixels: 4, 8, 16 or 32. It divides the image size.
  public var patch: Int
  /// Of the hidden layers: `gelu`, or `quickGELU` as in OpenAI's weights.
  public var activation: Activation
  /// Whether tokens pass a layer norm before the first block, as in CLIP's image encoders.
  public var normalisesTokens: Bool

  /// A vision transformer by its parts.
  public init(
    layers: Int = 6, heads: Int, patch: Int = 4, activation: Activation = .gelu, normalisesTokens: Bool = true
  ) {
    (self.layers, self.heads, self.patch) = (layers, heads, patch)
    (self.activation, self.normalisesTokens) = (activation, normalisesTokens)
  }

  /// - Throws: ``ImageEncoderError`` if a field is out of its range or does not fit width and image.
  func validate(width: Int, imageSize: Int) throws {
    func require(_ holds: Bool, _ what: String) throws {
      if !holds { throw ImageEncoderError.invalid(what) }
    }
    try require((1...64).contains(layers), "layers \(layers) is outside 1...64")
    try require(
      heads >= 1 && width % heads == 0, "width \(width) cannot be divided into \(heads) heads")
    try require([4, 8, 16, 32].contains(patch), "patch \(patch) is none of 4, 8, 16, 32")
    try require(
      imageSize % patch == 0, "image size \(imageSize) is no multiple of the patch of \(patch) pixels")
    try require(activation.keepsSlope, "activation \(activation.rawValue) is none of gelu, quickGELU")
  }

  /// What a name says after width and layers: the patch, and what is not as usual.
  func suffix(width: Int) -> String {
    "-patch\(patch)" + (heads == Transformer.customaryHeads(width: width) ? "" : "-heads\(heads)")
      + (activation == .quickGELU ? "-quick" : "") + (normalisesTokens ? "" : "-nonorm")
  }

  /// Reads what ``suffix(width:)`` wrote, each part at most once and in that order; nil if it says something else.
  init?(layers: Int, parts: [String], width: Int) {
    self.init(layers: layers, heads: Transformer.customaryHeads(width: max(1, width)))
    var parts = parts[...]
    if let side = parts.first.flatMap({ $0.hasPrefix("patch") ? Int($0.dropFirst(5)) : nil }) {
      patch = side
      parts.removeFirst()
    }
    if let count = parts.first.flatMap({ $0.hasPrefix("heads") ? Int($0.dropFirst(5)) : nil }) {
      heads = count
      parts.removeFirst()
    }
    if parts.first == "quick" {
      activation = .quickGELU
      parts.removeFirst()
    }
    if parts.first == "nonorm" {
      normalisesTokens = false
      parts.removeFirst()
    }
    if !parts.isEmpty { return nil }
  }
}

/// A vision transformer with a class token (Dosovitskiy et al., ICLR 2021), as CLIP has it: no bias on the patches,
/// which the positions make up for, and a layer norm before the blocks. Parameter names are OpenAI's.
public struct VisionTransformer: ImageEncoder {
  private let patchWeight: Parameter
  private let classToken: Parameter
  private let positions: Parameter
  private let tokenNorm: LayerNormLayer?
  private let transformer: Transformer
  private let outputNorm: LayerNormLayer
  private let patch: Int
  private let imageSize: Int
  /// Values in an embedding.
  public let embeddingWidth: Int

  /// - Parameters:
  ///   - width: values of a token.
  ///   - imageSize: side of the square images, a multiple of the patch.
  /// - Throws: ``ParameterError`` if the builder's source lacks a parameter.
  public init(
    _ builder: ParameterBuilder, width: Int, imageSize: Int, _ configuration: VisionTransformerConfiguration
  ) throws {
    (patch, self.imageSize, embeddingWidth) = (configuration.patch, imageSize, width)
    let scale = Initializer.normal(deviation: 1 / Float(width).squareRoot())
    let count = imageSize / patch * (imageSize / patch)
    classToken = try builder.parameter("class_embedding", [width], scale, isDecayed: false)
    positions = try builder.parameter("positional_embedding", [count + 1, width], scale, isDecayed: false)
    patchWeight = try builder.at("conv1").parameter(
      "weight", [width, 3, patch, patch], .standard(fanIn: 3 * patch * patch))
    tokenNorm =
      configuration.normalisesTokens ? try LayerNormLayer(builder.at("ln_pre"), width: width) : nil
    transformer = try Transformer(
      builder.at("transformer"), width: width, layers: configuration.layers, heads: configuration.heads,
      activation: configuration.activation, isCausal: false)
    outputNorm = try LayerNormLayer(builder.at("ln_post"), width: width)
  }

  /// Embeddings `[batch, width]` of images `[batch, 3, height, width]` of the size the encoder was built for.
  public func callAsFunction(_ images: Variable, _ pass: Pass) -> Variable {
    let shape = images.value.shape
    precondition(
      shape.count == 4 && Array(shape[1...]) == [3, imageSize, imageSize],
      "VisionTransformer: images \(shape) where [batch, 3, \(imageSize), \(imageSize)] is needed")
    let tape = pass.tape
    let weight = pass.matrix(patchWeight)
    let patches = tape.linear(tape.patches(images, side: patch), weight: weight)
    var tokens = tape.imageTokens(
      patches, classToken: pass.parameter(classToken), positions: pass.parameter(positions))
    if let tokenNorm { tokens = tokenNorm(tokens, pass) }
    let pooled = transformer.pooled(
      tokens, tokens: tokens.value.shape[0] / shape[0], places: [Int](repeating: 0, count: shape[0]), pass)
    return outputNorm(pooled, pass)
  }
}
