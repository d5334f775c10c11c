import Foundation
import Kernels
import TestSupport
import Testing

@testable import Autodiff

/// A matrix in double precision, row by row.
private typealias Matrix = [[Double]]

private func matrix(_ values: [Double], _ width: Int) -> Matrix {
  stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).map(*).reduce(0, +) }

private func unit(_ row: [Double]) -> [Double] { row.map { $0 / sqrt(dot(row, row)) } }

/// -log softmax(logits)[target].
private func crossEntropy(_ logits: [Double], _ target: Int) -> Double {
  log(logits.map(exp).reduce(0, +)) - logits[target]
}

/// Each operation is written again in double precision, differentiated by central differences, and compared.
@Suite("Gradients by central differences") struct CentralDifferenceTests {
  private func difference(_ x: Tensor, _ function: ([Double]) -> Double) -> [Double] {
    var point = x.values.map(Double.init)
    return point.indices.map { index in
      let (center, step) = (point[index], 1e-5)
      defer { point[index] = center }
      point[index] = center + step
      let above = function(point)
      point[index] = center - step
      return (above - function(point)) / (2 * step)
    }
  }

  /// Compares the gradient of sum(direction · output) with respect to `x`.
  private func check(
    _ x: Tensor, direction: Tensor? = nil, _ operation: (Tape, Variable) -> Variable,
    twin: ([Double]) -> [Double], location: SourceLocation = #_sourceLocation
  ) {
    let tape = Tape()
    let input = tape.input(x)
    let output = operation(tape, input)
    let weights = direction ?? sample(output.value.shape, seed: 99)
    let along = weights.values.map(Double.init)
    let expected = difference(x) { dot(twin($0), along) }
    tape.backward(from: output, gradient: weights.copy().reshaped(output.value.shape))
    #expect(
      relativeError(output.value.values, twin(x.values.map(Double.init))) < 2e-6, sourceLocation: location)
    #expect(relativeError(input.gradient?.values ?? [], expected) < 1e-5, sourceLocation: location)
  }

  private func values(_ x: Tensor) -> [Double] { x.values.map(Double.init) }

  @Test("tanh of a linear map")
  func tanhLinear() {
    let (weight, bias) = (sample([7, 5], seed: 2), sample([7], seed: 3))
    check(sample([4, 5])) { tape, x in
      tape.linear(x, weight: tape.constant(weight), bias: tape.constant(bias), activation: .tanh)
    } twin: { x in
      matrix(x, 5).flatMap { row in
        zip(matrix(values(weight), 5), values(bias)).map { tanh(dot(row, $0) + $1) }
      }
    }
  }

  @Test("Normalising rows")
  func normalisedRows() {
    check(sample([4, 5])) {
      $0.normalisedRows($1)
    } twin: {
      matrix($0, 5).flatMap(unit)
    }
  }

  @Test(
    "InfoNCE with queues smaller than the batch, as large, larger, and no multiple of it",
    arguments: [2, 5, 7, 13])
  func infoNCE(size: Int) {
    let keys = Rows.normalised(sample([5, 6], seed: 2)).unit
    let queue = Rows.normalised(sample([size, 6], seed: 3)).unit
    check(sample([5, 6]), direction: Tensor([1], shape: [1])) { tape, x in
      tape.infoNCE(queries: x, keys: keys, queue: queue, temperature: 0.2).variable
    } twin: { x in
      let (keys, queue) = (matrix(values(keys), 6), matrix(values(queue), 6))
      let losses = zip(matrix(x, 6).map(unit), keys).map { query, key in
        crossEntropy(([key] + queue).map { dot(query, $0) / 0.2 }, 0)
      }
      return [losses.reduce(0, +) / 5]
    }
  }

  @Test("NT-Xent", arguments: [2, 3, 9])
  func ntXent(pairs: Int) {
    check(sample([2 * pairs, 6]), direction: Tensor([1], shape: [1])) { tape, x in
      tape.ntXent(x, temperature: 0.3).variable
    } twin: { x in
      let z = matrix(x, 6).map(unit)
      let losses = z.indices.map { row in
        let others = z.indices.filter { $0 != row }
        let partner = (row + pairs) % (2 * pairs)
        return crossEntropy(
          others.map { dot(z[row], z[$0]) / 0.3 }, others.firstIndex(of: partner) ?? 0)
      }
      return [losses.reduce(0, +) / Double(2 * pairs)]
    }
  }

  @Test("Mean and maximum over sets")
  func setMeanAndMaximum() {
    check(sample([12, 5])) {
      $0.setMeanAndMaximum($1, size: 4)
    } twin: { x in
      stride(from: 0, to: 60, by: 20).flatMap { start in
        let columns = (0..<5).map { column in (0..<4).map { x[start + $0 * 5 + column] } }
        return columns.map { $0.reduce(0, +) / 4 } + columns.map { $0.max() ?? 0 }
      }
    }
  }

  @Test("Differences from the maximum over sets")
  func minusSetMaximum() {
    check(sample([12, 5])) {
      $0.minusSetMaximum($1, size: 4)
    } twin: { x in
      x.indices.map { index in
        let set = index / 20
        return x[index] - ((0..<4).map { x[set * 20 + $0 * 5 + index % 5] }.max() ?? 0)
      }
    }
  }

  @Test("A part of the columns, in the middle and at either end", arguments: [0..<2, 1..<4, 3..<5, 0..<5])
  func columns(range: Range<Int>) {
    check(sample([4, 5])) {
      $0.columns($1, range)
    } twin: {
      matrix($0, 5).flatMap { $0[range] }
    }
  }

  @Test("Similarities of rows with themselves")
  func selfSimilarities() {
    check(sample([4, 5])) {
      $0.similarities($1, $1, scale: 1.5)
    } twin: { x in
      let rows = matrix(x, 5)
      return rows.flatMap { row in rows.map { 1.5 * dot(row, $0) } }
    }
  }

  @Test("Batch norm of a matrix in two groups, with its input as the residual")
  func batchNorm() {
    let (gain, shift) = (sample([3], seed: 2), sample([3], seed: 3))
    check(sample([8, 3])) { tape, x in
      tape.batchNorm(
        x, gain: tape.constant(gain), shift: tape.constant(shift), statistics: .batch(groups: 2), residual: x,
        relu: true
      ).output
    } twin: { x in
      let (gain, shift) = (values(gain), values(shift))
      return x.indices.map { index in
        let (group, channel) = (index / 12, index % 3)
        let column = (0..<4).map { x[group * 12 + $0 * 3 + channel] }
        let mean = column.reduce(0, +) / 4
        let variance = column.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 4
        return max(0, (x[index] - mean) / sqrt(variance + 1e-5) * gain[channel] + shift[channel] + x[index])
      }
    }
  }
}
