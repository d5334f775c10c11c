import Files

/// Which pairs of pieces merge into which piece, and in which order (Sennrich et al., ACL 2016), over bytes.
struct BytePairModel: Sendable {
  /// A merge of two pieces, by their ids.
  struct Merge: Equatable {
    var left: Int32
    var right: Int32
    var result: Int32
  }

  /// How the vocabulary spells each id.
  let pieces: [String]
  /// The id of each byte.
  private let bytes: [Int32]
  /// The id of each byte that ends a word.
  private let lastBytes: [Int32]
  /// What each merge makes, by rank.
  private let results: [Int32]
  /// Open addressing: left << 42 | right << 21 | rank; all ones for none.
  private let slots: [UInt64]
  private let words: WordTable

  /// The largest vocabulary: ids and ranks have 21 bits.
  static let limit = 1 << 21 - 1
  /// The most bytes that a vocabulary may spell a piece in; CLIP's longest piece has 67.
  static let longestPiece = 4096
  private static let free = UInt64.max

  /// - Parameters:
  ///   - bytes: the ids of the 256 bytes, and `lastBytes` those of bytes at the end of a word.
  ///   - merges: by rank; each result may be a part of later merges only.
  init(pieces: [String], bytes: [Int32], lastBytes: [Int32], merges: [Merge]) {
    precondition(
      bytes.count == 256 && lastBytes.count == 256 && pieces.count <= BytePairModel.limit,
      "BytePairModel: \(bytes.count) and \(lastBytes.count) bytes, \(pieces.count) pieces")
    self.pieces = pieces
    self.bytes = bytes
    self.lastBytes = lastBytes
    results = merges.map(\.result)
    var size = 1024
    while size < merges.count * 5 / 2 { size *= 2 }
    var slots = [UInt64](repeating: BytePairModel.free, count: size)
    for (rank, merge) in merges.enumerated() {
      let pair = BytePairModel.pair(merge.left, merge.right)
      var slot = BytePairModel.start(of: pair, in: size)
      while slots[slot] != BytePairModel.free { slot = (slot + 1) & (size - 1) }
      slots[slot] = pair << 21 | UInt64(rank)
    }
    self.slots = slots
    words = WordTable(room: 0)
  }

  /// Adds all that decides ids to a digest: the spelling of each, the bytes' ids, and the merges with their ranks.
  func update(_ hash: inout SHA256) {
    for piece in pieces { hash.update("\(piece.utf8.count) \(piece)\n".utf8) }
    for ids in [bytes, lastBytes, results] { ids.withUnsafeBytes { hash.update($0) } }
    // The places of pairs in the table follow from the merges' order.
    slots.withUnsafeBytes { hash.update($0) }
  }

  /// The same model with a table of the words that are one token, `spelling` being each piece's bytes if it can be a
  /// whole word.
  init(_ model: BytePairModel, spelling: [[UInt8]?]) {
    (pieces, bytes, lastBytes, results, slots) = (
      model.pieces, model.bytes, model.lastBytes, model.results, model.slots
    )
    var table = WordTable(room: spelling.count)
    var scratch = BytePairScratch()
    var ids: [Int32] = []
    for (id, word) in spelling.enumerated() {
      guard let word, (1...WordTable.longest).contains(word.count) else { continue }
      ids.removeAll(keepingCapacity: true)
      // Not every piece is what its own letters merge into.
      model.merge(word.span, 0..<word.count, into: &ids, scratch: &scratch)
      if ids == [Int32(id)] { table.insert(word, id: Int32(id)) }
    }
    words = table
  }

  @inline(__always)
  private static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 21 | UInt64(UInt32(bitPattern: right))
  }

  @inline(__always)
  private static func start(of pair: UInt64, in size: Int) -> Int {
    Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> 40) & (size - 1)
  }

  /// The rank at which two neighbours merge; the largest number if they do not.
  @inline(__always)
  func rank(_ left: Int32, _ right: Int32) -> UInt32 {
    let pair = BytePairModel.pair(left, right)
    var slot = BytePairModel.start(of: pair, in: slots.count)
    while true {
      let found = slots[slot]
      if found >> 21 == pair { return UInt32(truncatingIfNeeded: found & 0x1F_FFFF) }
      if found == BytePairModel.free { return .max }
      slot = (slot + 1) & (slots.count - 1)
    }
  }

  /// Appends the tokens of one word.
  @inline(__always)
  func append(
    _ text: borrowing Span<UInt8>, _ word: Range<Int>, to ids: inout [Int32], scratch: inout BytePairScratch
  ) {
    if let id = words.id(of: text, word) {
      ids.append(id)
    } else {
      merge(text, word, into: &ids, scratch: &scratch)
    }
  }

  /// Appends the tokens of one word, by merging.
  func merge(
    _ text: borrowing Span<UInt8>, _ word: Range<Int>, into ids: inout [Int32],
    scratch: inout BytePairScratch
  ) {
    if word.isEmpty { return }
    scratch.symbols.removeAll(keepingCapacity: true)
    for place in word.lowerBound..<(word.upperBound - 1) { scratch.symbols.append(bytes[Int(text[place])]) }
    scratch.symbols.append(lastBytes[Int(text[word.upperBound - 1])])
    if word.count <= 64 { mergeShort(&scratch) } else { mergeLong(&scratch) }
    ids.append(contentsOf: scratch.symbols)
  }

  /// Looks through all neighbours for each merge: quadratic, and the fastest for words as people write them.
  private func mergeShort(_ scratch: inout BytePairScratch) {
    var count = scratch.symbols.count
    scratch.ranks.removeAll(keepingCapacity: true)
    for place in 0..<(count - 1) {
      scratch.ranks.append(rank(scratch.symbols[place], scratch.symbols[place + 1]))
    }
    while count > 1 {
      var (best, at) = (UInt32.max, 0)
      for place in 0..<(count - 1) where scratch.ranks[place] < best {
        (best, at) = (scratch.ranks[place], place)
      }
      if best == .max { break }
      scratch.symbols[at] = results[Int(best)]
      scratch.symbols.remove(at: at + 1)
      scratch.ranks.remove(at: at)
      count -= 1
      if at > 0 { scratch.ranks[at - 1] = rank(scratch.symbols[at - 1], scratch.symbols[at]) }
      if at < count - 1 { scratch.ranks[at] = rank(scratch.symbols[at], scratch.symbols[at + 1]) }
    }
  }

  /// Keeps all neighbours in a heap by rank and place: n log n.
  private func mergeLong(_ scratch: inout BytePairScratch) {
    var symbols = scratch.symbols
    let count = symbols.count
    var next = (1...count).map { Int32($0) }
    var previous = (0..<count).map { Int32($0) - 1 }
    var heap = MinimumHeap()
    func offer(_ place: Int, _ symbols: [Int32], _ next: [Int32]) {
      guard next[place] < count else { return }
      let rank = rank(symbols[place], symbols[Int(next[place])])
      if rank != .max { heap.push(UInt64(rank) << 32 | UInt64(place)) }
    }
    for place in 0..<count { offer(place, symbols, next) }
    while let entry = heap.pop() {
      let place = Int(entry & 0xFFFF_FFFF)
      let rank = UInt32(entry >> 32)
      // Entries whose neighbours have merged meanwhile are left in the heap and passed over here.
      guard symbols[place] >= 0, next[place] < count else { continue }
      let right = Int(next[place])
      guard self.rank(symbols[place], symbols[right]) == rank else { continue }
      symbols[place] = results[Int(rank)]
      symbols[right] = -1
      next[place] = next[right]
      if next[right] < count { previous[Int(next[right])] = Int32(place) }
      if previous[place] >= 0 { offer(Int(previous[place]), symbols, next) }
      offer(place, symbols, next)
    }
    scratch.symbols = symbols.filter { $0 >= 0 }
  }
}

/// Memory that tokenizing needs again and again.
struct BytePairScratch {
  /// The normalised caption.
  var text: [UInt8] = []
  var symbols: [Int32] = []
  var ranks: [UInt32] = []
  /// Finds word boundaries, made when first needed.
  lazy var breaker = WordBreaker()
}

/// A binary heap of numbers, the smallest on top.
struct MinimumHeap {
  private var items: [UInt64] = []

  mutating func push(_ item: UInt64) {
    var place = items.count
    items.append(item)
    while place > 0, items[(place - 1) / 2] > item {
      items[place] = items[(place - 1) / 2]
      place = (place - 1) / 2
    }
    items[place] = item
  }

  mutating func pop() -> UInt64? {
    guard let first = items.first, let last = items.popLast() else { return nil }
    if items.isEmpty { return first }
    var place = 0
    while true {
      var child = 2 * place + 1
      if child >= items.count { break }
      if child + 1 < items.count && items[child + 1] < items[child] { child += 1 }
      if items[child] >= last { break }
      items[place] = items[child]
      place = child
    }
    items[place] = last
    return first
  }
}
