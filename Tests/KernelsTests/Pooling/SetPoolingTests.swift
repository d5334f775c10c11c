import TestSupport
import Testing

@testable import Kernels

@Suite("Set pooling") struct SetPoolingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var sets: Int
    var size: Int
    var width: Int
    var testDescription: String { "\(sets) sets of \(size), width \(width)" }
    var rows: Int { sets * size }
  }

  static let cases = [(1, 1, 1), (3, 4, 5), (7, 10, 16), (5, 3, 45), (2, 9, 33)]
    .map { Case(sets: $0.0, size: $0.1, width: $0.2) }

  /// Whole numbers, so that maxima are attained more than once.
  private func tied(_ size: Case) -> Tensor {
    Tensor(sample([size.rows, size.width]).values.map { $0.rounded() }, shape: [size.rows, size.width])
  }

  /// The first row of a set that attains the maximum of a column.
  private func first(_ x: [Float], _ size: Case, _ set: Int, _ column: Int) -> Int {
    var best = set * size.size
    for row in set * size.size..<(set + 1) * size.size
    where x[row * size.width + column] > x[best * size.width + column] { best = row }
    return best
  }

  @Test("Means and maxima stand side by side", arguments: cases)
  func meanAndMaximum(size: Case) {
    let x = tied(size)
    let values = x.values
    var expected: [Double] = []
    for set in 0..<size.sets {
      for column in 0..<size.width {
        let elements = (set * size.size..<(set + 1) * size.size).map {
          Double(values[$0 * size.width + column])
        }
        expected.append(elements.reduce(0, +) / Double(size.size))
      }
      for column in 0..<size.width {
        expected.append(Double(values[first(values, size, set, column) * size.width + column]))
      }
    }
    #expect(relativeError(SetPooling.meanAndMaximum(x, size: size.size), expected) < 1e-6)
  }

  @Test("A maximum's gradient goes to the first element that attains it", arguments: cases)
  func meanAndMaximumGradient(size: Case) {
    let x = tied(size)
    let gradient = sample([size.sets, 2 * size.width], seed: 2)
    let (values, upstream) = (x.values, gradient.values.map(Double.init))
    var expected = [Double](repeating: 0, count: x.count)
    for row in 0..<size.rows {
      let set = row / size.size
      for column in 0..<size.width {
        expected[row * size.width + column] += upstream[set * 2 * size.width + column] / Double(size.size)
        if first(values, size, set, column) == row {
          expected[row * size.width + column] += upstream[(set * 2 + 1) * size.width + column]
        }
      }
    }
    let found = SetPooling.meanAndMaximumGradient(
      gradient, input: x, output: SetPooling.meanAndMaximum(x, size: size.size), size: size.size)
    #expect(relativeError(found, expected) < 1e-6)
  }

  @Test("Each element loses its set's maximum", arguments: cases)
  func minusMaximum(size: Case) {
    let x = tied(size)
    let values = x.values
    let expected = values.indices.map { index in
      let (row, column) = (index / size.width, index % size.width)
      return values[index] - values[first(values, size, row / size.size, column) * size.width + column]
    }
    #expect(SetPooling.minusMaximum(x, size: size.size).values == expected)
  }

  @Test(
    "The gradient of the difference sums to zero over a set and reaches the maximum once", arguments: cases)
  func minusMaximumGradient(size: Case) {
    let x = tied(size)
    let gradient = sample(x.shape, seed: 2)
    let (values, upstream) = (x.values, gradient.values.map(Double.init))
    var expected = upstream
    for set in 0..<size.sets {
      for column in 0..<size.width {
        let rows = set * size.size..<(set + 1) * size.size
        let sum = rows.map { upstream[$0 * size.width + column] }.reduce(0, +)
        expected[first(values, size, set, column) * size.width + column] -= sum
      }
    }
    let found = SetPooling.minusMaximumGradient(gradient, input: x, size: size.size)
    #expect(relativeError(found, expected) < 2e-6)
  }
}
