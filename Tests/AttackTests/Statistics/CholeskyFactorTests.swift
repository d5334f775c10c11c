import Networks
import Testing

@testable import Attack

@Suite struct CholeskyFactorTests {
  @Test("a system's solution times its matrix is the right side, whatever stands above the diagonal")
  func solves() {
    var stream = RandomStream(seed: 8, name: "cholesky")
    for size in [1, 2, 7, 30] {
      let rows = (0..<size).map { _ in (0..<size).map { _ in Double(stream.normal()) } }
      // R Rᵀ + I is positive definite.
      let matrix = (0..<size).map { i in
        (0..<size).map { j in zip(rows[i], rows[j]).reduce(i == j ? 1 : 0) { $0 + $1.0 * $1.1 } }
      }
      let right = (0..<size).map { _ in Double(stream.normal()) }
      let lower = (0..<size).flatMap { i in (0..<size).map { j in j > i ? .nan : matrix[i][j] } }
      let solution = CholeskyFactor(lower, size: size).solution(right)
      for i in 0..<size {
        let product = zip(matrix[i], solution).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product - right[i]) < 1e-9, "\(size)")
      }
    }
  }
}
