import Autodiff
import Kernels

/// A stack of pre-norm transformer blocks, as both towers of CLIP have it (Radford et al. 2021).
public struct Transformer: Sendable {
  private let blocks: [TransformerBlock]

  /// Declares `resblocks.N`, with fresh weights as OpenAI's text transformer has them.
  /// - Parameters:
  ///   - layers: blocks, at least 1.
  ///   - heads: equal parts that the width is divided into.
  ///   - activation: of the hidden layers, one of the two forms of GELU.
  ///   - isCausal: whether a token sees only itself and those before it.
  /// - Throws: ``ParameterError`` if the source lacks a parameter.
  public init(
    _ builder: ParameterBuilder, width: Int, layers: Int, heads: Int, activation: Activation, isCausal: Bool
  ) throws {
    precondition(layers >= 1, "Transformer: \(layers) layers")
    blocks = try (0..<layers).map { layer in
      try TransformerBlock(
        builder.at("resblocks").at("\(layer)"), width: width, heads: heads, depth: layers,
        activation: activation, isCausal: isCausal)
    }
  }

  /// All tokens of all sequences, `[batch * tokens, width]`.
  /// - Parameter tokens: in each sequence.
  public func callAsFunction(_ input: Variable, tokens: Int, _ pass: Pass) -> Variable {
    blocks.reduce(input) { $1($0, tokens: tokens, pass) }
  }

  /// One token of each sequence, `[batch, width]`, without computing what the last block makes of the others.
  /// - Parameter places: of the token that is wanted in each sequence.
  public func pooled(_ input: Variable, tokens: Int, places: [Int], _ pass: Pass) -> Variable {
    let hidden = blocks.dropLast().reduce(input) { $1($0, tokens: tokens, pass) }
    return blocks[blocks.count - 1].pooled(hidden, tokens: tokens, places: places, pass)
  }

  /// Heads that a width is customarily divided into: parts of 64, as CLIP has them, or of 32 where there would be few.
  public static func customaryHeads(width: Int) -> Int {
    // What a name asks for is judged later; a width beyond all that are allowed needs no division into heads.
    var heads = min(max(1, width / (width < 384 ? 32 : 64)), 1 << 16)
    while width % heads != 0 { heads -= 1 }
    return heads
  }
}
