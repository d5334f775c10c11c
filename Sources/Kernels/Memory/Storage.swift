import Foundation
import Synchronization

/// A block of floats, 64-byte aligned, that returns to a pool when the last tensor over it is gone.
///
/// A training step asks for the same sizes again and again. Fresh memory would cost a page fault for every 4 KiB,
/// which for the activations of one batch is more than the arithmetic of a batch norm.
final class Storage: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Float>
  let capacity: Int

  init(count: Int) {
    capacity = StoragePool.roundedCapacity(count)
    pointer = StoragePool.take(capacity)
  }

  deinit { StoragePool.give(pointer, capacity) }
}

/// Free blocks by capacity.
enum StoragePool {
  private struct Free: @unchecked Sendable {
    var blocks: [Int: [UnsafeMutablePointer<Float>]] = [:]
    var bytes = 0
  }
  private static let free = Mutex(Free())
  private static let hugePage = 2 << 20

  /// Sizes are rounded so that nearly equal requests share blocks: at most an eighth is wasted.
  static func roundedCapacity(_ count: Int) -> Int {
    guard count > 1024 else { return max(16, (count + 15) & ~15) }
    let step = 1 << (Int.bitWidth - 1 - count.leadingZeroBitCount - 3)
    return (count + step - 1) & ~(step - 1)
  }

  static func take(_ capacity: Int) -> UnsafeMutablePointer<Float> {
    let reused = free.withLock { free -> UnsafeMutablePointer<Float>? in
      guard let block = free.blocks[capacity]?.popLast() else { return nil }
      free.bytes -= capacity * 4
      return block
    }
    if let reused { return reused }
    let bytes = capacity * MemoryLayout<Float>.stride
    var raw: UnsafeMutableRawPointer?
    let status = posix_memalign(&raw, bytes >= hugePage ? hugePage : 64, bytes)
    guard status == 0, let raw else {
      preconditionFailure("out of memory: \(bytes) bytes for a tensor could not be had")
    }
    // Fewer, larger pages: convolution walks tens of megabytes with strides that would miss the TLB.
    if bytes >= hugePage { madvise(raw, bytes, Int32(MADV_HUGEPAGE)) }
    return raw.bindMemory(to: Float.self, capacity: capacity)
  }

  static func give(_ pointer: UnsafeMutablePointer<Float>, _ capacity: Int) {
    free.withLock { free in
      free.blocks[capacity, default: []].append(pointer)
      free.bytes += capacity * 4
    }
  }
}
