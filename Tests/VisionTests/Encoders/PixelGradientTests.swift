import Autodiff
import Kernels
import Networks
import TestSupport
import Testing

@testable import Vision

/// The loss of a linear classifier of embeddings, as an attack on an encoder in inference follows it.
@Suite("Gradients of images in inference") struct PixelGradientTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var golden: String
    var encoder: String
    var testDescription: String { golden }
  }

  static let cases = [
    Case(golden: "pixels-resnet18", encoder: "resnet18-4"),
    Case(golden: "pixels-resnet18-stem2", encoder: "resnet18-4-stem2"),
    Case(golden: "pixels-vgg11", encoder: "vgg11-4"),
    Case(golden: "pixels-vit", encoder: "vit-24x2-patch4-heads2"),
  ]

  private func build(_ name: String, imageSize: Int, classes: Int, _ source: ParameterSource) throws
    -> ((Variable, Pass) -> Variable, ParameterStore)
  {
    let ((encoder, head), store) = try ParameterStore.build(source) { builder in
      let encoder = try ImageEncoderConfiguration(name: name, imageSize: imageSize)
        .build(builder.at("encoder"))
      return (
        encoder, try LinearLayer(builder.at("head"), inputs: encoder.embeddingWidth, outputs: classes)
      )
    }
    return ({ head(encoder($0, $1), $1) }, store)
  }

  @Test("Loss and gradient are PyTorch's, and no parameter has one", arguments: cases)
  func golden(size: Case) throws {
    let network = try GoldenNetwork(size.golden)
    let (logits, store) = try build(
      size.encoder, imageSize: network.settings.side, classes: try #require(network.settings.classes),
      .tensors(try network.tensors(addingStatistics: false), file: size.golden))
    let tape = Tape()
    let (images, pass) = (tape.input(network.images()), Pass.inputGradients(store, tape: tape))
    let loss = tape.crossEntropy(logits(images, pass), targets: try network.golden.integers("labels"))
    store.clearGradients()
    tape.backward(from: loss.variable)
    #expect(abs(loss.value - (try #require(try network.golden.values("loss64").first))) < 1e-5)
    let expected = try network.golden.values("pixelGradient64")
    let distance = relativeDistance(images.gradient?.values ?? [], expected)
    #expect(distance < 1e-5)
    #expect(store.parameters.allSatisfy { store.gradient($0).values.allSatisfy { $0 == 0 } })
    print("\(size.golden): distance of the images' gradient \(distance)")
  }

  @Test("Each pixel's gradient is the slope between its neighbours on either side")
  func centralDifferences() throws {
    let (logits, store) = try build(
      "vit-16x1-patch4", imageSize: 8, classes: 3, .fresh(RandomStream(seed: 1, name: "weights")))
    let pixels = GoldenNetwork.pixels(seed: 5, count: 192)
    func loss(_ images: Variable, _ pass: Pass) -> Loss {
      pass.tape.crossEntropy(logits(images, pass), targets: [1])
    }
    func loss(_ values: [Float]) -> Double {
      let pass = Pass.inference(store)
      return Double(loss(pass.tape.constant(Tensor(values, shape: [1, 3, 8, 8])), pass).value)
    }
    let tape = Tape()
    let images = tape.input(Tensor(pixels, shape: [1, 3, 8, 8]))
    tape.backward(from: loss(images, Pass.inputGradients(store, tape: tape)).variable)
    let slopes = pixels.indices.map { index in
      var (above, below) = (pixels, pixels)
      above[index] += 0.02
      below[index] -= 0.02
      return Float((loss(above) - loss(below)) / Double(above[index] - below[index]))
    }
    #expect(relativeDistance(images.gradient?.values ?? [], slopes) < 5e-3)
  }
}
