import TestSupport
import Testing

@testable import Kernels

@Suite("Batch statistics", .serialized) struct BatchStatisticsTests {
  static let shapes = [[4, 5, 3, 3], [6, 16, 4, 4], [8, 20, 1, 1], [2, 33, 7, 5], [4, 3, 9, 1]]

  @Test("Means and unbiased variances are those of the definition", arguments: shapes, [1, 2])
  func definition(shape: [Int], groups: Int) {
    let x = sample(shape)
    let ones = Tensor([Float](repeating: 1, count: shape[1]), shape: [shape[1]])
    let naive = NaiveBatchNorm(x, groups: groups, gain: ones, shift: ones)
    let found = BatchStatistics(of: x, groups: groups, epsilon: 1e-5)
    func average(_ values: [Double], _ factor: Double) -> [Double] {
      (0..<shape[1]).map { channel in
        (0..<groups).map { values[$0 * shape[1] + channel] * factor }.reduce(0, +) / Double(groups)
      }
    }
    let count = Double(naive.valuesPerGroup)
    #expect(found.batchMean.shape == [shape[1]])
    #expect(relativeError(found.batchMean, average(naive.means, 1)) < 1e-6)
    #expect(relativeError(found.batchVariance, average(naive.variances, count / (count - 1))) < 1e-6)
  }

  @Test("A large mean does not drown a small variance")
  func largeMean() {
    let x = Tensor(sample([4, 3, 8, 8]).values.map { 1000 + $0 }, shape: [4, 3, 8, 8])
    let ones = Tensor([1, 1, 1], shape: [3])
    let naive = NaiveBatchNorm(x, groups: 1, gain: ones, shift: ones)
    let count = Double(naive.valuesPerGroup)
    let variances = BatchStatistics(of: x, groups: 1, epsilon: 1e-5).batchVariance
    #expect(relativeError(variances, naive.variances.map { $0 * count / (count - 1) }) < 1e-4)
  }

  @Test("Equal values have no variance")
  func constant() {
    let x = Tensor([Float](repeating: 3.7, count: 4 * 5 * 3 * 3), shape: [4, 5, 3, 3])
    let found = BatchStatistics(of: x, groups: 2, epsilon: 1e-5)
    #expect(found.batchVariance.values.allSatisfy { $0 < 1e-12 })
    #expect(found.batchMean.values.allSatisfy { abs($0 - 3.7) < 1e-6 })
  }

  @Test("They have the same bits for any number of threads")
  func threads() {
    let x = sample([16, 33, 17, 15])
    let found = bits {
      let statistics = BatchStatistics(of: x, groups: 4, epsilon: 1e-5)
      return statistics.batchMean.values + statistics.batchVariance.values
        + statistics.inverseDeviation.values
    }
    #expect(found.allSatisfy { $0 == found[0] })
  }
}
