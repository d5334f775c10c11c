@testable import Data
import Testing

@Suite("JSON lines") struct CaptionLinesTests {
  private func folder(_ lines: String...) throws -> DataFolder {
    let folder = try DataFolder()
    try folder.pictures("a.png", "b.png")
    try folder.write(lines.joined(separator: "\n"), to: "t.jsonl")
    return folder
  }

  @Test("A line gives a picture one caption or a list of them, other keys are not looked at")
  func lines() throws {
    let pairs = try folder(
      #"{"image": "a.png", "caption": "one \u732b", "size": [1, {"x": null}]}"#, "",
      #"{"file": "b.png", "text": ["two", "drei"], "split": "dev"}"#
    ).open("t.jsonl")
    #expect(pairs.format == "jsonl")
    #expect(pairs.captions == [["one 猫"], ["two", "drei"]])
    #expect(pairs.partOfEach == [Dataset.unsplit, "dev"])
  }

  @Test("Keys are chosen by name")
  func chosen() throws {
    let folder = try folder(#"{"image": "b.png", "path": "a.png", "alt": "one"}"#)
    let pairs = try folder.open("t.jsonl", DataOptions(imageColumn: "path", captionColumn: "alt"))
    #expect(pairs.names == ["a.png"] && pairs.captions == [["one"]])
  }

  @Test(
    "A broken line is refused with its number, or left out and named",
    arguments: [
      #"{"image": "b.png", "caption": "tw"#, "[1]", #"{"image": "b.png"}"#, #"{"caption": "two"}"#,
      #"{"image": "b.png", "caption": 7}"#, #"{"image": [], "caption": "two"}"#,
    ])
  func broken(line: String) throws {
    let folder = try folder(#"{"image": "a.png", "caption": "one"}"#, line)
    guard case .malformed(_, 2, _)? = folder.failure("t.jsonl") else {
      Issue.record("\(line) was not refused")
      return
    }
    let pairs = try folder.open("t.jsonl", DataOptions(damagedRecords: .skip))
    #expect(pairs.captions == [["one"]])
    #expect(pairs.omissions.entries.map(\.name) == ["\(folder.path)/t.jsonl:2"])
  }

  @Test("A caption of null is empty")
  func null() throws {
    let pairs = try folder(
      #"{"image": "a.png", "caption": "one"}"#, #"{"image": "b.png", "caption": null}"#
    ).open("t.jsonl")
    #expect(pairs.omissions.count(.emptyCaption) == 1)
  }

  @Test("NaN and Infinity under keys that nobody reads are no fault")
  func python() throws {
    let pairs = try folder(
      #"{"image": "a.png", "caption": "one", "similarity": NaN}"#,
      #"{"image": "b.png", "caption": "two", "scores": [-Infinity]}"#
    ).open("t.jsonl")
    #expect(pairs.captions == [["one"], ["two"]])
  }

  @Test("Keys are found whatever their case, a key in its own case first")
  func cases() throws {
    let pairs = try folder(
      #"{"FILE": "a.png", "Text": "one"}"#, #"{"Image": "a.png", "image": "b.png", "TEXT": "two"}"#
    ).open("t.jsonl")
    #expect(pairs.names == ["a.png", "b.png"] && pairs.captions == [["one"], ["two"]])
  }

  @Test("Of two equal keys the last counts")
  func twice() throws {
    let pairs = try folder(#"{"image": "a.png", "caption": "first", "caption": "second"}"#).open("t.jsonl")
    #expect(pairs.captions == [["second"]])
  }

  @Test("Half a surrogate pair in a caption is broken text with its place; elsewhere it is no fault")
  func surrogates() throws {
    let broken = try folder(
      #"{"image": "a.png", "caption": "one", "x": "\ud83d"}"#, #"{"image": "b.png", "caption": "dog \ud83d"}"#
    )
    let first = #"{"image": "a.png", "caption": "one", "x": "\ud83d"}"#.utf8.count + 1
    #expect(
      broken.failure("t.jsonl")
        == .halfSurrogate(file: "\(broken.path)/t.jsonl", line: 2, offset: first + 35))
    let repaired = try broken.open("t.jsonl", DataOptions(brokenText: .repair))
    #expect(repaired.captions == [["one"], ["dog \u{FFFD}"]])
  }

  @Test("Where the usual caption is null or empty, the next usable one is taken")
  func nextUsable() throws {
    let pairs = try folder(
      #"{"image": "a.png", "caption": null, "text": "a dog"}"#,
      #"{"image": "b.png", "caption": ["", " "], "text": 7, "title": "two"}"#
    ).open("t.jsonl")
    #expect(pairs.captions == [["a dog"], ["two"]] && pairs.omissions.count == 0)
  }

  @Test("A class is a text or a number under the usual keys, or under a chosen one")
  func classes() throws {
    let folder = try folder(
      #"{"image": "a.png", "caption": "one", "label": 7, "kind": "x"}"#,
      #"{"image": "b.png", "caption": "two", "category": "cat", "label": 3}"#)
    let found = try folder.open("t.jsonl")
    #expect(found.classNames == ["7", "cat"] && found.labels == [0, 1])
    let chosen = try folder.open("t.jsonl", DataOptions(labelColumn: "label"))
    #expect(chosen.classNames == ["3", "7"] && chosen.labels == [1, 0])
  }
}
