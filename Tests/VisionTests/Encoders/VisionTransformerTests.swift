import Files
import Autodiff
import Kernels
import Networks
import TestSupport
import Testing

@testable import Vision

@Suite("Vision transformers") struct VisionTransformerTests {
  private func build(_ name: String, imageSize: Int) throws -> (any ImageEncoder, ParameterStore) {
    try ParameterStore.build(.fresh(RandomStream(seed: 1, name: "weights"))) {
      try ImageEncoderConfiguration(name: name, imageSize: imageSize).build($0)
    }
  }

  private func images(_ count: Int, side: Int) -> Tensor {
    Tensor(GoldenNetwork.pixels(seed: 5, count: count * 3 * side * side), shape: [count, 3, side, side])
  }

  @Test(
    "An embedding has the width of a token, whatever patch and image",
    arguments: [("vit-64x2-patch4", 32), ("vit-32x1-patch16-nonorm", 96), ("vit-40x2-patch8-quick", 64)])
  func shape(name: String, side: Int) throws {
    let (encoder, store) = try build(name, imageSize: side)
    let pass = Pass.inference(store)
    let output = encoder(pass.tape.constant(images(2, side: side)), pass).value
    #expect(output.shape == [2, encoder.embeddingWidth])
    #expect(isFinite(output))
  }

  @Test("Weights are those of patches, class token, positions, blocks of 12 w² + 13 w, and two layer norms")
  func parameterCount() throws {
    let width = 64
    let blocks = 3 * (12 * width * width + 13 * width)
    let expected = 3 * 64 * width + width + 17 * width + blocks + 4 * width
    #expect(
      try build("vit-64x3-patch8", imageSize: 32).1.parameters.map(\.range.count).reduce(0, +) == expected)
  }

  @Test("Training and inference give the same embeddings, with and without a tape")
  func phases() throws {
    let (encoder, store) = try build("vit-64x2-patch4", imageSize: 16)
    let x = images(3, side: 16)
    let tape = Tape()
    let training = encoder(tape.constant(x), Pass(store, .training, tape: tape)).value
    let pass = Pass.inference(store)
    #expect(encoder(pass.tape.constant(x), pass).value.values == training.values)
  }

  @Test("The gradient of the images is the slope along it")
  func imageGradient() throws {
    let (encoder, store) = try build("vit-32x2-patch4", imageSize: 8)
    let x = images(2, side: 8)
    let direction = Tensor(GoldenNetwork.pixels(seed: 9, count: 64), shape: [2, 32])
    func score(_ images: Tensor) -> Double {
      let pass = Pass.inference(store)
      let output = encoder(pass.tape.constant(images), pass).value
      return Pointwise.product(output, direction).values.reduce(0) { $0 + Double($1) }
    }
    let tape = Tape()
    let input = tape.input(x)
    let output = encoder(input, Pass(store, .inference, tape: tape))
    tape.backward(from: output, gradient: direction.copy())
    let gradient = try #require(input.gradient)
    let slope = gradient.values.map { Double($0) * Double($0) }.reduce(0, +)
    let step: Float = 0.02
    let move = Pointwise.scaled(gradient, by: step / Float(slope.squareRoot()))
    let change = score(Pointwise.sum(x, move)) - score(Pointwise.sum(x, Pointwise.scaled(move, by: -1)))
    #expect(abs(change / (2 * Double(step) * slope.squareRoot()) - 1) < 0.02)
  }
}
