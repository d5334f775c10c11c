import TestSupport
import Testing

@testable import Kernels

@Suite("Batch norm", .serialized) struct BatchNormTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var shape: [Int]
    var groups: Int
    var relu: Bool
    var hasResidual: Bool
    var testDescription: String { "\(shape) in \(groups) groups, ReLU \(relu), residual \(hasResidual)" }
    var input: Tensor { Pointwise.scaled(sample(shape, seed: 1), by: 1.7) }
    var residual: Tensor? { hasResidual ? sample(shape, seed: 2) : nil }
    var gain: Tensor { sample([shape[1]], seed: 3) }
    var shift: Tensor { sample([shape[1]], seed: 4) }
    var naive: NaiveBatchNorm { NaiveBatchNorm(input, groups: groups, gain: gain, shift: shift) }
    var statistics: BatchStatistics { BatchStatistics(of: input, groups: groups, epsilon: 1e-5) }
  }

  static let cases = [[4, 5, 3, 3], [8, 16, 4, 4], [12, 20, 1, 1], [4, 33, 5, 3]].flatMap { shape in
    [(1, false, false), (2, true, false), (4, true, true), (1, false, true)].map {
      Case(shape: shape, groups: $0.0, relu: $0.1, hasResidual: $0.2)
    }
  }

  @Test("The output is that of the definition", arguments: cases)
  func forward(size: Case) {
    let output = BatchNorm.forward(
      size.input, statistics: size.statistics, gain: size.gain, shift: size.shift, residual: size.residual,
      relu: size.relu)
    #expect(relativeError(output, size.naive.output(residual: size.residual, relu: size.relu)) < 3e-6)
  }

  private func backward(
    _ size: Case, _ gradients: [Tensor], areConstant: Bool = false, overwriting: Bool = false,
    wantsParameters: Bool = true, wantsResidual: Bool = true
  )
    -> (input: Tensor, residual: Tensor?, gain: Tensor, shift: Tensor)
  {
    let output = BatchNorm.forward(
      size.input, statistics: size.statistics, gain: size.gain, shift: size.shift, residual: size.residual,
      relu: size.relu)
    let (gain, shift) = (Tensor(zeros: [size.shape[1]]), Tensor(zeros: [size.shape[1]]))
    let result = BatchNorm.backward(
      outputGradients: gradients.map { $0.copy() }, input: size.input.blocked(),
      output: size.hasResidual ? output : nil, statistics: size.statistics, areConstant: areConstant,
      gain: size.gain, shift: size.shift, relu: size.relu, gainGradient: wantsParameters ? gain : nil,
      shiftGradient: wantsParameters ? shift : nil, hasResidual: wantsResidual,
      overwritingInput: overwriting)
    return (result.input, result.residual, gain, shift)
  }

  @Test("Gradients are those of the definition", arguments: cases, [false, true])
  func gradients(size: Case, overwriting: Bool) throws {
    let upstream = sample(size.shape, seed: 5)
    let found = backward(size, [upstream], overwriting: overwriting)
    let expected = size.naive.gradients(
      upstream.values.map(Double.init), residual: size.residual, relu: size.relu)
    #expect(relativeError(found.input, expected.input) < 1e-5)
    #expect(relativeError(found.gain, expected.gain) < 1e-5)
    #expect(relativeError(found.shift, expected.shift) < 1e-5)
    #expect(relativeError(try #require(found.residual), expected.residual) < 1e-6)
  }

  @Test("The other gradients do not depend on whether the residual's is wanted", arguments: cases)
  func withoutResidual(size: Case) {
    let upstream = sample(size.shape, seed: 5)
    let found = backward(size, [upstream], overwriting: true, wantsResidual: false)
    let expected = backward(size, [upstream])
    #expect(found.residual == nil)
    #expect(found.input.values == expected.input.values)
    #expect(found.gain.values == expected.gain.values && found.shift.values == expected.shift.values)
  }

  @Test("A batch is normalised by its own statistics", arguments: cases)
  func batch(size: Case) {
    let expected = BatchNorm.forward(
      size.input, statistics: size.statistics, gain: size.gain, shift: size.shift, residual: size.residual,
      relu: size.relu)
    let found = BatchNorm.forward(
      size.input, groups: size.groups, epsilon: 1e-5, gain: size.gain, shift: size.shift,
      residual: size.residual, relu: size.relu)
    #expect(found.output.values == expected.values)
    #expect(found.statistics.batchMean.values == size.statistics.batchMean.values)
    #expect(found.statistics.batchVariance.values == size.statistics.batchVariance.values)
  }

  @Test("Two gradients count as their sum", arguments: cases)
  func twoGradients(size: Case) {
    let (a, b) = (sample(size.shape, seed: 5), sample(size.shape, seed: 6))
    let (two, one) = (backward(size, [a, b.blocked()]), backward(size, [Pointwise.sum(a, b)]))
    #expect(two.input.values == one.input.values)
    #expect(two.residual?.values == one.residual?.values)
    #expect(two.gain.values == one.gain.values)
  }

  @Test("With constant statistics each pixel's gradient is only scaled")
  func constantStatistics() {
    for var size in BatchNormTests.cases where size.groups == 1 {
      size.relu = true
      let upstream = sample(size.shape, seed: 5)
      let expected = size.naive.gradients(
        upstream.values.map(Double.init), residual: size.residual, relu: true, areConstant: true)
      #expect(relativeError(backward(size, [upstream], areConstant: true).input, expected.input) < 1e-5)
    }
  }

  @Test("The input's gradient alone is the one that comes with those of parameters", arguments: cases)
  func inputAlone(size: Case) {
    let upstream = [sample(size.shape, seed: 5), sample(size.shape, seed: 6)]
    for (areConstant, overwriting) in [(false, false), (true, false), (true, true)] {
      for gradients in [upstream, [upstream[0].blocked()]] {
        let all = backward(size, gradients, areConstant: areConstant)
        let alone = backward(
          size, gradients, areConstant: areConstant, overwriting: overwriting, wantsParameters: false)
        #expect(alone.input.values == all.input.values)
        #expect(alone.residual?.values == all.residual?.values)
        #expect(alone.gain.values.allSatisfy { $0 == 0 } && alone.shift.values.allSatisfy { $0 == 0 })
      }
    }
  }

  @Test("What is not a number is not hidden, with or without a ReLU", arguments: [false, true])
  func notANumber(relu: Bool) {
    let ones = Tensor([1, 1], shape: [2])
    let statistics = BatchStatistics(mean: ones, variance: ones, epsilon: 1e-5)
    let x = Tensor([.nan, 1, 2, 3], shape: [1, 2, 2, 1])
    let output = BatchNorm.forward(x, statistics: statistics, gain: ones, shift: ones, relu: relu)
    #expect(output.values[0].isNaN)
    #expect(output.values[1...].allSatisfy { !$0.isNaN })
  }

  @Test("Output and gradients have the same bits for any number of threads")
  func threads() {
    let size = Case(shape: [16, 33, 17, 15], groups: 4, relu: true, hasResidual: true)
    let upstream = sample(size.shape, seed: 5)
    let found = bits(threads: [1, 2, 5]) {  // of 5 some would have no block of channels
      let output = BatchNorm.forward(
        size.input, groups: size.groups, epsilon: 1e-5, gain: size.gain, shift: size.shift,
        residual: size.residual, relu: size.relu
      ).output
      let result = backward(size, [upstream])
      return output.values + result.input.values + result.gain.values + result.shift.values
    }
    #expect(found.allSatisfy { $0 == found[0] })
  }

  @Test("Running statistics move by their weight towards the batch's")
  func running() {
    let running = Tensor([1, 2], shape: [2])
    BatchNorm.updateRunning(running, with: Tensor([3, -2], shape: [2]), weight: 0.25)
    #expect(running.values == [1.5, 1])
  }
}
