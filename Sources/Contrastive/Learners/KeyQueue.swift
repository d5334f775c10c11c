import Kernels
import Networks

/// MoCo's keys of past batches, oldest first to go (He et al. 2020, section 3.2).
public final class KeyQueue {
  /// Unit rows, `[size, width]`.
  public let keys: Tensor
  /// The row that the next key goes to.
  public private(set) var cursor: Int

  /// A queue of random unit rows.
  public init(size: Int, width: Int, random: RandomStream) {
    var random = random
    let values = (0..<size * width).map { _ in random.normal() }
    keys = Rows.normalised(Tensor(values, shape: [size, width])).unit
    cursor = 0
  }

  /// Replaces the oldest keys by `new`, `[count, width]`; of more than the queue holds the last stay.
  public func enqueue(_ new: Tensor) {
    let size = keys.shape[0]
    let fitting = new.rows(max(0, new.shape[0] - size)..<new.shape[0])
    let count = fitting.shape[0]
    let untilEnd = min(count, size - cursor)
    keys.rows(cursor..<cursor + untilEnd).assign(fitting.rows(0..<untilEnd))
    if untilEnd < count { keys.rows(0..<count - untilEnd).assign(fitting.rows(untilEnd..<count)) }
    cursor = (cursor + count) % size
  }

  /// Takes up where a saved queue stopped.
  func restore(_ saved: Tensor, cursor: Int) {
    keys.assign(saved)
    self.cursor = cursor
  }
}
