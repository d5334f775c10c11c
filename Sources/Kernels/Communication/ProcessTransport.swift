/// How bytes get from process to process of a group.
///
/// All processes make the same calls in the same order; a call returns once this process has what it waits for.
public protocol ProcessTransport: AnyObject {
  /// The number of this process, from 0.
  var rank: Int { get }
  /// The number of processes.
  var count: Int { get }

  /// Sends a piece to each process and takes one of each.
  /// - Parameters:
  ///   - outgoing: the pieces one after the other, by rank.
  ///   - sizes: their bytes, by rank.
  ///   - incoming: where the pieces of all processes go, one after the other, by rank.
  ///   - incomingSizes: their bytes, by rank.
  func exchange(
    _ outgoing: UnsafeRawBufferPointer, sizes: [Int], into incoming: UnsafeMutableRawBufferPointer,
    sizes incomingSizes: [Int])

  /// Gives every process the pieces of all, one after the other, by rank.
  /// - Parameter sizes: their bytes, by rank.
  func gather(_ own: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer, sizes: [Int])
}
