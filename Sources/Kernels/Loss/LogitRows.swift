import Foundation

/// Some of all rows of logits of a contrastive loss, where processes, or parts of a batch, have the others.
///
/// The mean over all rows of -log softmax(row)[target] has gradients that also run through the rows that others hold: with
/// the logarithms ρ of each row's sum of exponentials at hand, and κ of each column's, they follow from the own rows.
public struct LogitRows {
  /// By row: log of the sum of exponentials, -log softmax at the target, and whether the target is the greatest (1/n
  /// where n are), `[rows, 3]`.
  public let summary: Tensor
  private let logits: Tensor
  private let targets: [Int]

  /// - Parameters:
  ///   - logits: `[rows, classes]`; the memory is overwritten later.
  ///   - targets: one class a row.
  ///   - excluded: one class a row that does not take part, such as the row's own input; none if not given.
  public init(consuming logits: Tensor, targets: [Int], excluded: [Int]? = nil) {
    let (rows, classes) = Rows.requireMatrix(logits, "LogitRows")
    precondition(
      targets.count == rows && targets.allSatisfy { (0..<classes).contains($0) }
        && (excluded.map { $0.count == rows && $0.allSatisfy { (0..<classes).contains($0) } } ?? true),
      "LogitRows: \(targets.count) targets for \(rows) rows of \(classes)")
    let summary = Tensor(uninitialized: [rows, 3])
    parallelFor(rows, grain: max(1, elementGrain / 4 / classes)) { row in
      let line = logits.pointer + row * classes
      if let excluded { line[excluded[row]] = -.infinity }
      let target = line[targets[row]]
      var greatest = line[0]
      for index in 0..<classes { greatest = max(greatest, line[index]) }
      var ties = 0
      if target >= greatest { for index in 0..<classes where line[index] == greatest { ties += 1 } }
      var sums = Lanes.zero
      LogitRows.forEachVector(line, classes) { value, _, _ in sums += exponential(value - greatest) }
      let logSum = log(sums.sum()) + greatest
      let result = summary.pointer + row * 3
      (result[0], result[1], result[2]) = (logSum, logSum - target, ties > 0 ? 1 / Float(ties) : 0)
    }
    (self.summary, self.logits, self.targets) = (summary, logits, targets)
  }

  /// exp(L - ρ) + exp(L - κ) - 2E, E being one at the targets: times the share of a row, the gradient of all rows' loss with
  /// respect to the own logits and, added to it, with respect to their mirror images in the rows of others.
  ///
  /// To be asked for once, as it takes the logits' memory.
  /// - Parameter columns: κ, `[classes]`.
  public func gradient(columns: Tensor) -> Tensor {
    let (rows, classes) = (logits.shape[0], logits.shape[1])
    requireShape(columns, [classes], "LogitRows.gradient")
    let sums = UnsafePointer(columns.plain().pointer)
    parallelFor(rows, grain: max(1, elementGrain / 8 / classes)) { row in
      let line = logits.pointer + row * classes
      let own = summary.pointer[row * 3]
      LogitRows.forEachVector(line, classes) { value, index, count in
        let across = count == 16 ? sums.lanes(index) : sums.lanes(index, count: count)
        let slope = exponential(value - own) + exponential(value - across)
        if count == 16 { line.store(slope, at: index) } else { line.store(slope, at: index, count: count) }
      }
      line[targets[row]] -= 2
    }
    return logits
  }

  /// Calls `body` with sixteen values at a time; what is missing in the last vector is minus infinity.
  @inline(__always)
  private static func forEachVector(
    _ line: UnsafeMutablePointer<Float>, _ count: Int, _ body: (Lanes, _ index: Int, _ count: Int) -> Void
  ) {
    var index = 0
    while index < count {
      let size = min(16, count - index)
      if size == 16 {
        body(line.lanes(index), index, 16)
      } else {
        var value = UnsafePointer(line).lanes(index, count: size)
        for lane in size..<16 { value[lane] = -.infinity }
        body(value, index, size)
      }
      index += 16
    }
  }
}
