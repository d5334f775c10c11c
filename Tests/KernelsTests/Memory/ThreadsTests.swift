import Foundation
import Synchronization
import Testing

@testable import Kernels

@Suite("Threads", .serialized) struct ThreadsTests {
  /// How often each index below `count` came up.
  private func visits(_ count: Int, grain: Int) -> [Int] {
    let visits = Mutex([Int](repeating: 0, count: count))
    parallelRanges(count, grain: grain) { range in
      visits.withLock { visits in for index in range { visits[index] += 1 } }
    }
    return visits.withLock { $0 }
  }

  @Test("Parallel ranges cover each index exactly once", arguments: [0, 1, 2, 3, 7, 16, 1001], [1, 2, 5])
  func coverage(count: Int, grain: Int) {
    let before = Threads.count
    defer { Threads.set(before) }
    for threads in [1, 2, 3, 8] {
      Threads.set(threads)
      #expect(visits(count, grain: grain) == [Int](repeating: 1, count: count), "\(threads) threads")
    }
  }

  @Test("A parallel loop inside a parallel loop still covers each index once")
  func nesting() {
    let visits = Mutex([Int](repeating: 0, count: 60))
    parallelFor(6) { outer in
      parallelFor(10) { inner in visits.withLock { $0[outer * 10 + inner] += 1 } }
    }
    #expect(visits.withLock { $0 } == [Int](repeating: 1, count: 60))
  }

  @Test("No range is smaller than the grain")
  func grain() {
    let sizes = Mutex([Int]())
    parallelRanges(100, grain: 40) { range in sizes.withLock { $0.append(range.count) } }
    #expect(sizes.withLock { $0 }.allSatisfy { $0 >= 40 })
  }

  @Test("The chosen number of threads also holds on threads that begin later")
  func newThread() {
    let before = Threads.count
    defer { Threads.set(before) }
    Threads.set(3)
    let adopted = Mutex(0)
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      adopted.withLock { $0 = Threads.adoptedCount() }
      done.signal()
    }
    done.wait()
    #expect(adopted.withLock { $0 } == 3)
  }
}
