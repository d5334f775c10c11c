import Kernels
import Networks
import Testing

@testable import Contrastive

struct KeyQueueTests {
  private func queue(_ size: Int) -> KeyQueue {
    KeyQueue(size: size, width: 2, random: RandomStream(seed: 1, name: "queue"))
  }

  /// Keys that tell their number.
  private func keys(_ numbers: Range<Int>) -> Tensor {
    Tensor(numbers.flatMap { [Float($0), Float(-$0)] }, shape: [numbers.count, 2])
  }

  @Test("A new queue holds rows of length one, the same for the same seed")
  func startsWithUnitRows() {
    let queue = KeyQueue(size: 5, width: 8, random: RandomStream(seed: 1, name: "queue"))
    for row in rows(queue.keys) { #expect(abs(dot(row, row) - 1) < 1e-6) }
    let twin = KeyQueue(size: 5, width: 8, random: RandomStream(seed: 1, name: "queue"))
    #expect(queue.keys.values == twin.keys.values)
    #expect(queue.cursor == 0)
  }

  @Test(
    "A queue always holds the newest keys, whatever its size beside the batch's",
    arguments: [1, 2, 3, 4, 5, 7, 8, 9], [1, 3, 4, 9])
  func holdsNewest(size: Int, batch: Int) {
    let queue = queue(size)
    // What a plain list of slots would do, one key after the other.
    var slots = rows(queue.keys)
    var next = 0
    for step in 0..<5 {
      let new = keys(step * batch..<(step + 1) * batch)
      queue.enqueue(new)
      for row in rows(new).suffix(size) {
        slots[next] = row
        next = (next + 1) % size
      }
      #expect(rows(queue.keys) == slots)
      #expect(queue.cursor == next)
    }
  }

  @Test("A queue of one batch is replaced as a whole and begins again at its first row")
  func equalSize() {
    let queue = queue(4)
    queue.enqueue(keys(0..<4))
    #expect(queue.keys.values == keys(0..<4).values)
    #expect(queue.cursor == 0)
  }

  @Test("A restored queue goes on as the one that was saved")
  func restores() {
    let (queue, twin) = (queue(5), queue(5))
    queue.enqueue(keys(0..<3))
    twin.restore(queue.keys.copy(), cursor: queue.cursor)
    for queue in [queue, twin] { queue.enqueue(keys(3..<7)) }
    #expect(queue.keys.values == twin.keys.values)
    #expect(queue.cursor == twin.cursor)
  }
}
