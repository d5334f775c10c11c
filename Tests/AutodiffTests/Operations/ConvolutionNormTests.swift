import Kernels
import TestSupport
import Testing

@testable import Autodiff

@Suite("Convolution and batch norm as one operation") struct ConvolutionNormTests {
  struct Case: Sendable {
    var inputs: Int
    var side: Int
    var stride: Int
    var hasResidual: Bool
    var isFixed: Bool
  }

  static let cases = [
    Case(inputs: 3, side: 8, stride: 1, hasResidual: false, isFixed: false),
    Case(inputs: 5, side: 7, stride: 2, hasResidual: true, isFixed: false),
    Case(inputs: 32, side: 8, stride: 1, hasResidual: true, isFixed: false),
    Case(inputs: 32, side: 2, stride: 1, hasResidual: false, isFixed: false),
    Case(inputs: 5, side: 7, stride: 1, hasResidual: true, isFixed: true),
  ]

  private func results(_ size: Case, fused: Bool) -> [Tensor?] {
    let tape = Tape()
    let outputs = 32
    let side = (size.side - 1) / size.stride + 1
    let input = tape.input(sample([4, size.inputs, size.side, size.side]))
    let weight = tape.input(sample([outputs, size.inputs, 3, 3], seed: 2))
    let (gain, shift) = (tape.input(sample([outputs], seed: 3)), tape.input(sample([outputs], seed: 4)))
    let residual = size.hasResidual ? tape.input(sample([4, outputs, side, side], seed: 5)) : nil
    let variance = Pointwise.product(sample([outputs], seed: 6), sample([outputs], seed: 6))
    let statistics: NormStatistics =
      size.isFixed
      ? .fixed(mean: sample([outputs], seed: 7), variance: variance) : .batch(groups: 2)
    let output =
      fused
      ? tape.convolutionNorm(
        input, weight: weight, stride: size.stride, padding: 1, gain: gain, shift: shift,
        statistics: statistics, residual: residual
      ).output
      : tape.batchNorm(
        tape.convolution(input, weight: weight, stride: size.stride, padding: 1), gain: gain, shift: shift,
        statistics: statistics, residual: residual, relu: true
      ).output
    tape.backward(from: output, gradient: sample(output.value.shape, seed: 8))
    return [output.value] + [input, weight, gain, shift].map(\.gradient)
      + (residual.map { [$0.gradient] } ?? [])
  }

  @Test("Output and all gradients equal those of two operations", arguments: cases)
  func separate(size: Case) {
    for (fused, separate) in zip(results(size, fused: true), results(size, fused: false)) {
      #expect(fused != nil && fused?.values == separate?.values)
    }
  }
}
