/// Cholesky's factor L of a symmetric positive definite matrix A = L Lᵀ, for systems with A.
struct CholeskyFactor {
  private let factor: [Double]
  private let size: Int

  /// - Parameter matrix: row by row, `[size, size]`; only the lower triangle is read.
  init(_ matrix: [Double], size: Int) {
    precondition(
      matrix.count == size * size, "CholeskyFactor: \(matrix.count) values for \(size) rows and columns")
    var factor = matrix
    for i in 0..<size {
      for j in 0...i {
        var sum = factor[i * size + j]
        for k in 0..<j { sum -= factor[i * size + k] * factor[j * size + k] }
        // Rounding must not make a root of a negative number.
        factor[i * size + j] = i == j ? max(sum, 1e-300).squareRoot() : sum / factor[j * size + j]
      }
    }
    (self.factor, self.size) = (factor, size)
  }

  /// The x with A x = b.
  func solution(_ right: [Double]) -> [Double] {
    var solution = right
    for i in 0..<size {
      for k in 0..<i { solution[i] -= factor[i * size + k] * solution[k] }
      solution[i] /= factor[i * size + i]
    }
    for i in stride(from: size - 1, through: 0, by: -1) {
      for k in (i + 1)..<max(size, i + 1) { solution[i] -= factor[k * size + i] * solution[k] }
      solution[i] /= factor[i * size + i]
    }
    return solution
  }
}
