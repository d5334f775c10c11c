import Foundation
import Testing

/// Training a tokenizer and showing what one does, with the built program.
@Suite(.serialized) struct TokenizeTests {
  private func place(_ body: (Workplace) throws -> Void) throws {
    try Workplace.with { place in
      try Data("a dog runs\na dog and a cat\nแมวดำ\n".utf8).write(
        to: place.folder.appending(path: "lines.txt"))
      try Data("file\ttitle\n1.png\ta dog\n2.png\ta dog\n".utf8).write(
        to: place.folder.appending(path: "table.tsv"))
      try body(place)
    }
  }

  @Test("A tokenizer trained from lines shows pieces and ids, as a table and as JSON")
  func trainAndShow() throws {
    try place { place in
      let trained = try place.run(
        "tokenize", "--train", "lines.txt", "--vocabulary", "300", "--out", "tok.json")
      #expect(trained.code == 0 && trained.output.contains("3 captions"))
      let table = try place.run("tokenize", "--tokenizer", "tok.json", "A dog", "a bird")
      #expect(table.code == 0)
      #expect(table.output.contains("Ġdog") && table.output.contains("4 ids with start and end"))
      let json = try place.run(
        "tokenize", "--tokenizer", "tok.json", "--file", "lines.txt", "--format", "json")
      let shown = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]]
      #expect(shown?.count == 3)
      #expect((shown?[0]["ids"] as? [Int])?.count == (shown?[0]["tokens"] as? [Any]).map { $0.count + 2 })
    }
  }

  @Test("Nothing is overwritten, learnt from nothing, or asked for in vain")
  func refusals() throws {
    try place { place in
      let over = try place.run("tokenize", "--train", "lines.txt", "--out", "lines.txt")
      #expect(over.code == 1 && over.errors.contains("there already"), "\(over.errors)")
      try Data().write(to: place.folder.appending(path: "empty.txt"))
      let empty = try place.run("tokenize", "--train", "empty.txt", "--out", "t.json")
      #expect(empty.code == 1 && empty.errors.contains("no captions"), "\(empty.errors)")
      #expect(try !place.names(".").contains("t.json"))
      let vain = try place.run("tokenize", "--tokenizer", "lines.txt", "--vocabulary", "300", "a")
      #expect(vain.code == 64 && vain.errors.contains("--vocabulary has no effect"), "\(vain.errors)")
      let short = try place.run("tokenize", "--train", "lines.txt", "--context", "2", "--out", "t.json")
      #expect(short.code == 64 && short.errors.contains("--context 2"), "\(short.errors)")
    }
  }

  @Test("A link in the place of --out, or of what is written beside it first, leads nowhere")
  func links() throws {
    try place { place in
      let mine = place.folder.appending(path: "mine.txt")
      try Data("mine".utf8).write(to: mine)
      func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
          atPath: place.folder.appending(path: name).path, withDestinationPath: target)
      }
      try link("full.json", to: "mine.txt")
      try link("empty.json", to: "nothing.txt")
      try link(".empty.json.tmp", to: "mine.txt")
      func train(_ out: String) throws -> Program.Answer {
        try place.run("tokenize", "--train", "lines.txt", "--vocabulary", "300", "--out", out)
      }
      let full = try train("full.json")
      #expect(full.code == 1 && full.errors.contains("full.json is there already"), "\(full.errors)")
      let empty = try train("empty.json")
      #expect(empty.code == 0, "\(empty.errors)")
      #expect(try Data(contentsOf: mine) == Data("mine".utf8))
      #expect(!place.isThere("nothing.txt") && !place.isThere(".empty.json.tmp"))
      let attributes = try FileManager.default.attributesOfItem(
        atPath: place.folder.appending(path: "empty.json").path)
      #expect(attributes[.type] as? FileAttributeType == .typeRegular)
    }
  }

  @Test("A column of a table is taken by its title, and the same captions give the same bytes")
  func column() throws {
    try place { place in
      for name in ["a.json", "b.json"] {
        let answer = try place.run(
          "tokenize", "--train", "table.tsv", "--column", "title", "--vocabulary", "270", "--out", name)
        #expect(answer.code == 0 && answer.output.contains("2 captions"), "\(answer.errors)")
      }
      #expect(try place.data("a.json") == place.data("b.json"))
    }
  }

  @Test("Mistakes are named with option or file, and nothing is written")
  func mistakes() throws {
    try place { place in
      try Data([0x61, 0xFF, 0x0A]).write(to: place.folder.appending(path: "broken.txt"))
      try Data("nothing of the kind".utf8).write(to: place.folder.appending(path: "other"))
      for (arguments, word) in [
        (["a dog"], "--tokenizer"), (["--tokenizer", "other", "a dog"], "vocab.json"),
        (["--tokenizer", "none", "a dog"], "none"), (["--train", "lines.txt"], "--out"),
        (["--train", "lines.txt", "--vocabulary", "257", "--out", "t.json"], "258"),
        (["--train", "lines.txt", "--context", "1", "--out", "t.json"], "--context 1"),
        (["--train", "table.tsv", "--column", "name", "--out", "t.json"], "“title”"),
        (["--train", "broken.txt", "--out", "t.json"], "offset 1"),
        (["--train", "none.txt", "--out", "t.json"], "none.txt"),
      ] {
        let answer = try Program.run(["tokenize"] + arguments, in: place.folder)
        #expect(answer.code != 0 && answer.errors.contains(word), "\(answer.errors)")
      }
      #expect(!place.isThere("t.json"))
      let repaired = try place.run("tokenize", "--train", "broken.txt", "--repair", "--out", "t.json")
      #expect(repaired.code == 0, "\(repaired.errors)")
    }
  }
}
