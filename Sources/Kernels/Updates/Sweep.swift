/// Loops over flat memory in vectors of ``Sweep/lanes`` floats, spread over the threads.
///
/// The last, partial vector is padded with zeros and goes through the same instructions as all others. So a value's
/// result does not depend on its place or on the number of threads.
enum Sweep {
  static let lanes = 16
  /// Values worth a thread of their own.
  static let grain = 1 << 14
  /// Values that one partial sum covers; fixed, so that sums are the same for any number of threads.
  static let sumBlock = 1 << 12

  /// Calls `body` on pieces of `0..<count` that begin at multiples of the vector width.
  static func forEach(_ count: Int, _ body: (Range<Int>) -> Void) {
    parallelRanges((count + lanes - 1) / lanes, grain: grain / lanes) { vectors in
      body(vectors.lowerBound * lanes..<min(count, vectors.upperBound * lanes))
    }
  }

  /// Calls `full` with the start of each whole vector in a range, then `rest` with the start and length of what
  /// remains.
  @inline(__always)
  static func vectors(
    _ range: Range<Int>, _ full: (Int) -> Void, rest: (_ start: Int, _ count: Int) -> Void
  ) {
    var index = range.lowerBound
    while index + lanes <= range.upperBound {
      full(index)
      index += lanes
    }
    if index < range.upperBound { rest(index, range.upperBound - index) }
  }
}
