internal import CMPI
import Synchronization

/// Processes that MPI connects. The library is looked for when they start: a build needs nothing of it.
public enum MPI {
  private static let isStarted = Atomic<Bool>(false)

  /// Connects this process with those it was started beside; once in a process.
  /// - Throws: ``LaunchError``.
  public static func start(_ launch: ProcessLaunch) throws(LaunchError) -> ProcessGroup {
    guard let interface = launch.interface else { throw .unconnected(count: launch.count ?? 0) }
    var detail = [CChar](repeating: 0, count: 256)
    let failure = cmpi_start(interface == .openMPI ? cmpi_open_mpi : cmpi_mpich, &detail, detail.count)
    let what = String(decoding: detail.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    switch failure {
    case cmpi_none: break
    case cmpi_no_library: throw .noLibrary(interface, file: what)
    case cmpi_no_symbol: throw .noFunction(what)
    default: throw .notStarted(what)
    }
    isStarted.store(true, ordering: .relaxed)
    let transport = Transport()
    if let count = launch.count, count != transport.count {
      throw .otherCount(expected: count, found: transport.count)
    }
    return ProcessGroup(transport)
  }

  /// Leaves the other processes in order, once all have come here; nothing where none were joined.
  public static func finish() {
    if isStarted.exchange(false, ordering: .relaxed) { cmpi_finish() }
  }

  /// Ends all processes at once; returns where none were joined.
  public static func abort(code: Int32) {
    if isStarted.load(ordering: .relaxed) { cmpi_abort(code) }
  }

  private final class Transport: ProcessTransport {
    let rank = Int(cmpi_rank())
    let count = Int(cmpi_size())

    func exchange(
      _ outgoing: UnsafeRawBufferPointer, sizes: [Int], into incoming: UnsafeMutableRawBufferPointer,
      sizes incomingSizes: [Int]
    ) {
      let (sent, received) = (Pieces(sizes), Pieces(incomingSizes))
      cmpi_all_to_all(
        outgoing.baseAddress, sent.sizes, sent.offsets, incoming.baseAddress, received.sizes, received.offsets
      )
    }

    func gather(_ own: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer, sizes: [Int]) {
      let pieces = Pieces(sizes)
      cmpi_all_gather(own.baseAddress, Int32(own.count), all.baseAddress, pieces.sizes, pieces.offsets)
    }
  }

  /// Pieces one after the other, as MPI counts them.
  private struct Pieces {
    let sizes: [Int32]
    let offsets: [Int32]

    init(_ bytes: [Int]) {
      let total = bytes.reduce(0, +)
      precondition(total <= Int(Int32.max), "MPI: \(total) bytes in one call")
      sizes = bytes.map { Int32($0) }
      var next: Int32 = 0
      offsets = sizes.map { size in
        defer { next += size }
        return next
      }
    }
  }
}
