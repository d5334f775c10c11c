internal import COpenBLAS
internal import COpenMP
import Foundation
import Synchronization

/// The one pool of threads that all arithmetic runs on.
///
/// oneDNN and the loops of this module run on the OpenMP runtime; OpenBLAS is held at one thread and is called on
/// blocks from within that pool. Two pools on the same cores would compete.
public enum Threads {
  private static let setting = Atomic<Int>(0)

  /// The number of threads in use; by default the number of processors this process may run on.
  public static var count: Int {
    let chosen = setting.load(ordering: .relaxed)
    if chosen > 0 { return chosen }
    set(ProcessInfo.processInfo.activeProcessorCount)
    return setting.load(ordering: .relaxed)
  }

  /// Fixes the number of threads, from 1 up.
  public static func set(_ count: Int) {
    precondition(count >= 1, "Threads.set: \(count) threads asked for, at least 1 is needed")
    omp_set_num_threads(Int32(count))
    openblas_set_num_threads(1)
    setting.store(count, ordering: .relaxed)
  }

  /// The number of threads in use, made the calling thread's own.
  ///
  /// OpenMP keeps a number for each thread that starts parallel regions; what runs on a task may come from any.
  @discardableResult
  static func adoptedCount() -> Int {
    let count = count
    if Int(omp_get_max_threads()) != count { omp_set_num_threads(Int32(count)) }
    return count
  }

  /// Whether the caller already runs inside ``parallelFor(_:grain:_:)``.
  static var isInsideParallelRegion: Bool { omp_in_parallel() != 0 }
}

private struct Region {
  let threads: Int
  let count: Int
  let body: (Range<Int>) -> Void
}

/// Calls `body` on disjoint ranges that together are `0..<count`, one range a thread.
///
/// A result may depend on an index, never on the range it arrives in: ranges change with the number of threads.
/// - Parameter grain: the smallest number of indices worth a thread of their own.
public func parallelRanges(_ count: Int, grain: Int = 1, _ body: (Range<Int>) -> Void) {
  guard count > 0 else { return }
  let threads = min(Threads.count, max(1, count / max(1, grain)))
  if threads == 1 || Threads.isInsideParallelRegion { return body(0..<count) }
  withoutActuallyEscaping(body) { body in
    var region = Region(threads: threads, count: count, body: body)
    withUnsafeMutablePointer(to: &region) { pointer in
      GOMP_parallel(
        { raw in
          let region = raw!.assumingMemoryBound(to: Region.self)
          let thread = Int(omp_get_thread_num())
          let team = Int(omp_get_num_threads())
          let start = region.pointee.count * thread / team
          let end = region.pointee.count * (thread + 1) / team
          if start < end { region.pointee.body(start..<end) }
        }, pointer, UInt32(threads), 0)
    }
  }
}

/// Calls `body` once for each index below `count`, spread over the threads.
/// - Parameter grain: the smallest number of indices worth a thread of their own.
public func parallelFor(_ count: Int, grain: Int = 1, _ body: (Int) -> Void) {
  parallelRanges(count, grain: grain) { range in
    for index in range { body(index) }
  }
}

/// Calls `body` once for each index below `count`, in their order, each by the thread that is free first.
///
/// For pieces of unlike size, and for cores that are shared with other programs: a thread that is held up takes fewer.
func parallelPieces(_ count: Int, _ body: (Int) -> Void) {
  let next = Atomic<Int>(0)
  parallelRanges(min(count, Threads.count)) { threads in
    for _ in threads {
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        if index >= count { break }
        body(index)
      }
    }
  }
}
