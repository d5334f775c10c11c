import Foundation

/// The processes that train one encoder together; usually one alone.
///
/// Whatever is computed from what all of them have is computed in the order of their ranks, so that all get the same bits,
/// and the same number of processes gets them again. A group belongs to the thread that made it.
public final class ProcessGroup {
  /// What this process gave to others so far, and how long it took.
  public struct Traffic: Sendable, Equatable {
    /// Calls in which something was exchanged.
    public var calls = 0
    /// Bytes that left this process: those for several processes count for each.
    public var bytes = 0
    /// Seconds in those calls, waiting for slower processes included.
    public var seconds = 0.0
  }

  /// The number of this process, from 0.
  public let rank: Int
  /// The number of processes.
  public let count: Int
  /// What was exchanged so far.
  public private(set) var traffic = Traffic()
  private let transport: (any ProcessTransport)?
  private let chunk: Int

  private init(_ transport: (any ProcessTransport)?, chunk: Int) {
    (self.transport, self.chunk) = (transport, chunk)
    (rank, count) = (transport?.rank ?? 0, transport?.count ?? 1)
  }

  /// A group by how its bytes travel.
  /// - Parameter chunk: floats that are summed at a time, which bounds the memory for it; results do not depend on it.
  public convenience init(_ transport: any ProcessTransport, chunk: Int = 1 << 24) {
    precondition((1..<1 << 29).contains(chunk), "ProcessGroup: \(chunk) floats at a time")
    self.init(transport.count > 1 ? transport : nil, chunk: chunk)
  }

  /// This process alone: sums and gathers give back what they are given.
  public static var alone: ProcessGroup { ProcessGroup(nil, chunk: 1) }

  /// Whether this is the process that writes and prints.
  public var isFirst: Bool { rank == 0 }

  /// Of so many things the range that each process has, by rank; sizes differ by one at most.
  public func shares(of total: Int) -> [Range<Int>] {
    (0..<count).map { total * $0 / count..<total * ($0 + 1) / count }
  }

  /// Of so many things the range that this process has.
  public func share(of total: Int) -> Range<Int> { total * rank / count..<total * (rank + 1) / count }

  /// Replaces the values of a plain tensor by their sums over all processes, added in the order of ranks.
  ///
  /// Each process adds up a slice of all, and then takes the others' slices: every process gets the same bits.
  public func sum(_ tensor: Tensor) {
    guard let transport else { return }
    let tensor = flat(tensor, "ProcessGroup.sum")
    for start in stride(from: 0, to: tensor.count, by: chunk) {
      let length = min(chunk, tensor.count - start)
      let slices = shares(of: length).map(\.count)
      let own = slices[rank]
      let values = UnsafeMutableRawBufferPointer(start: tensor.pointer + start, count: length * 4)
      let pieces = Tensor(uninitialized: [count, own])
      let incoming = UnsafeMutableRawBufferPointer(start: pieces.pointer, count: count * own * 4)
      let bytes = slices.map { $0 * 4 }
      counted((length - own) * 4) {
        transport.exchange(
          UnsafeRawBufferPointer(values), sizes: bytes, into: incoming,
          sizes: [Int](repeating: own * 4, count: count))
      }
      addRows(of: pieces)
      counted(own * 4 * (count - 1)) {
        transport.gather(
          UnsafeRawBufferPointer(start: pieces.pointer, count: own * 4), into: values, sizes: bytes)
      }
    }
  }

  /// The bytes that this process sends for the sum of so many values.
  public func bytesToSum(_ values: Int) -> Int {
    stride(from: 0, to: count > 1 ? values : 0, by: chunk).reduce(0) { sum, start in
      let length = min(chunk, values - start)
      return sum + (length + share(of: length).count * (count - 2)) * 4
    }
  }

  /// Adds all rows but the first to the first, one after the other.
  private func addRows(of pieces: Tensor) {
    let (first, width, count) = (pieces.pointer, pieces.shape[1], count)
    Sweep.forEach(width) { range in
      Sweep.vectors(range) { index in
        var sum = first.lanes(index)
        for row in 1..<count { sum += (first + row * width).lanes(index) }
        first.store(sum, at: index)
      } rest: { index, rest in
        var sum = first.lanes(index, count: rest)
        for row in 1..<count { sum += (first + row * width).lanes(index, count: rest) }
        first.store(sum, at: index, count: rest)
      }
    }
  }

  /// The rows of all processes, by rank.
  /// - Parameters:
  ///   - own: this process's, `[counts[rank], width]`.
  ///   - counts: rows of each process, by rank.
  public func gatherRows(_ own: Tensor, counts: [Int]) -> Tensor {
    guard let transport else { return own }
    let own = flat(own, "ProcessGroup.gatherRows")
    let width = own.shape.dropFirst().reduce(1, *)
    precondition(
      counts.count == count && own.shape[0] == counts[rank],
      "ProcessGroup.gatherRows: \(own.shape) of \(counts) rows")
    let all = Tensor(uninitialized: [counts.reduce(0, +)] + own.shape.dropFirst())
    counted(own.count * 4 * (count - 1)) {
      transport.gather(
        UnsafeRawBufferPointer(start: own.pointer, count: own.count * 4),
        into: UnsafeMutableRawBufferPointer(start: all.pointer, count: all.count * 4),
        sizes: counts.map { $0 * width * 4 })
    }
    return all
  }

  /// The bytes of each process, by rank.
  public func gather(_ own: [UInt8]) -> [[UInt8]] {
    guard transport != nil else { return [own] }
    let sizes = gather(UInt64(own.count)).map { Int($0) }
    let all = gatherBytes(own, sizes)
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return Array(all[start..<start + size])
    }
  }

  /// The number of each process, by rank.
  public func gather(_ own: UInt64) -> [UInt64] {
    guard transport != nil else { return [own] }
    let bytes = withUnsafeBytes(of: own) { Array($0) }
    return gatherBytes(bytes, [Int](repeating: bytes.count, count: count)).withUnsafeBytes { all in
      (0..<count).map { all.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
    }
  }

  private func gatherBytes(_ own: [UInt8], _ sizes: [Int]) -> [UInt8] {
    guard let transport else { return own }
    var all = [UInt8](repeating: 0, count: sizes.reduce(0, +))
    counted(own.count * (count - 1)) {
      own.withUnsafeBytes { own in
        all.withUnsafeMutableBytes { transport.gather(own, into: $0, sizes: sizes) }
      }
    }
    return all
  }

  /// Whether any process says so; all get the same answer.
  public func anyone(_ flag: Bool) -> Bool {
    transport == nil ? flag : gather(flag ? 1 as UInt64 : 0).contains(1)
  }

  /// Returns once all processes have come here.
  public func barrier() { _ = anyone(false) }

  private func counted(_ bytes: Int, _ body: () -> Void) {
    let start = DispatchTime.now().uptimeNanoseconds
    body()
    traffic.seconds += Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
    traffic.bytes += bytes
    traffic.calls += 1
  }
}
