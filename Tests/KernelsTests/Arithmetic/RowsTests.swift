import Foundation
import TestSupport
import Testing

@testable import Kernels

@Suite("Row operations", .serialized) struct RowsTests {
  static let widths = [1, 3, 16, 17, 45, 64]

  private func rows(_ x: Tensor) -> [[Double]] {
    let values = x.values.map(Double.init)
    return (0..<x.shape[0]).map { Array(values[$0 * x.shape[1]..<($0 + 1) * x.shape[1]]) }
  }

  @Test("A bias is added to each row before the activation", arguments: widths)
  func bias(width: Int) {
    let (x, bias) = (sample([9, width], seed: 1), sample([width], seed: 2))
    let shifts = bias.values.map(Double.init)
    let sums = rows(x).flatMap { zip($0, shifts).map(+) }
    for (activation, function) in [
      (Activation.none, { $0 }), (.relu, { max($0, 0) }), (.tanh, { Foundation.tanh($0) }),
    ] as [(Activation, (Double) -> Double)] {
      let y = x.copy()
      Rows.addBias(bias, to: y, activation)
      #expect(relativeError(y, sums.map(function)) < 1e-6, "\(activation)")
    }
  }

  @Test("A missing bias counts as zero")
  func noBias() {
    let y = Tensor([-1, 2, -3, 4], shape: [2, 2])
    Rows.addBias(nil, to: y, .relu)
    #expect(y.values == [0, 2, 0, 4])
  }

  @Test("The sum of rows is added to what is there", arguments: widths)
  func sum(width: Int) {
    let x = sample([201, width])
    let target = Tensor([Float](repeating: 1, count: width), shape: [width])
    Rows.addSum(x, to: target)
    let expected = rows(x).reduce([Double](repeating: 1, count: width)) { zip($0, $1).map(+) }
    #expect(relativeError(target, expected) < 1e-5)
  }

  @Test("The sum of rows has the same bits for any number of threads")
  func sumBits() {
    let x = sample([3001, 45])
    let found = bits {
      let target = Tensor(zeros: [45])
      Rows.addSum(x, to: target)
      return target.values
    }
    #expect(found.allSatisfy { $0 == found[0] })
  }

  @Test("Dot products go row by row", arguments: widths)
  func dots(width: Int) {
    let (a, b) = (sample([9, width], seed: 1), sample([9, width], seed: 2))
    let expected = zip(rows(a), rows(b)).map { zip($0, $1).map(*).reduce(0, +) }
    #expect(relativeError(Rows.dots(a, b), expected) < 1e-6)
  }

  @Test("Normalised rows have length one and keep their direction", arguments: widths)
  func normalised(width: Int) {
    let x = sample([9, width])
    let (unit, inverse) = Rows.normalised(x)
    let norms = rows(x).map { sqrt($0.map { $0 * $0 }.reduce(0, +)) }
    #expect(relativeError(unit, zip(rows(x), norms).flatMap { row, norm in row.map { $0 / norm } }) < 1e-6)
    #expect(relativeError(inverse, norms.map { 1 / $0 }) < 1e-6)
  }

  @Test("A row of zeros is normalised to zeros")
  func zeroRow() {
    #expect(Rows.normalised(Tensor(zeros: [1, 5])).unit.values == [0, 0, 0, 0, 0])
  }

  @Test("Gathering takes rows in the order asked for, also twice")
  func gathered() {
    let x = Tensor([0, 1, 10, 11, 20, 21], shape: [3, 2])
    #expect(Rows.gathered(x, [2, 0, 2]).values == [20, 21, 0, 1, 20, 21])
  }

  @Test("Columns of a joined matrix are what was joined")
  func joined() {
    let (a, b) = (sample([4, 3], seed: 1), sample([4, 5], seed: 2))
    let both = Rows.joined(a, b)
    #expect(Rows.columns(both, 0..<3).values == a.values)
    #expect(Rows.columns(both, 3..<8).values == b.values)
  }

  @Test("Each row is scaled by its own factor")
  func scaled() {
    let x = Tensor([1, 2, 3, 4], shape: [2, 2])
    #expect(Rows.scaled(x, by: Tensor([2, -1], shape: [2, 1])).values == [2, 4, -3, -4])
  }
}
