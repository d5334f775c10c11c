import Autodiff
import Kernels
import TestSupport
import Testing

@testable import Networks

@Suite("Convolution with batch norm") struct ConvolutionNormTests {
  private let x = sample([4, 5, 9, 9])

  private func build(stride: Int = 1, kernel: Int = 3) throws -> (ConvolutionNorm, ParameterStore) {
    try fresh {
      try ConvolutionNorm(
        convolution: $0.at("conv1"), norm: $0.at("bn1"), inputs: 5, outputs: 20, kernel: kernel,
        stride: stride)
    }
  }

  private func inference(
    _ layer: ConvolutionNorm, _ store: ParameterStore, recording: Bool, residual: Tensor? = nil,
    relu: Bool = true
  ) -> [Float] {
    let tape = Tape(recording: recording)
    return layer(
      tape.constant(x), Pass(store, .inference, tape: tape),
      residual: residual.map { tape.constant($0.copy()) },
      relu: relu
    ).value.values
  }

  @Test("Folded or not, inference gives the same", arguments: [(1, 3), (2, 3), (2, 1)])
  func folded(stride: Int, kernel: Int) throws {
    let (layer, store) = try build(stride: stride, kernel: kernel)
    let training = Tape(recording: false)
    let output = layer(training.constant(x), Pass(store, .training, tape: training)).value
    let residual = sample(output.shape, seed: 2)
    for relu in [false, true] {
      for added in [nil, residual] {
        let plain = inference(layer, store, recording: true, residual: added, relu: relu)
        let folded = inference(layer, store, recording: false, residual: added, relu: relu)
        #expect(largestDifference(plain, folded) < 2e-5)
      }
    }
  }

  @Test("Weights written in place are seen once the store is marked as changed")
  func changed() throws {
    let (layer, store) = try build()
    let before = inference(layer, store, recording: false)
    scale(store.weights, by: -0.5)
    store.markChanged()
    let after = inference(layer, store, recording: false)
    #expect(after != before)
    #expect(largestDifference(after, inference(layer, store, recording: true)) < 2e-5)
  }

  @Test("Running statistics of a training pass are seen by the inference that follows")
  func statistics() throws {
    let (layer, store) = try build()
    let tape = Tape(recording: false)
    let pass = Pass(store, .training, tape: tape)
    let before = inference(layer, store, recording: false)
    _ = layer(tape.constant(x), pass)
    let after = inference(layer, store, recording: false)
    #expect(after != before)
    #expect(largestDifference(after, inference(layer, store, recording: true)) < 2e-5)
  }
}
