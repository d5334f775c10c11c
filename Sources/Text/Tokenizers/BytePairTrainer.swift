/// Finds the merges of byte pairs for a corpus of words: each time the pair that occurs most often (Sennrich et al., ACL
/// 2016), of equal ones the first met when words are read in the order of their bytes.
struct BytePairTrainer {
  /// Longer words teach nothing that others share.
  private static let longestWord = 128

  private var words: [ArraySlice<UInt8>: Int] = [:]

  /// Counts one occurrence of a word.
  mutating func add(_ word: ArraySlice<UInt8>) {
    if word.count <= BytePairTrainer.longestWord { words[word, default: 0] += 1 }
  }

  /// The first `count` merges; fewer if no pair is left that occurs twice. Ids are bytes, then results.
  func merges(_ count: Int) -> [BytePairModel.Merge] {
    var corpus = PairCounts(
      words.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { (Array($0.key), $0.value) })
    var merges: [BytePairModel.Merge] = []
    var spellings: Set<[UInt8]> = []
    var spelling = (0...255).map { [UInt8($0)] }
    while merges.count < count, let pair = corpus.mostFrequent() {
      let (left, right) = PairCounts.parts(pair)
      let bytes = spelling[Int(left)] + spelling[Int(right)]
      // One piece has one id: the same bytes from other parts are left apart.
      guard spellings.insert(bytes).inserted else { continue }
      let result = Int32(256 + merges.count)
      spelling.append(bytes)
      merges.append(BytePairModel.Merge(left: left, right: right, result: result))
      corpus.merge(pair, into: result)
    }
    return merges
  }
}

/// How often neighbours occur in the words of a corpus, kept up to date while pairs are merged.
private struct PairCounts {
  private var symbols: [[Int32]]
  private let weights: [Int]
  /// By pair: its number, in the order of first meeting.
  private var numbers: [UInt64: Int] = [:]
  private var pairs: [UInt64] = []
  private var counts: [Int] = []
  /// For each pair the words that it was ever found in.
  private var places: [[Int32]] = []
  /// Most frequent first, then by number. What no longer holds is put right when it comes up.
  private var heap = MinimumHeap()

  static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  static func parts(_ pair: UInt64) -> (left: Int32, right: Int32) {
    (Int32(truncatingIfNeeded: pair >> 32), Int32(truncatingIfNeeded: pair))
  }

  init(_ words: [([UInt8], Int)]) {
    symbols = words.map { $0.0.map { Int32($0) } }
    weights = words.map(\.1)
    for index in symbols.indices { count(word: index, by: 1) }
    for number in pairs.indices { push(number) }
  }

  private mutating func count(word index: Int, by sign: Int) {
    let word = symbols[index]
    for place in word.indices.dropLast() {
      let pair = PairCounts.pair(word[place], word[place + 1])
      let number: Int
      if let known = numbers[pair] {
        number = known
      } else {
        number = pairs.count
        numbers[pair] = number
        pairs.append(pair)
        counts.append(0)
        places.append([])
      }
      counts[number] += sign * weights[index]
      if sign > 0, places[number].last != Int32(index) { places[number].append(Int32(index)) }
    }
  }

  private mutating func push(_ number: Int) {
    if counts[number] >= 2 {
      heap.push(UInt64((1 << 35) - min(counts[number], 1 << 35)) << 28 | UInt64(number))
    }
  }

  mutating func mostFrequent() -> UInt64? {
    while let entry = heap.pop() {
      let number = Int(entry & 0xFFF_FFFF)
      let count = (1 << 35) - Int(entry >> 28)
      if count == counts[number] { return pairs[number] }
      if count > counts[number] { push(number) }
    }
    return nil
  }

  mutating func merge(_ pair: UInt64, into result: Int32) {
    guard let number = numbers[pair] else { return }
    let (left, right) = PairCounts.parts(pair)
    var touched: Set<Int> = []
    for index in Set(places[number]).sorted() {
      let word = symbols[Int(index)]
      count(word: Int(index), by: -1)
      var merged: [Int32] = []
      var place = 0
      while place < word.count {
        if place + 1 < word.count, word[place] == left, word[place + 1] == right {
          merged.append(result)
          place += 2
        } else {
          merged.append(word[place])
          place += 1
        }
      }
      symbols[Int(index)] = merged
      count(word: Int(index), by: 1)
      for place in merged.indices.dropLast() where merged[place] == result || merged[place + 1] == result {
        if let number = numbers[PairCounts.pair(merged[place], merged[place + 1])] { touched.insert(number) }
      }
    }
    places[number] = []
    for number in touched.sorted() { push(number) }
  }
}
