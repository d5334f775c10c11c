import Foundation
import TestSupport
import Testing

@testable import Kernels

@Suite("Softmax cross-entropy", .serialized) struct SoftmaxCrossEntropyTests {
  /// Losses and gradient in double precision.
  private func naive(_ logits: Tensor, _ targets: [Int], excludingDiagonal: Bool) -> (Double, [Double]) {
    let (rows, classes) = (logits.shape[0], logits.shape[1])
    let values = logits.values.map(Double.init)
    var (loss, gradient) = (0.0, [Double](repeating: 0, count: values.count))
    for row in 0..<rows {
      let candidates = (0..<classes).filter { !(excludingDiagonal && $0 == row) }
      let greatest = candidates.map { values[row * classes + $0] }.max() ?? 0
      let sum = candidates.map { exp(values[row * classes + $0] - greatest) }.reduce(0, +)
      loss += (log(sum) + greatest - values[row * classes + targets[row]]) / Double(rows)
      for index in candidates {
        let share = exp(values[row * classes + index] - greatest) / sum
        gradient[row * classes + index] = (share - (index == targets[row] ? 1 : 0)) / Double(rows)
      }
    }
    return (loss, gradient)
  }

  @Test("Loss and gradient equal their definition", arguments: [1, 2, 5, 16, 33], [false, true])
  func definition(classes: Int, excludingDiagonal: Bool) {
    if excludingDiagonal && classes < 3 { return }
    let rows = excludingDiagonal ? classes : 7
    let logits = Pointwise.scaled(sample([rows, classes]), by: 3)
    let targets = (0..<rows).map { ($0 + 1) % classes }
    let (loss, gradient) = naive(logits, targets, excludingDiagonal: excludingDiagonal)
    let found = SoftmaxCrossEntropy(
      consuming: logits, targets: targets, excludingDiagonal: excludingDiagonal)
    #expect(abs(Double(found.loss) - loss) < 1e-6 * (1 + loss))
    let difference = zip(found.gradient.values, gradient).map { abs(Double($0) - $1) }.max() ?? 0
    #expect(difference < 1e-7)
  }

  @Test("Logits of ten thousand neither overflow nor lose the loss")
  func largeLogits() {
    let logits = Tensor([1e4, 0, -1e4, 1e4, 1e4 - 2, 0], shape: [2, 3])
    let (loss, gradient) = naive(logits, [1, 1], excludingDiagonal: false)
    let found = SoftmaxCrossEntropy(consuming: logits, targets: [1, 1])
    #expect(abs(Double(found.loss) - loss) < 1e-6 * loss)
    #expect(zip(found.gradient.values, gradient).allSatisfy { abs(Double($0) - $1) < 1e-6 })
  }

  @Test("Equal logits cost the logarithm of the number of classes")
  func equalLogits() {
    let found = SoftmaxCrossEntropy(consuming: Tensor(zeros: [4, 10]), targets: [0, 3, 5, 9])
    #expect(abs(found.loss - log(10)) < 1e-6)
  }

  @Test("The gradient of each row sums to zero")
  func gradientSum() {
    let found = SoftmaxCrossEntropy(consuming: sample([5, 40]), targets: [0, 1, 2, 3, 39])
    for row in 0..<5 { #expect(abs(found.gradient.rows(row..<row + 1).values.reduce(0, +)) < 1e-6) }
  }

  @Test("Accuracy is the share of rows whose target scores highest")
  func accuracy() {
    let logits = Tensor([1, 2, 0, 5, 4, 3, 0, 1, 2, 7, 8, 9], shape: [4, 3])
    #expect(SoftmaxCrossEntropy(consuming: logits, targets: [1, 0, 0, 1]).accuracy == 0.5)
  }

  @Test("Where all logits are equal, accuracy is that of guessing")
  func accuracyOfTies() {
    let found = SoftmaxCrossEntropy(consuming: Tensor(zeros: [6, 4]), targets: [0, 1, 2, 3, 0, 1])
    #expect(found.accuracy == 0.25)
  }

  @Test("Logits that are not numbers give a loss that is not a number")
  func notANumber() {
    for position in 0..<3 {
      let logits = Tensor((0..<3).map { $0 == position ? .nan : 1 }, shape: [1, 3])
      #expect(!SoftmaxCrossEntropy(consuming: logits, targets: [1]).loss.isFinite, "at \(position)")
    }
  }

  @Test("The loss has the same bits for any number of threads")
  func threads() {
    let logits = sample([300, 257])
    let found = bits {
      let result = SoftmaxCrossEntropy(
        consuming: logits.copy(), targets: (0..<300).map { $0 % 257 })
      return [result.loss] + result.gradient.values
    }
    #expect(found.allSatisfy { $0 == found[0] })
  }
}
