import TestSupport
import Testing

@testable import Kernels

@Suite("Matrix products") struct MatrixProductTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var rows: Int
    var columns: Int
    var inner: Int
    var testDescription: String { "\(rows)x\(inner) by \(inner)x\(columns)" }
  }

  static let cases = [
    (1, 1, 1), (3, 5, 7), (17, 1, 33), (1, 19, 8), (64, 96, 65), (33, 200, 17), (201, 31, 9),
  ]
  .map { Case(rows: $0.0, columns: $0.1, inner: $0.2) }

  private func naive(_ a: [Float], _ b: [Float], _ size: Case, _ left: Bool, _ right: Bool) -> [Double] {
    var result: [Double] = []
    for row in 0..<size.rows {
      for column in 0..<size.columns {
        var sum = 0.0
        for k in 0..<size.inner {
          let x = a[left ? k * size.rows + row : row * size.inner + k]
          let y = b[right ? column * size.inner + k : k * size.columns + column]
          sum += Double(x) * Double(y)
        }
        result.append(sum)
      }
    }
    return result
  }

  @Test("All four combinations of transposes equal the sum of products", arguments: cases)
  func transposes(size: Case) {
    for left in [false, true] {
      for right in [false, true] {
        let a = sample(left ? [size.inner, size.rows] : [size.rows, size.inner], seed: 1)
        let b = sample(right ? [size.columns, size.inner] : [size.inner, size.columns], seed: 2)
        let expected = naive(a.values, b.values, size, left, right)
        let product = matrixProduct(a, b, transposeLeft: left, transposeRight: right)
        #expect(product.shape == [size.rows, size.columns])
        #expect(relativeError(product, expected) < 2e-6, "transposed: \(left), \(right)")
      }
    }
  }

  @Test("A product can be scaled and added to what is there", arguments: cases)
  func accumulation(size: Case) {
    for (left, right) in [(false, false), (false, true), (true, false), (true, true)] {
      let a = sample(left ? [size.inner, size.rows] : [size.rows, size.inner], seed: 1)
      let b = sample(right ? [size.columns, size.inner] : [size.inner, size.columns], seed: 2)
      let target = sample([size.rows, size.columns], seed: 3)
      let expected = zip(target.values, naive(a.values, b.values, size, left, right)).map {
        Double($0) - 0.5 * $1
      }
      addMatrixProduct(a, b, transposeLeft: left, transposeRight: right, scale: -0.5, to: target)
      #expect(relativeError(target, expected) < 2e-6, "transposed: \(left), \(right)")
    }
  }
}
