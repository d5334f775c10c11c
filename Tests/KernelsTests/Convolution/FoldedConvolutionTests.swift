import TestSupport
import Testing

@testable import Kernels

@Suite("Folded convolution") struct FoldedConvolutionTests {
  static let cases =
    ConvolutionCase.few.map { ($0, 5e-6) } + ConvolutionCase.many.map { ($0, 5e-6) }
    + ConvolutionCase.winograd.map { ($0, 1.5e-5) }

  @Test("It equals a convolution and a batch norm with fixed statistics", arguments: cases)
  func unfolded(size: ConvolutionCase, tolerance: Double) {
    let channels = size.outputs
    let (gain, shift, mean) = (
      sample([channels], seed: 5), sample([channels], seed: 6), sample([channels], seed: 7)
    )
    let variance = Tensor(sample([channels], seed: 8).values.map { 0.5 + $0 * $0 }, shape: [channels])
    let folded = FoldedConvolution(
      weight: size.weight, gain: gain, shift: shift, mean: mean, variance: variance, epsilon: 1e-5,
      stride: size.stride, padding: size.padding)
    let product = Convolution.forward(
      size.input, weight: size.weight, stride: size.stride, padding: size.padding)
    let statistics = BatchStatistics(mean: mean, variance: variance, epsilon: 1e-5)
    for relu in [false, true] {
      for residual in [nil, sample(size.outputShape, seed: 9)] {
        let expected = BatchNorm.forward(
          product, statistics: statistics, gain: gain, shift: shift, residual: residual, relu: relu)
        for _ in 0..<2 {
          let found = folded(size.input, consumingResidual: residual?.copy(), relu: relu)
          #expect(
            relativeError(found, expected) < tolerance, "ReLU \(relu), residual \(residual != nil)")
        }
      }
    }
  }

  @Test(
    "What is not a number stays so behind the ReLU", arguments: ConvolutionCase.few + ConvolutionCase.winograd
  )
  func notANumber(size: ConvolutionCase) {
    let channels = size.outputs
    let ones = Tensor([Float](repeating: 1, count: channels), shape: [channels])
    var weights = size.weight.values
    for index in 0..<(weights.count / channels) { weights[index] = .nan }
    let folded = FoldedConvolution(
      weight: Tensor(weights, shape: size.weight.shape), gain: ones, shift: ones, mean: ones, variance: ones,
      epsilon: 1e-5, stride: size.stride, padding: size.padding)
    let area = size.outputShape[2] * size.outputShape[3]
    for residual in [nil, sample(size.outputShape, seed: 9)] {
      let found = folded(size.input, consumingResidual: residual?.copy(), relu: true).values
      #expect(found[..<area].allSatisfy { $0.isNaN }, "residual \(residual != nil)")
      if channels > 16 { #expect(found[(16 * area)..<(17 * area)].allSatisfy { $0.isFinite }) }
    }
  }
}
