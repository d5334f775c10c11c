import Foundation

/// A block of bytes for the pixels of many images of equal size, in slots.
///
/// A slot is written once, by one thread, before its number is handed to readers; after that it is only read. That
/// is what makes sharing it between threads sound.
final class PixelMemory: @unchecked Sendable {
  let imageBytes: Int
  let slots: Int
  private let base: UnsafeMutablePointer<UInt8>

  /// Memory for `slots` images; nil where the system has none. Pages take memory only once they are written.
  init?(slots: Int, imageBytes: Int) {
    let (bytes, overflow) = slots.multipliedReportingOverflow(by: imageBytes)
    guard !overflow, let raw = malloc(max(1, bytes)) else { return nil }
    base = raw.bindMemory(to: UInt8.self, capacity: max(1, bytes))
    self.slots = slots
    self.imageBytes = imageBytes
  }

  deinit { free(base) }

  func write(_ bytes: UnsafeBufferPointer<UInt8>, to slot: Int) {
    precondition(
      slot < slots && bytes.count == imageBytes,
      "PixelMemory: \(bytes.count) bytes to slot \(slot) of \(slots) slots of \(imageBytes) bytes")
    if let source = bytes.baseAddress { (base + slot * imageBytes).update(from: source, count: imageBytes) }
  }

  /// Moves slot `source` to an earlier one.
  func move(_ source: Int, to target: Int) {
    (base + target * imageBytes).update(from: base + source * imageBytes, count: imageBytes)
  }

  func slot(_ slot: Int) -> UnsafeBufferPointer<UInt8> {
    precondition(slot < slots, "PixelMemory: slot \(slot) of \(slots)")
    return UnsafeBufferPointer(start: base + slot * imageBytes, count: imageBytes)
  }
}
