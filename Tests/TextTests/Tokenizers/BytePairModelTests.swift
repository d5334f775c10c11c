import Networks
import Testing

@testable import Text

@Suite("Byte-pair merging")
struct BytePairModelTests {
  /// Merges of random pieces that were made before.
  private static func randomModel(_ count: Int, letters: UInt8, seed: UInt64) -> TrainedTokenizer {
    var random = RandomStream(seed: seed, name: "merges")
    var known = (0..<letters).map { Int32(97 + $0) }
    var seen: Set<[Int32]> = []
    var merges: [BytePairModel.Merge] = []
    while merges.count < count {
      let (left, right) = (
        known[random.integer(below: known.count)], known[random.integer(below: known.count)]
      )
      guard seen.insert([left, right]).inserted else { continue }
      let result = Int32(256 + merges.count)
      merges.append(BytePairModel.Merge(left: left, right: right, result: result))
      known.append(result)
    }
    return TrainedTokenizer(merges: merges, contextLength: 77)
  }

  /// Each merge in turn, everywhere from left to right: the definition.
  private static func naive(_ word: [UInt8], _ merges: [BytePairModel.Merge]) -> [Int32] {
    var symbols = word.map { Int32($0) }
    for merge in merges {
      var merged: [Int32] = []
      for symbol in symbols {
        if merged.last == merge.left, symbol == merge.right {
          merged[merged.count - 1] = merge.result
        } else {
          merged.append(symbol)
        }
      }
      symbols = merged
    }
    return symbols
  }

  @Test("Words of any length have the tokens that making each merge in turn gives", arguments: [1, 2, 3, 5])
  func definition(_ letters: Int) {
    for seed in 0..<4 as Range<UInt64> {
      let tokenizer = BytePairModelTests.randomModel(60, letters: UInt8(letters), seed: seed)
      var random = RandomStream(seed: seed, name: "words")
      for length in [1, 2, 3, 7, 15, 16, 17, 63, 64, 65, 66, 200, 777] {
        let word = (0..<length).map { _ in 97 + UInt8(random.integer(below: letters)) }
        var ids: [Int32] = []
        var scratch = BytePairScratch()
        tokenizer.model.append(word.span, 0..<length, to: &ids, scratch: &scratch)
        #expect(ids == BytePairModelTests.naive(word, tokenizer.merges), "\(letters) letters, \(length) long")
      }
    }
  }

  @Test("A word of 100,000 letters and one of 65 have tokens by the same rules")
  func longWords() {
    let tokenizer = TrainedTokenizer(
      merges: [.init(left: 97, right: 97, result: 256), .init(left: 256, right: 256, result: 257)],
      contextLength: 77)
    for count in [64, 65, 66, 67, 100_000, 100_003] {
      var ids: [Int32] = []
      var scratch = BytePairScratch()
      let word = [UInt8](repeating: 97, count: count)
      tokenizer.model.merge(word.span, 0..<count, into: &ids, scratch: &scratch)
      let rest: [[Int32]] = [[], [97], [256], [256, 97]]
      #expect(ids == [Int32](repeating: 257, count: count / 4) + rest[count % 4])
    }
  }

  @Test("The heap gives its numbers back in order")
  func heap() {
    var random = RandomStream(seed: 1, name: "heap")
    let numbers = (0..<500).map { _ in UInt64(random.integer(below: 300)) }
    var heap = MinimumHeap()
    for number in numbers { heap.push(number) }
    var sorted: [UInt64] = []
    while let number = heap.pop() { sorted.append(number) }
    #expect(sorted == numbers.sorted())
  }

  @Test("A table of words finds what was put into it, zero bytes and lengths told apart")
  func wordTable() {
    var table = WordTable(room: 4)
    let words: [[UInt8]] = [
      [0], [0, 0], [97], [97, 0], Array("abcdefgh".utf8), Array("abcdefghijklmnop".utf8),
    ]
    for (id, word) in words.enumerated() { table.insert(word, id: Int32(id)) }
    for (id, word) in words.enumerated() { #expect(table.id(of: word.span, 0..<word.count) == Int32(id)) }
    for absent in [[98], [97, 0, 0], Array("abcdefg".utf8), Array("abcdefghijklmnopq".utf8)] as [[UInt8]] {
      #expect(table.id(of: absent.span, 0..<absent.count) == nil)
    }
  }
}
