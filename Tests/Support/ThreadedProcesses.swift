import Foundation
import Kernels

/// Processes of a group as threads of this one, so that what processes do together can be tested without a launcher.
public enum ThreadedProcesses {
  /// Calls `body` once for each process, at the same time, and returns what they return, by rank.
  /// - Parameter chunk: floats that are summed at a time.
  /// - Throws: the first error by rank. Where one process fails the others get zeros from then on.
  public static func run<Result>(
    _ count: Int, chunk: Int = 1 << 24, _ body: @escaping (ProcessGroup) throws -> Result
  ) throws -> [Result] {
    let board = Board<Result>(count)
    nonisolated(unsafe) let body = body
    let threads = (0..<count).map { rank in
      let thread = Thread {
        let group = ProcessGroup(ThreadTransport(rank, board.meeting), chunk: chunk)
        board.set(rank, Swift.Result { try body(group) })
      }
      thread.stackSize = 1 << 24
      return thread
    }
    for thread in threads { thread.start() }
    return try board.results().map { try $0.get() }
  }

  /// Where the results of all threads are put down.
  private final class Board<Result>: @unchecked Sendable {
    let meeting: Meeting
    private let condition = NSCondition()
    private var found: [Int: Swift.Result<Result, any Error>] = [:]

    init(_ count: Int) { meeting = Meeting(count) }

    func set(_ rank: Int, _ result: Swift.Result<Result, any Error>) {
      if case .failure = result { meeting.end() }
      condition.withLock { found[rank] = result }
      condition.signal()
    }

    func results() -> [Swift.Result<Result, any Error>] {
      condition.withLock {
        while found.count < meeting.count { condition.wait() }
        return (0..<meeting.count).compactMap { found[$0] }
      }
    }
  }
}

/// Where threads wait for each other and lay out what the others may copy.
private final class Meeting: @unchecked Sendable {
  let count: Int
  private let condition = NSCondition()
  private var (arrived, round, hasEnded) = (0, 0, false)
  private var pieces: [UnsafeRawBufferPointer?]

  init(_ count: Int) {
    self.count = count
    pieces = [UnsafeRawBufferPointer?](repeating: nil, count: count)
  }

  /// Lays out bytes, and calls `body` with those of all while they lie there; not where a thread has failed.
  func exchange(_ rank: Int, _ own: UnsafeRawBufferPointer, _ body: ([UnsafeRawBufferPointer]) -> Void) {
    condition.withLock { pieces[rank] = own }
    guard waitForAll() else { return }
    body(condition.withLock { pieces.compactMap { $0 } })
    _ = waitForAll()
  }

  func end() {
    condition.withLock { hasEnded = true }
    condition.broadcast()
  }

  private func waitForAll() -> Bool {
    condition.withLock {
      let own = round
      arrived += 1
      if arrived == count {
        (arrived, round) = (0, round + 1)
        condition.broadcast()
      }
      while round == own && !hasEnded { condition.wait() }
      return !hasEnded
    }
  }
}

private final class ThreadTransport: ProcessTransport {
  let rank: Int
  var count: Int { meeting.count }
  private let meeting: Meeting

  init(_ rank: Int, _ meeting: Meeting) { (self.rank, self.meeting) = (rank, meeting) }

  func exchange(
    _ outgoing: UnsafeRawBufferPointer, sizes: [Int], into incoming: UnsafeMutableRawBufferPointer,
    sizes incomingSizes: [Int]
  ) {
    precondition(incomingSizes.allSatisfy { $0 == sizes[rank] }, "ThreadTransport: pieces of other sizes")
    let start = sizes[..<rank].reduce(0, +)
    meeting.exchange(rank, outgoing) { all in
      for (rank, piece) in all.enumerated() {
        copy(piece[start..<start + incomingSizes[rank]], into: incoming, at: rank * incomingSizes[rank])
      }
    }
  }

  func gather(_ own: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer, sizes: [Int]) {
    precondition(own.count == sizes[rank], "ThreadTransport: \(own.count) bytes, \(sizes[rank]) announced")
    meeting.exchange(rank, own) { pieces in
      for (rank, piece) in pieces.enumerated() {
        copy(piece[...], into: all, at: sizes[..<rank].reduce(0, +))
      }
    }
  }

  private func copy(
    _ piece: Slice<UnsafeRawBufferPointer>, into target: UnsafeMutableRawBufferPointer, at start: Int
  ) {
    UnsafeMutableRawBufferPointer(rebasing: target[start..<start + piece.count]).copyMemory(
      from: UnsafeRawBufferPointer(rebasing: piece))
  }
}
