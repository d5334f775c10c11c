import Files
import Foundation
import TestSupport
import Testing

@testable import Text

@Suite("CLIP's vocabulary files")
struct CLIPVocabularyTests {
  private func text(_ name: String) throws -> String {
    try String(contentsOf: GoldenTokens.tiny.appending(path: name), encoding: .utf8)
  }

  /// What opening the vocabulary says after one of its files was changed.
  private func message(_ name: String, _ change: (inout String) -> Void) throws -> String {
    try withTemporaryFolder { folder in
      for file in ["vocab.json", "merges.txt"] {
        var contents = try text(file)
        if file == name { change(&contents) }
        try Data(contents.utf8).write(to: folder.appending(path: file))
      }
      do {
        _ = try CLIPTokenizer(contentsOf: folder)
        return ""
      } catch let error as TokenizerError {
        return error.description
      }
    }
  }

  @Test("Unchanged files open")
  func unchanged() throws {
    #expect(try message("vocab.json") { _ in } == "")
  }

  @Test("A vocabulary without end-of-text is refused by name")
  func withoutEnd() throws {
    let found = try message("vocab.json") { $0 = $0.replacing(", \"<|endoftext|>\": 1213", with: "") }
    #expect(found.contains("vocab.json") && found.contains("“<|endoftext|>”"))
  }

  @Test("A piece or an id that stands twice is named with its line")
  func duplicates() throws {
    let piece = try message("vocab.json") { $0 = $0.replacing("\"#\":", with: "\n\"!\":") }
    #expect(piece.contains("vocab.json") && piece.contains("line 2") && piece.contains("“!” stands twice"))
    let id = try message("vocab.json") { $0 = $0.replacing("\"#\": 2", with: "\"#\": 1") }
    #expect(id.contains("“\\\"”") || id.contains("“\"”"))
    #expect(id.contains("“#”") && id.contains("same id 1"))
    let merge = try message("merges.txt") { $0 += "\n" + $0.split(separator: "\n")[1] }
    #expect(merge.contains("merges.txt, line 702") && merge.contains("a second time"))
  }

  @Test("An id beyond the vocabulary's size is refused")
  func gap() throws {
    let found = try message("vocab.json") { $0 = $0.replacing(": 1213", with: ": 1300") }
    #expect(found.contains("the id 1300 in a vocabulary of 1214"))
  }

  @Test("A merge of unknown pieces, or of pieces made later, is named with its line")
  func unknownPieces() throws {
    let unknown = try message("merges.txt") { $0 += "\nqqq zzz" }
    #expect(unknown.contains("merges.txt, line 702") && unknown.contains("“qqq” is no piece"))
    let early = try message("merges.txt") { text in
      var lines = text.split(separator: "\n")
      lines.insert(lines.removeLast(), at: 1)
      text = lines.joined(separator: "\n")
    }
    #expect(early.contains("merges.txt, line 2") && early.contains("before a line makes it"))
  }

  @Test("Files that are cut are refused with the line at which they end")
  func cut() throws {
    let json = try message("vocab.json") { $0 = String($0.prefix(5000)) }
    #expect(json.contains("vocab.json, line 1") && json.contains("the file ends"))
    let merges = try message("merges.txt") {
      $0 = $0.split(separator: "\n").prefix(10).joined(separator: "\n") + "\nab"
    }
    #expect(merges.contains("merges.txt, line 11") && merges.contains("found “ab”"))
    #expect(try message("merges.txt") { $0 = "#version: 0.2\n" }.contains("where merges should follow"))
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "merges.txt.gz")
      try Data(contentsOf: GoldenTokens.tiny.appending(path: "merges.txt.gz")).dropLast(100).write(to: file)
      #expect(throws: FileError.damaged(file: file.path, reason: "it ends before its contents do")) {
        try CLIPTokenizer(contentsOf: file)
      }
    }
  }

  @Test(
    "A list of merges that ends at a line's end, but before the vocabulary's last piece is made, is refused")
  func cutAtLine() throws {
    let found = try message("merges.txt") { merges in
      merges = merges.split(separator: "\n").dropLast(20).joined(separator: "\n") + "\n"
    }
    #expect(found.contains("merges.txt") && found.contains("no line makes") && found.contains("vocab.json"))
  }

  @Test("A file that is not there is named")
  func absent() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "none.txt.gz")
      #expect(throws: FileError.absent(file: file.path)) { try CLIPTokenizer(contentsOf: file) }
      #expect(throws: FileError.absent(file: file.path)) { try TokenizerFile.open(file) }
      #expect(throws: FileError.absent(file: folder.appending(path: "vocab.json").path)) {
        try CLIPTokenizer(contentsOf: folder)
      }
    }
  }

  @Test("Damaged vocabularies give an error or a tokenizer, never a crash")
  func fuzz() throws {
    let json = #"{"a": 0, "b": 1, "ab</w>": 2, "é\n": 3}"#
    try Fuzz.feed("vocab.json", [Array(json.utf8)]) { input, _ in
      try Fuzz.takes { _ = try VocabularyJSON.read(input, file: "f") }
    }
    let merges = try Array(text("merges.txt").utf8.prefix(300))
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "list")
      try Fuzz.feed("merges.txt", [merges]) { input, _ in
        try Data(input).write(to: file)
        return try Fuzz.takes { _ = try CLIPTokenizer(contentsOf: file).encode("a dog") }
      }
    }
  }

  @Test("A piece or a line of more bytes than any has is refused where it exceeds them, and quoted in part")
  func longPieces() throws {
    let long = String(repeating: "x", count: 100_000)
    let piece = try message("vocab.json") { $0 = $0.replacing("\"#\"", with: "\"\(long)\"") }
    #expect(piece.contains("a piece has more than 4096 bytes") && piece.count < 500)
    let line = try message("merges.txt") { $0 += "\n\(long) \(long)" }
    #expect(line.contains("a piece has more than 4096 bytes") && line.count < 500)
    let unknown = try message("merges.txt") { $0 += "\n\(long.prefix(4000)) x" }
    #expect(unknown.contains("no piece of the vocabulary") && unknown.count < 500)
  }

}
