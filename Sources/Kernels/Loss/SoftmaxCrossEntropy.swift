import Foundation

/// Mean over the rows of -log softmax(logits)[target].
public struct SoftmaxCrossEntropy {
  /// The mean loss in nats.
  public let loss: Float
  /// The share of rows whose greatest logit is the target's; a row where n logits tie with it counts 1/n.
  public let accuracy: Float
  /// With respect to the logits: (softmax - one-hot)/rows.
  public let gradient: Tensor

  /// - Parameters:
  ///   - logits: `[rows, classes]`; the memory is overwritten and becomes the gradient's.
  ///   - targets: one class a row.
  ///   - excludingDiagonal: leaves class i out of row i, as where an input must not be compared with itself.
  public init(consuming logits: Tensor, targets: [Int], excludingDiagonal: Bool = false) {
    let (rows, classes) = Rows.requireMatrix(logits, "SoftmaxCrossEntropy")
    precondition(targets.count == rows, "SoftmaxCrossEntropy: \(targets.count) targets for \(rows) rows")
    precondition(
      targets.allSatisfy { $0 >= 0 && $0 < classes }, "SoftmaxCrossEntropy: a target is not below \(classes)")
    let losses = Tensor(uninitialized: [rows])
    let hits = Tensor(uninitialized: [rows])
    let share = 1 / Float(rows)
    parallelFor(rows, grain: max(1, elementGrain / 4 / classes)) { row in
      let line = logits.pointer + row * classes
      if excludingDiagonal { line[row] = -.infinity }
      let target = line[targets[row]]
      var greatest = line[0]
      for index in 0..<classes { greatest = max(greatest, line[index]) }
      var ties = 0
      if target >= greatest { for index in 0..<classes where line[index] == greatest { ties += 1 } }
      hits.pointer[row] = ties > 0 ? 1 / Float(ties) : 0
      var sums = Lanes.zero
      var index = 0
      while index < classes {
        let size = min(16, classes - index)
        if size == 16 {
          let value = exponential(line.lanes(index) - greatest)
          sums += value
          line.store(value, at: index)
        } else {
          var value = exponential(UnsafePointer(line).lanes(index, count: size) - greatest)
          for lane in size..<16 { value[lane] = 0 }
          sums += value
          line.store(value, at: index, count: size)
        }
        index += 16
      }
      let sum = sums.sum()
      losses.pointer[row] = log(sum) + greatest - target
      let factor = share / sum
      for index in 0..<classes { line[index] *= factor }
      line[targets[row]] -= share
    }
    var (total, correct) = (0.0, 0.0)
    for row in 0..<rows {
      total += Double(losses.pointer[row])
      correct += Double(hits.pointer[row])
    }
    loss = Float(total / Double(rows))
    accuracy = Float(correct / Double(rows))
    gradient = logits
  }
}
