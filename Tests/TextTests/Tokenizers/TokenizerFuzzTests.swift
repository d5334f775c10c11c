import Files
import Foundation
import TestSupport
import Testing

@testable import Text

/// Damaged tokenizers and captions give an error or tokens, nothing else.
@Suite("Damaged tokenizers and captions", .serialized) struct TokenizerFuzzTests {
  private static let captions = [
    "A black dog runs on the grass.", "Zwölf Boxkämpfer &amp; 3 Bären", "แมวดำนั่งบนพรม", "黒い猫 e\u{301} ﬁ",
    "قطة سوداء", "👩‍👩‍👧 <|endoftext|> &#x1F600;&lt;br&gt;", "don't I'll \u{200D}\u{FEFF}ΑΣ",
  ].map { Array($0.utf8) }

  private static func trained() -> TrainedTokenizer {
    TrainedTokenizer.train(
      on: captions.map { String(decoding: $0, as: UTF8.self) }, vocabularySize: 300, contextLength: 20)
  }

  @Test("A trained tokenizer: an error, or one that gives ids of its vocabulary")
  func fuzzTrained() throws {
    let sample = [UInt8](try Configuration.encode(TokenizerFuzzTests.trained()))
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "tokenizer")
      try Fuzz.feed("trained tokenizer", [sample]) { input, _ in
        try Data(input).write(to: file)
        return try Fuzz.takes { try check(try TokenizerFile.open(file), "a dog, zwölf") }
      }
    }
  }

  @Test("Hugging Face's file of both: an error, or a tokenizer")
  func fuzzBoth() throws {
    let merges = try String(contentsOf: GoldenTokens.tiny.appending(path: "merges.txt"), encoding: .utf8)
      .split(separator: "\n").dropFirst().prefix(12)
    var pieces = ByteAlphabet.order.map { ByteAlphabet.piece([$0]) }
    pieces += pieces.map { $0 + "</w>" } + merges.map { String($0).replacing(" ", with: "") }
    pieces += ["<|startoftext|>", "<|endoftext|>"]
    let json = JSONValue.object([
      .init(
        key: "model",
        value: .object([
          .init(
            key: "vocab",
            value: .object(pieces.enumerated().map { .init(key: $1, value: .number(String($0))) })),
          .init(key: "merges", value: .array(merges.map { .string(String($0)) })),
        ]))
    ])
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "tokenizer.json")
      let found = try Fuzz.feed("tokenizer.json", [Array(json.text.utf8)]) { input, _ in
        try Data(input).write(to: file)
        return try Fuzz.takes { try check(try TokenizerFile.open(folder), "a dog") }
      }
      try Data(json.text.utf8).write(to: file)
      _ = try TokenizerFile.open(folder)
      #expect(found.inputs > 0)
    }
  }

  @Test("Any text has tokens of the vocabulary, by either kind of tokenizer")
  func fuzzCaptions() throws {
    let (clip, trained) = (try TokenizerFile.open(GoldenTokens.tiny), TokenizerFuzzTests.trained())
    try Fuzz.feed("tokens of captions", TokenizerFuzzTests.captions) { input, _ in
      let caption = String(decoding: input, as: UTF8.self)
      try check(clip, caption)
      try check(trained, caption)
      _ = CaptionText.normalised(caption)
      return brokenUTF8Offset(in: input) == nil
    }
  }

  @Test("Files of captions: an error, or lines and columns")
  func fuzzFiles() throws {
    let samples = ["one\ntwo\r\ndrei\n", "file\ttitle\na.png\tone\nb.png\t\"t\two\"\n"].map { Array($0.utf8) }
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "captions.txt")
      try Fuzz.feed("caption files", samples) { input, damage in
        try Data(input).write(to: file)
        let column = [nil, "1", "2", "title", "-1", "9223372036854775807"][damage.choice(6)]
        let repairs = damage.oneIn(2)
        return try Fuzz.takes {
          _ = try CaptionFile.captions(in: file, column: column, repairing: repairs)
        }
      }
    }
  }

  @Test("A vocabulary is trained on any text")
  func fuzzTraining() throws {
    try Fuzz.feed("training captions", TokenizerFuzzTests.captions, rounds: 60) { input, damage in
      let text = String(decoding: input, as: UTF8.self)
      let more = String(decoding: damage.applied(to: TokenizerFuzzTests.captions), as: UTF8.self)
      try check(TrainedTokenizer.train(on: [text, more, text], vocabularySize: 280, contextLength: 12), text)
      return true
    }
  }

  private func check(_ tokenizer: any Tokenizer, _ caption: String) throws {
    let ids = tokenizer.encode(caption)
    try Fuzz.require(
      ids.count <= tokenizer.contextLength
        && ids.allSatisfy { (0..<Int32(tokenizer.vocabularySize)).contains($0) },
      "ids \(ids) of \(tokenizer.vocabularySize) for “\(caption)”")
    _ = tokenizer.pieces(caption).map { tokenizer.text(ofPiece: $0.piece) }
  }
}
