import TestSupport
import Testing

@testable import Kernels

@Suite("Layer norm") struct LayerNormTests {
  private let epsilon = 1e-5

  /// Normalised rows, and 1/deviation of each.
  private func units(_ x: Tensor) -> (rows: [[Double]], inverses: [Double]) {
    let width = x.shape[1]
    let values = x.values.map(Double.init)
    var (rows, inverses): ([[Double]], [Double]) = ([], [])
    for row in 0..<x.shape[0] {
      let line = values[row * width..<(row + 1) * width]
      let mean = line.reduce(0, +) / Double(width)
      let variance = line.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(width)
      inverses.append(1 / (variance + epsilon).squareRoot())
      rows.append(line.map { ($0 - mean) * (inverses.last ?? 0) })
    }
    return (rows, inverses)
  }

  private func forward(_ x: Tensor, _ gain: Tensor, _ shift: Tensor) -> (Tensor, LayerNorm.Statistics) {
    LayerNorm.forward(x, gain: gain, shift: shift, epsilon: Float(epsilon))
  }

  @Test(
    "Output and gradients are those of the definition, with another gradient of the input added or not",
    arguments: [(1, 1), (3, 16), (70, 20), (129, 40), (5, 128), (2, 513)])
  func definition(rows: Int, width: Int) {
    let (x, g) = (Pointwise.scaled(sample([rows, width]), by: 3), sample([rows, width], seed: 2))
    let (gain, shift) = (sample([width], seed: 3), sample([width], seed: 4))
    let (expected, inverses) = units(x)
    let (output, statistics) = forward(x, gain, shift)
    let (gains, shifts) = (gain.values.map(Double.init), shift.values.map(Double.init))
    let places = (0..<rows * width).map { ($0 / width, $0 % width) }
    #expect(relativeError(output, places.map { expected[$0][$1] * gains[$1] + shifts[$1] }) < 3e-6)

    let upstream = g.values.map(Double.init)
    var (toGain, toShift) = ([Double](repeating: 0, count: width), [Double](repeating: 0, count: width))
    var toInput: [Double] = []
    for row in 0..<rows {
      let gradients = upstream[row * width..<(row + 1) * width]
      let slopes = zip(gradients, gains).map { $0 * $1 }
      let mean = slopes.reduce(0, +) / Double(width)
      let along = zip(slopes, expected[row]).map { $0 * $1 }.reduce(0, +) / Double(width)
      for (column, gradient) in gradients.enumerated() {
        toGain[column] += gradient * expected[row][column]
        toShift[column] += gradient
        toInput.append((slopes[column] - mean - expected[row][column] * along) * inverses[row])
      }
    }
    for other in [nil, sample([rows, width], seed: 5)] {
      let (gainGradient, shiftGradient) = (Tensor(zeros: [width]), Tensor(zeros: [width]))
      let found = LayerNorm.backward(
        g.copy(), input: x, statistics: statistics, gain: gain, gainGradient: gainGradient,
        shiftGradient: shiftGradient, addingTo: other?.copy())
      let alone = LayerNorm.backward(
        g.copy(), input: x, statistics: statistics, gain: gain, gainGradient: nil, shiftGradient: nil,
        addingTo: other?.copy())
      #expect(alone.values == found.values)
      // A row of one value has gradient zero, which rounding misses by parts of the factor 1/deviation.
      let added = other?.values.map(Double.init) ?? [Double](repeating: 0, count: rows * width)
      if width > 1 { #expect(relativeError(found, zip(toInput, added).map { $0 + $1 }) < 5e-6) }
      #expect(relativeError(shiftGradient, toShift) < 5e-6)
      if width > 1 { #expect(relativeError(gainGradient, toGain) < 5e-6) }
    }
  }

  @Test("A large common offset leaves the rows as they are to the precision of their values")
  func offset() {
    let x = sample([4, 64])
    let moved = Tensor(x.values.map { $0 + 1024 }, shape: x.shape)
    let back = Tensor(moved.values.map { $0 - 1024 }, shape: x.shape)
    let (one, zero) = (Tensor([Float](repeating: 1, count: 64), shape: [64]), Tensor(zeros: [64]))
    #expect(relativeError(forward(moved, one, zero).0, forward(back, one, zero).0) < 1e-4)
  }
}
