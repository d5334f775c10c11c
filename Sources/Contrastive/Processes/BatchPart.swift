import Files

/// Images of a step that are embedded at once.
struct BatchPart: Equatable {
  /// Which of this process's images.
  let range: Range<Int>
  /// Into how many equal parts batch norm divides them.
  let normGroups: Int

  /// The images of a process in parts.
  ///
  /// A part holds whole groups of batch norm; where not even one group fits, groups are cut into parts of nearly equal size,
  /// and batch norm then sees a part at a time.
  /// - Parameters:
  ///   - count: images of the process.
  ///   - groups: of batch norm, of which each has as many.
  ///   - limit: images at once; nil for all.
  static func parts(of count: Int, groups: Int, atMost limit: Int?) -> [BatchPart] {
    guard let limit, limit < count else { return [BatchPart(range: 0..<count, normGroups: groups)] }
    let size = count / groups
    if limit < size {
      return (0..<groups).flatMap { group in
        ranges(of: size, atMost: limit).map {
          BatchPart(range: group * size + $0.lowerBound..<group * size + $0.upperBound, normGroups: 1)
        }
      }
    }
    return ranges(of: groups, atMost: limit / size).map {
      BatchPart(range: $0.lowerBound * size..<$0.upperBound * size, normGroups: $0.count)
    }
  }

  /// Ranges of nearly equal size, none larger than `limit`.
  static func ranges(of count: Int, atMost limit: Int) -> [Range<Int>] {
    let parts = (count + limit - 1) / limit
    return (0..<parts).map { count * $0 / parts..<count * ($0 + 1) / parts }
  }
}

extension BatchPart {
  /// Checks what batches are to be divided by.
  /// - Throws: `InvalidSetting`.
  static func validate(pairsAtOnce: Int?, normGroups: Int) throws(InvalidSetting) {
    if let pairsAtOnce {
      try require(
        pairsAtOnce >= 3, "pairsAtOnce", pairsAtOnce, "at least 3, so that no part is a single pair")
    }
    try require(normGroups >= 1, "normGroups", normGroups, "at least 1")
  }
}
