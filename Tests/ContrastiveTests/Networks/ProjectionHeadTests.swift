import Autodiff
import Kernels
import Networks
import TestSupport
import Testing
import Vision

@testable import Contrastive

@Suite("Projection heads") struct ProjectionHeadTests {
  @Test("Through a projection head in inference the images' gradient is PyTorch's")
  func pixelGradient() throws {
    let network = try GoldenNetwork("pixels-resnet18-projected")
    let classes = try #require(network.settings.classes)
    let source = ParameterSource.tensors(
      try network.tensors(addingStatistics: false), file: "pixels-resnet18-projected")
    let ((encoder, projection, head), store) = try ParameterStore.build(source) { builder in
      let encoder = try ResNet18(builder.at("encoder").at("encoder"), width: 4)
      let projection = try ProjectionHead(
        builder.at("encoder").at("projection"), inputs: encoder.embeddingWidth,
        ProjectionHeadConfiguration(hiddenWidths: [20], width: 12))
      return (encoder, projection, try LinearLayer(builder.at("head"), inputs: 12, outputs: classes))
    }
    let tape = Tape()
    let (images, pass) = (tape.input(network.images()), Pass.inputGradients(store, tape: tape))
    let logits = head(projection(encoder(images, pass), pass), pass)
    let loss = tape.crossEntropy(logits, targets: try network.golden.integers("labels"))
    store.clearGradients()
    tape.backward(from: loss.variable)
    #expect(abs(loss.value - (try #require(try network.golden.values("loss64").first))) < 1e-5)
    let expected = try network.golden.values("pixelGradient64")
    #expect(relativeDistance(images.gradient?.values ?? [], expected) < 2e-5)
    #expect(store.parameters.allSatisfy { store.gradient($0).values.allSatisfy { $0 == 0 } })
  }
}
