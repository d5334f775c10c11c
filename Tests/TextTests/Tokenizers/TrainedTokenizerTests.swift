import Files
import Foundation
import TestSupport
import Testing

@testable import Text

@Suite("Trained tokenizers")
struct TrainedTokenizerTests {
  private static let corpus = [
    "A black dog runs on the grass.", "A dog and a cat", "the dogs run", "แมวดำนั่งบนพรม", "แมวขาว", "黒い猫",
    "黒い犬",
    "قطة سوداء", "قطة بيضاء", "two dogs run on the beach", "a cat on the grass", "😀😀 the dog",
  ]
  private static func trained(_ size: Int = 400) -> TrainedTokenizer {
    TrainedTokenizer.train(on: corpus, vocabularySize: size, contextLength: 77)
  }

  @Test("The first merges are the most frequent pairs, in a corpus whose pairs can be counted by hand")
  func byHand() {
    // Words with their spaces: " ab" three times, " abc" twice. (" ", a) and (a, b) occur five times each, and the one
    // that the first word begins with comes first; then " ab" as a whole, then " abc".
    let tokenizer = TrainedTokenizer.train(
      on: ["ab ab abc", "AB  abc"], vocabularySize: 1000, contextLength: 8)
    #expect(
      tokenizer.merges == [
        .init(left: 32, right: 97, result: 256), .init(left: 256, right: 98, result: 257),
        .init(left: 257, right: 99, result: 258),
      ])
    #expect(tokenizer.vocabularySize == 261)
    #expect(tokenizer.encode("abc ab abd") == [259, 258, 257, 257, 100, 260])
  }

  @Test("The order of the captions does not matter, and equal corpora give equal files")
  func order() throws {
    let a = TrainedTokenizerTests.trained()
    let b = TrainedTokenizer.train(
      on: TrainedTokenizerTests.corpus.reversed(), vocabularySize: 400, contextLength: 77)
    #expect(try Configuration.encode(a) == Configuration.encode(b))
  }

  @Test("A smaller vocabulary is the beginning of a larger one")
  func prefix() {
    let (small, large) = (TrainedTokenizerTests.trained(280), TrainedTokenizerTests.trained(300))
    #expect(small.vocabularySize == 280 && large.vocabularySize == 300)
    #expect(small.merges == Array(large.merges.prefix(22)))
  }

  @Test("Any text has tokens, which give its normalised form back")
  func roundTrip() throws {
    let tokenizer = TrainedTokenizerTests.trained()
    for caption in try GoldenTokens.load().strings.map(\.caption) + TrainedTokenizerTests.corpus {
      let ids = tokenizer.tokens(caption)
      #expect(Array(tokenizer.text(of: ids).utf8) == Array(CaptionText.normalised(caption).utf8))
      #expect(ids.allSatisfy { (0..<tokenizer.startOfText).contains($0) })
    }
  }

  @Test("Merges stay within words as Unicode bounds them, in scripts without spaces too")
  func boundaries() {
    let tokenizer = TrainedTokenizer.train(
      on: [String](repeating: "แมวดำ", count: 9), vocabularySize: 1000, contextLength: 77)
    #expect(tokenizer.pieces("แมวดำ").count == 2)
    #expect(tokenizer.encode("แมวดำ").count == 4)
  }

  @Test("A word is the same token at the beginning and later, whatever its case")
  func firstWord() {
    let tokenizer = TrainedTokenizerTests.trained()
    #expect(tokenizer.tokens("Dog dog").count == 2)
    #expect(Set(tokenizer.tokens("Dog dog")).count == 1)
    #expect(tokenizer.tokens("  \n") == [])
  }

  @Test("Written and read again it is the same tokenizer")
  func file() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "tokenizer.json")
      let tokenizer = TrainedTokenizerTests.trained()
      try tokenizer.write(to: file)
      let read = try TrainedTokenizer(contentsOf: file)
      #expect(read == tokenizer)
      #expect(read.encode("the black dog ด") == tokenizer.encode("the black dog ด"))
    }
  }

  @Test(
    "Mistakes in the file are named",
    arguments: [
      (#"{"contextLength": 8, "merges": ["a b", "ab c", "x yz"]}"#, "entry 3 names “yz”"),
      (#"{"contextLength": 8, "merges": ["a b", "a b"]}"#, "makes “ab” a second time"),
      (#"{"contextLength": 8, "merges": ["a b", "abc"]}"#, "entry 2, “abc”, is not two pieces"),
      (#"{"contextLength": 1, "merges": []}"#, "at least 2"),
      (#"{"contextLength": 8}"#, "“merges” is missing"),
      (#"{"contextLength": 8, "merges": [], "lowercase": true}"#, "unknown key “lowercase”"),
      (#"{"contextLength": 8, "merges": ["a b""#, "line 1"),
    ])
  func mistakes(_ text: String, _ part: String) throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "tokenizer.json")
      try Data(text.utf8).write(to: file)
      #expect { try TrainedTokenizer(contentsOf: file) } throws: { error in
        "\(error)".contains(part) && "\(error)".contains("tokenizer.json")
      }
    }
  }

  @Test("Without captions there are the bytes, and any text still has tokens")
  func noCorpus() {
    let tokenizer = TrainedTokenizer.train(on: [], vocabularySize: 500, contextLength: 6)
    #expect(tokenizer.vocabularySize == TrainedTokenizer.smallestVocabulary)
    #expect(tokenizer.encode("é") == [256, 32, 0xC3, 0xA9, 257])
    #expect(tokenizer.encode("ééé") == [256, 32, 0xC3, 0xA9, 0xC3, 257])
  }
}
