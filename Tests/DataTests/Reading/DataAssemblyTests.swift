@testable import Data
import Files
import Testing
import Vision

@Suite("What makes whole pairs") struct PairAssemblyTests {
  /// Three pictures and a table that the test gives.
  private func folder(_ table: String) throws -> DataFolder {
    let folder = try DataFolder()
    try folder.pictures("a.png", "b.png", "c.png")
    try folder.write(table, to: "captions.tsv")
    return folder
  }

  @Test(
    "Captions of nothing, white space, control or zero-width characters are empty: named, left out or refused",
    arguments: ["", " \u{3000} ", "\u{1}\u{7}\u{1B}", "\u{200B}\u{FEFF}"])
  func empty(caption: String) throws {
    let folder = try folder("a.png\tone\nb.png\t\(caption)\nb.png\ttwo\nc.png\t\(caption)\n")
    let pairs = try folder.open()
    #expect(pairs.captions == [["one"], ["two"]])
    let empty = pairs.omissions.entries(.emptyCaption)
    #expect(empty.map(\.name) == ["captions.tsv:2", "captions.tsv:4"].map { "\(folder.path)/\($0)" })
    #expect(pairs.omissions.entries(.imageWithoutCaption).map(\.name) == ["c.png"])
    guard case .refused(let omission)? = folder.failure("", DataOptions(emptyCaptions: .refuse)) else {
      Issue.record("an empty caption was not refused")
      return
    }
    #expect(omission == empty[0])
  }

  @Test("A caption of 100 kB is kept to its last character")
  func long() throws {
    let caption = String(repeating: "wörter ", count: 12_800) + "end"
    let pairs = try folder("a.png\t\(caption)\n").open()
    #expect(caption.utf8.count > 100_000)
    #expect(pairs.texts[0][0] == caption)
  }

  @Test("White space around a caption is taken off, within it stays")
  func trimmed() throws {
    #expect(try folder("a.png\t  a  b \u{A0}\r\n").open().texts[0][0] == "a  b")
  }

  @Test("A caption given twice to an image is left out once and named, kept or refused as configured")
  func doubledCaption() throws {
    let folder = try folder("a.png\tone\na.png\tone \nb.png\tone\n")
    let pairs = try folder.open()
    #expect(pairs.captions == [["one"], ["one"]])
    #expect(pairs.omissions.entries(.duplicate).map(\.name) == ["\(folder.path)/captions.tsv:2"])
    #expect(try folder.open("", DataOptions(duplicates: .keep)).captions == [["one", "one"], ["one"]])
    #expect(folder.failure("", DataOptions(duplicates: .refuse)) != nil)
  }

  @Test("Captions that differ in code points alone are different captions")
  func composed() throws {
    #expect(try folder("a.png\t\u{E9}\na.png\te\u{301}\n").open().texts[0].count == 2)
  }

  @Test("A picture that equals an earlier one is left out and named, kept or refused as configured")
  func doubledPicture() throws {
    let folder = try folder("a.png\tone\nb.png\ttwo\nd.png\tone again\nc.png\tthree\n")
    try folder.picture(0, "d.png")
    let pairs = try folder.open()
    #expect(pairs.names == ["a.png", "b.png", "c.png"])
    #expect(pairs.captions == [["one"], ["two"], ["three"]])
    #expect(pairs.omissions.entries(.duplicate).map(\.reason) == ["its pixels equal those of a.png"])
    #expect(try folder.open("", DataOptions(duplicates: .keep)).count == 4)
    #expect(folder.failure("", DataOptions(duplicates: .refuse)) != nil)
  }

  @Test("Pictures without caption and captions without picture are named and counted, or refused")
  func unpaired() throws {
    let folder = try folder("a.png\tone\nmissing.png\ttwo\nmissing.png\tthree\n")
    let pairs = try folder.open()
    #expect(pairs.names == ["a.png"])
    #expect(pairs.omissions.entries(.imageWithoutCaption).map(\.name) == ["b.png", "c.png"])
    #expect(pairs.omissions.count(.captionWithoutImage) == 2)
    #expect(
      pairs.omissions.summary
        == "left out: image without caption: 2 (first: b.png), caption without image: 2 "
        + "(first: \(folder.path)/captions.tsv:2)")
    let refused = folder.failure("", DataOptions(unpaired: .refuse))
    #expect(refused?.description.contains("has no picture missing.png") == true)
  }

  @Test("A picture that does not decode is left out with its captions and named, or refused")
  func undecodable() throws {
    let folder = try folder("a.png\tone\nb.png\ttwo\nc.png\tthree\n")
    try folder.write("no picture", to: "b.png")
    let pairs = try folder.open()
    #expect(pairs.names == ["a.png", "c.png"])
    #expect(pairs.captions == [["one"], ["three"]])
    #expect(try pairs.picture(1) == PixelImage(decoding: DataFolder.png(2), name: "c"))
    #expect(pairs.omissions.entries(.undecodableImage).map(\.name) == ["b.png"])
    #expect(throws: ImageError.self) { try folder.open("", DataOptions(damagedImages: .refuse)) }
  }

  @Test("Where nothing is left the error counts what was left out")
  func nothing() throws {
    let failure = try folder("a.png\t\nmissing.png\tone\n").failure()
    #expect(failure?.description.contains("empty caption: 1") == true)
    #expect(failure?.description.contains("caption without image: 1") == true)
  }

  @Test("No more captions than asked for are kept, the first ones")
  func most() throws {
    let folder = try folder("a.png\tone\na.png\ttwo\na.png\tthree\nb.png\tfour\n")
    let pairs = try folder.open("", DataOptions(captionsPerImage: 2))
    #expect(pairs.captions == [["one", "two"], ["four"]])
    #expect(pairs.omissions.count(.duplicate) == 0)
  }

  @Test("Broken UTF-8 is refused with file, line and byte, or repaired")
  func brokenText() throws {
    let folder = try folder("")
    try folder.write(
      Array("a.png\tone\nb.png\tc".utf8) + [0xE2, 0x82] + Array("t\n".utf8), to: "captions.tsv")
    #expect(
      folder.failure() == .brokenText(file: "\(folder.path)/captions.tsv", line: 2, offset: 17))
    #expect(try folder.open("", DataOptions(brokenText: .repair)).texts[1] == ["c\u{FFFD}t"])
  }

  @Test("Options outside their ranges are refused by name")
  func options() throws {
    let wrong: [(DataOptions, String)] = [
      (DataOptions(imageSize: 0), "imageSize"), (DataOptions(captionsPerImage: 0), "captionsPerImage"),
      (DataOptions(parts: []), "parts"), (DataOptions(language: "../en"), "language"),
      (DataOptions(imageSize: 5000), "imageSize"),
      (DataOptions(memoryLimit: -1), "memoryLimit"), (DataOptions(pixelLimit: 0), "pixelLimit"),
    ]
    for (options, key) in wrong {
      #expect { try options.validate() } throws: { ($0 as? InvalidSetting)?.path == key }
    }
  }

  @Test("Options read from JSON are those that were written, and unknown keys are refused")
  func codable() throws {
    let options = DataOptions(imageSize: 32, parts: ["train"], language: "de", unpaired: .refuse)
    let json = try Configuration.encode(options)
    #expect(try Configuration.decode(DataOptions.self, from: json, file: "pairs.json") == options)
    #expect(throws: ConfigurationError.self) {
      try Configuration.decode(
        DataOptions.self, from: Array(#"{"unpaird": "skip"}"#.utf8).withUnsafeBytes { .init($0) },
        file: "pairs.json", defaults: DataOptions())
    }
  }
}
