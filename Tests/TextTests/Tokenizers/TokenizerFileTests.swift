import Foundation
import TestSupport
import Testing

@testable import Text

@Suite("Tokenizer files")
struct TokenizerFileTests {
  @Test("Each form is recognised, and has the ids of its origin's code")
  func forms() throws {
    let merges = try TokenizerFile.open(GoldenTokens.tiny.appending(path: "merges.txt.gz"))
    #expect((merges as? CLIPTokenizer)?.variant == .openAI)
    #expect((try TokenizerFile.open(GoldenTokens.tiny) as? CLIPTokenizer)?.variant == .huggingFace)
    let listed = try TokenizerFile.open(GoldenTokens.tiny.appending(path: "vocab.json"))
    #expect((listed as? CLIPTokenizer)?.variant == .huggingFace)
    try withTemporaryFolder { folder in
      let plain = folder.appending(path: "bpe.txt")
      try Data(contentsOf: GoldenTokens.tiny.appending(path: "merges.txt")).write(to: plain)
      #expect((try TokenizerFile.open(plain) as? CLIPTokenizer)?.variant == .openAI)
      let file = folder.appending(path: "tokenizer.json")
      let trained = TrainedTokenizer.train(on: ["a dog", "a dot"], vocabularySize: 300, contextLength: 20)
      try trained.write(to: file)
      #expect(try TokenizerFile.open(file) as? TrainedTokenizer == trained)
    }
  }

  @Test(
    "Anything else is refused with a list of the forms",
    arguments: ["", "{\"model\": null}", "hello\nworld", " \n"])
  func others(_ text: String) throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x")
      try Data(text.utf8).write(to: file)
      #expect { try TokenizerFile.open(file) } throws: { error in
        let message = "\(error)"
        return ["merges.txt", "vocab.json", ".txt.gz", "--train", file.path].allSatisfy {
          message.contains($0)
        }
      }
    }
  }

  @Test("A piece is shown as the text it stands for, in any script")
  func pieceText() throws {
    let clip = try TokenizerFile.open(GoldenTokens.tiny)
    #expect(clip.pieces("é").map { clip.text(ofPiece: $0.piece) } == ["\u{FFFD}", "\u{FFFD}"])
    #expect(clip.text(ofPiece: "a</w>") == "a")
    #expect(clip.text(ofPiece: "<|endoftext|>") == "<|endoftext|>")
    let trained = TrainedTokenizer.train(
      on: [String](repeating: "แมว", count: 3), vocabularySize: 300, contextLength: 8)
    #expect(trained.pieces("แมว").map { trained.text(ofPiece: $0.piece) } == [" แมว"])
  }

  @Test("A folder that lacks one of the two files is refused with its name")
  func folder() throws {
    try withTemporaryFolder { folder in
      try Data("{}".utf8).write(to: folder.appending(path: "vocab.json"))
      #expect { try TokenizerFile.open(folder) } throws: { "\($0)".contains("a folder without merges.txt") }
    }
  }

  @Test("Byte order marks, CRLF and a missing line of the version change nothing in Hugging Face's files")
  func editedFiles() throws {
    let expected = try TokenizerFile.open(GoldenTokens.tiny).pieces("a dog's café").map(\.id)
    func text(_ name: String) throws -> String {
      String(decoding: try Data(contentsOf: GoldenTokens.tiny.appending(path: name)), as: UTF8.self)
    }
    let (vocabulary, merges) = (try text("vocab.json"), try text("merges.txt"))
    let unversioned = merges.split(separator: "\n").dropFirst().joined(separator: "\n")
    for (pieces, pairs) in [
      (
        "\u{FEFF}" + vocabulary.replacing("\n", with: "\r\n"),
        "\u{FEFF}" + merges.replacing("\n", with: "\r\n")
      ),
      (vocabulary, unversioned),
    ] {
      try withTemporaryFolder { folder in
        try Data(pieces.utf8).write(to: folder.appending(path: "vocab.json"))
        try Data(pairs.utf8).write(to: folder.appending(path: "merges.txt"))
        #expect(try TokenizerFile.open(folder).pieces("a dog's café").map(\.id) == expected)
      }
    }
  }

  @Test(
    "A folder with tokenizer.json alone, its merges as texts or as pairs, gives the same ids",
    arguments: [false, true])
  func oneFile(isPaired: Bool) throws {
    let expected = try TokenizerFile.open(GoldenTokens.tiny).pieces("a dog's café").map(\.id)
    func data(_ name: String) throws -> Data { try Data(contentsOf: GoldenTokens.tiny.appending(path: name)) }
    let pairs = String(decoding: try data("merges.txt"), as: UTF8.self).split(separator: "\n").dropFirst()
    let merges: [Any] =
      isPaired ? pairs.map { $0.split(separator: " ").map(String.init) } : pairs.map(String.init)
    let model: [String: Any] = [
      "type": "BPE", "vocab": try JSONSerialization.jsonObject(with: data("vocab.json")), "merges": merges,
    ]
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "tokenizer.json")
      try JSONSerialization.data(withJSONObject: ["version": "1.0", "model": model]).write(to: file)
      for place in [folder, file] {
        #expect(try TokenizerFile.open(place).pieces("a dog's café").map(\.id) == expected)
      }
      try Data(#"{"model": {"vocab": {}}}"#.utf8).write(to: file)
      #expect { try TokenizerFile.open(folder) } throws: { "\($0)".contains("vocab” and “merges") }
    }
  }
}
