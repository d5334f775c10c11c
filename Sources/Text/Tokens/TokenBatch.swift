/// Captions as token ids, all padded to one length: what a text encoder reads.
public struct TokenBatch: Sendable, Equatable {
  /// Token ids, `[captions, length]` row by row; what follows a caption's end is padding.
  public let ids: [Int32]
  /// Tokens in each row.
  public let length: Int
  /// For each caption the place of its end-of-text token, where the text encoder's embedding is taken.
  public let ends: [Int]

  /// Captions by their tokens, end-of-text included, padded behind.
  /// - Parameters:
  ///   - captions: at least one token each, the last being end-of-text.
  ///   - length: tokens in each row; nil for those of the longest caption.
  ///   - padding: the id that fills a row.
  public init(_ captions: [[Int32]], length: Int? = nil, padding: Int32 = 0) {
    let width = length ?? captions.map(\.count).max() ?? 1
    precondition(
      captions.allSatisfy { (1...width).contains($0.count) },
      "TokenBatch: captions of \(captions.map(\.count)) tokens for rows of \(width)")
    self.length = width
    ids = captions.flatMap { $0 + [Int32](repeating: padding, count: width - $0.count) }
    ends = captions.map { $0.count - 1 }
  }

  private init(ids: [Int32], length: Int, ends: [Int]) {
    (self.ids, self.length, self.ends) = (ids, length, ends)
  }

  /// Captions in parts that follow each other, each part being all its tokens and how many belong to each caption.
  init(_ parts: [(ids: [Int32], counts: [Int])], length: Int?, padding: Int32 = 0) {
    let counts = parts.flatMap(\.counts)
    let width = length ?? counts.max() ?? 1
    self.length = width
    ends = counts.map { $0 - 1 }
    var ids = [Int32](repeating: padding, count: counts.count * width)
    var row = 0
    for part in parts {
      var place = 0
      for count in part.counts {
        for offset in 0..<count { ids[row + offset] = part.ids[place + offset] }
        place += count
        row += width
      }
    }
    self.ids = ids
  }

  /// The number of captions.
  public var count: Int { ends.count }

  /// Some of the captions, in rows of the same length.
  public func rows(_ range: Range<Int>) -> TokenBatch {
    TokenBatch(
      ids: Array(ids[range.lowerBound * length..<range.upperBound * length]), length: length,
      ends: Array(ends[range]))
  }
}
