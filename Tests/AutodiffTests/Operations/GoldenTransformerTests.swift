import Kernels
import TestSupport
import Testing

@testable import Autodiff

/// The operations of CLIP's towers with the gradients of all their inputs, as PyTorch computes them.
@Suite("Transformer operations against PyTorch") struct GoldenTransformerTests {
  private let operations: GoldenOperations
  private var golden: Golden { operations.golden }

  init() throws { operations = try GoldenOperations("clip-layers") }

  @Test("Layer norm", arguments: ["layerNorm", "layerNormWide"])
  func layerNorm(name: String) throws {
    try operations.checkAlsoIdle(name, ["input", "weight", "bias"]) {
      $0.layerNorm($1[0], gain: $1[1], shift: $1[2])
    }
  }

  @Test("GELU after a linear map, exact and quick", arguments: [Activation.gelu, .quickGELU])
  func gelu(activation: Activation) throws {
    try operations.checkAlsoIdle(activation.rawValue, ["input", "weight", "bias"]) {
      $0.linear($1[0], weight: $1[1], bias: $1[2], activation: activation)
    }
  }

  @Test("A linear map on the residual path")
  func residual() throws {
    try operations.checkAlsoIdle("linearResidual", ["input", "weight", "bias", "residual"]) {
      $0.linear($1[0], weight: $1[1], bias: $1[2], residual: $1[3])
    }
  }

  private struct AttentionSettings: Decodable {
    var tokens: Int
    var heads: Int
    var isCausal: Bool
  }

  @Test(
    "Attention of several heads, causal or not",
    arguments: [
      "attention17x8", "attention17x8Causal", "attention5x20", "attention5x20Causal", "attention1x8",
      "attention1x8Causal",
    ])
  func attention(name: String) throws {
    let settings = try golden.settings(name, as: AttentionSettings.self)
    try operations.checkAlsoIdle(name, ["input"]) {
      $0.attention(
        $1[0], tokens: settings.tokens, heads: settings.heads, isCausal: settings.isCausal)
    }
  }

  @Test("Token and position embeddings, with ids that occur several times or never")
  func embedding() throws {
    let ids = try golden.integers("embedding/ids").map { Int32($0) }
    try operations.checkAlsoIdle("embedding", ["table", "positions"]) {
      $0.embedding(ids, tokens: 4, table: $1[0], positions: $1[1])
    }
  }

  @Test("Patches, class token and positions are a convolution whose stride is its kernel")
  func imageTokens() throws {
    try operations.checkAlsoIdle("imageTokens", ["images", "weight", "classToken", "positions"]) {
      tape, inputs in
      let patches = tape.linear(
        tape.patches(inputs[0], side: 4), weight: tape.reshaped(inputs[1], [20, 48]))
      return tape.imageTokens(patches, classToken: inputs[2], positions: inputs[3])
    }
  }

  @Test(
    "CLIP's loss, with its logit scale free up to just below 100",
    arguments: [("clipLoss", 3e-7), ("clipLossBelow", 3e-6)])
  func clipLoss(name: String, scaleTolerance: Float) throws {
    var scale: Variable?
    try operations.checkAlsoIdle(name, ["images", "texts"]) { tape, inputs in
      let free = tape.input(try golden.tensor("\(name)/scale"))
      if tape.isRecording { scale = free }
      return tape.clipLoss(images: inputs[0], texts: inputs[1], logitScale: free).variable
    }
    // The terms of this sum, of the size of the logits, nearly cancel.
    let found = scale?.gradient?.values ?? []
    #expect(largestDifference(found, try golden.values("\(name)/scaleGradient")) < scaleTolerance)
  }

  @Test("Where the logit scale is cut off at 100, the images and texts still learn, and the scale does not")
  func clampedLoss() throws {
    try operations.checkAlsoIdle("clipLossClamped", ["images", "texts"]) { tape, inputs in
      let scale = tape.input(try golden.tensor("clipLossClamped/scale"))
      let loss = tape.clipLoss(images: inputs[0], texts: inputs[1], logitScale: scale)
      return loss.variable
    }
    #expect(try golden.values("clipLossClamped/scaleGradient") == [0])
    let tape = Tape()
    let scale = tape.input(Tensor([4.7], shape: [1]))
    let loss = tape.clipLoss(
      images: tape.input(try golden.tensor("clipLoss/images")),
      texts: tape.input(try golden.tensor("clipLoss/texts")), logitScale: scale)
    tape.backward(from: loss.variable)
    #expect(scale.gradient == nil)
  }

  @Test("Each direction's accuracy is the share of pairs that it finds")
  func accuracies() {
    // Two texts point at the first image, so one of the two images that are unlike it loses its text.
    let tape = Tape()
    let images = tape.constant(Tensor([1, 0, 0, 1, -1, 0], shape: [3, 2]))
    let texts = tape.constant(Tensor([1, 0.1, 0.9, 0.5, -1, 0.1], shape: [3, 2]))
    let loss = tape.clipLoss(
      images: images, texts: texts, logitScale: tape.constant(Tensor([1], shape: [1])))
    #expect(loss.imageAccuracy == 1)
    #expect(loss.textAccuracy == Float(2.0 / 3))
  }
}
