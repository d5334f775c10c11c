import Foundation
import Synchronization

/// Where the time of a computation goes, by kind of operation; nothing is recorded unless asked for.
///
/// Times are of the calling thread and only taken outside parallel regions, so they add up to wall-clock time.
public enum Profile {
  /// One kind of operation.
  public struct Entry: Sendable {
    /// What was done, such as `convolution forward, winograd`.
    public let operation: String
    /// How often.
    public let calls: Int
    /// Seconds in all.
    public let seconds: Double
  }

  private static let isRecording = Atomic<Bool>(false)
  private static let totals = Mutex<[String: (calls: Int, nanoseconds: UInt64)]>([:])

  /// Runs `body` and returns what it spent its time on, longest first, and its wall-clock seconds.
  public static func record(_ body: () -> Void) -> (entries: [Entry], seconds: Double) {
    totals.withLock { $0 = [:] }
    isRecording.store(true, ordering: .relaxed)
    let start = now()
    body()
    let seconds = Double(now() - start) * 1e-9
    isRecording.store(false, ordering: .relaxed)
    let entries = totals.withLock { totals in
      totals.map { Entry(operation: $0, calls: $1.calls, seconds: Double($1.nanoseconds) * 1e-9) }
    }
    return (entries.sorted { $0.seconds > $1.seconds }, seconds)
  }

  /// Counts the time of `body` to an operation, if a profile is being recorded.
  @inline(__always)
  static func measure<Result>(_ operation: @autoclosure () -> String, _ body: () -> Result) -> Result {
    let start = begin()
    let result = body()
    end(start, operation())
    return result
  }

  /// The start of an operation, or 0 when no profile is being recorded.
  @inline(__always)
  static func begin() -> UInt64 { isRecording.load(ordering: .relaxed) ? now() : 0 }

  @inline(__always)
  static func end(_ start: UInt64, _ operation: @autoclosure () -> String) {
    if start != 0 { add(operation(), now() - start) }
  }

  @inline(never)
  private static func add(_ operation: String, _ nanoseconds: UInt64) {
    totals.withLock { totals in
      let before = totals[operation] ?? (0, 0)
      totals[operation] = (before.calls + 1, before.nanoseconds + nanoseconds)
    }
  }

  private static func now() -> UInt64 { DispatchTime.now().uptimeNanoseconds }
}
