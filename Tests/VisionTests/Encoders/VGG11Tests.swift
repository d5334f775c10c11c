import Autodiff
import Kernels
import Networks
import TestSupport
import Testing

@testable import Vision

@Suite("VGG-11") struct VGG11Tests {
  private func build(_ network: GoldenNetwork) throws -> (VGG11, ParameterStore) {
    try ParameterStore.build(.tensors(try network.tensors(), file: "vgg11-forward")) {
      try VGG11($0, width: network.settings.width)
    }
  }

  @Test("The output in inference is PyTorch's, with batch norm folded in or not", arguments: [false, true])
  func inference(recording: Bool) throws {
    let network = try GoldenNetwork("vgg11-forward")
    let (encoder, store) = try build(network)
    let tape = Tape(recording: recording)
    let output = encoder(tape.constant(network.images()), Pass(store, .inference, tape: tape))
    let distance = relativeDistance(output.value.values, try network.golden.values("inference/output64"))
    #expect(distance < 1e-5)
  }

  @Test("Output and running statistics in training are PyTorch's")
  func training() throws {
    let network = try GoldenNetwork("vgg11-forward")
    let (encoder, store) = try build(network)
    let tape = Tape()
    let output = encoder(tape.constant(network.images()), Pass(store, .training, tape: tape))
    let distance = relativeDistance(output.value.values, try network.golden.values("training/output64"))
    #expect(distance < 1e-4)
    for statistic in store.statistics {
      let expected = try network.golden.values("training/\(statistic.name)")
      let distance = relativeDistance(store.statistic(statistic).values, expected)
      #expect(distance < 1e-5, "\(statistic.name): off by \(distance)")
    }
  }

  @Test(
    "Embeddings are eight times as wide as the first stage, whatever the image size", arguments: [32, 64])
  func shape(side: Int) throws {
    let (encoder, store) = try ParameterStore.build(.fresh(RandomStream(seed: 1, name: "weights"))) {
      try VGG11($0, width: 3)
    }
    let pass = Pass.inference(store)
    let output = encoder(pass.tape.constant(Tensor(zeros: [2, 3, side, side])), pass)
    #expect(output.value.shape == [2, 24])
    #expect(encoder.embeddingWidth == 24)
  }
}
