import Foundation
import Networks
import TestSupport
import Testing

@testable import Kernels

@Suite struct LogitRowsTests {
  private func logits(_ rows: Int, _ classes: Int) -> [Float] {
    var random = RandomStream(seed: 4, name: "logits")
    return (0..<rows * classes).map { _ in 3 * random.normal() }
  }

  @Test("Sums, losses and slopes are those of their definition", arguments: [(3, 5), (2, 16), (4, 37)])
  func definition(rows: Int, classes: Int) {
    let values = logits(rows, classes)
    let targets = (0..<rows).map { ($0 + 1) % classes }
    let excluded = Array(0..<rows)
    let columns = (0..<classes).map { Float(4 + $0 % 3) }
    let found = LogitRows(
      consuming: Tensor(values, shape: [rows, classes]), targets: targets, excluded: excluded)
    let summary = found.summary.values
    var expected: [Double] = []
    for row in 0..<rows {
      let line = (0..<classes).map {
        $0 == excluded[row] ? -Double.infinity : Double(values[row * classes + $0])
      }
      let logSum = log(line.reduce(0) { $0 + exp($1) })
      #expect(abs(Double(summary[row * 3]) - logSum) < 1e-5)
      #expect(abs(Double(summary[row * 3 + 1]) - (logSum - line[targets[row]])) < 1e-5)
      #expect(summary[row * 3 + 2] == (line.max() == line[targets[row]] ? 1 : 0))
      for (index, value) in line.enumerated() {
        expected.append(
          exp(value - logSum) + exp(value - Double(columns[index])) - (index == targets[row] ? 2 : 0))
      }
    }
    let slopes = found.gradient(columns: Tensor(columns, shape: [classes])).values
    #expect(zip(slopes, expected).allSatisfy { abs(Double($0) - $1) < 1e-5 })
  }

  @Test("A target that ties with others counts for its part")
  func ties() {
    let found = LogitRows(consuming: Tensor([1, 1, 0, 1], shape: [1, 4]), targets: [1])
    #expect(abs(found.summary.values[2] - 1 / 3) < 1e-6)
  }
}
