@testable import Data
import Files
import Foundation
import Testing

@Suite("Folders with captions") struct CaptionsFolderTests {
  private static let data = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../data").standardized.path

  @Test("A line of column names may put them in any order; keywords make a second caption")
  func columns() throws {
    let folder = try DataFolder()
    try folder.pictures("x/a.png", "b.png")
    try folder.write(
      "keywords\ttitle\tFile\ncat | grey cat\tA cat\tx/a.png\n\tA dog\tb.png\n", to: "captions.tsv")
    let pairs = try folder.open()
    #expect(pairs.names == ["x/a.png", "b.png"])
    #expect(pairs.captions == [["A cat", "cat, grey cat"], ["A dog"]])
    let keywords = try folder.open("", DataOptions(captionColumn: "keywords"))
    #expect(keywords.captions == [["cat | grey cat"]])
    #expect(keywords.omissions.count(.emptyCaption) == 1)
  }

  @Test("A column that is asked for and not there is named, with those that are")
  func missingColumn() throws {
    let folder = try DataFolder()
    try folder.pictures("a.png")
    try folder.write("file\ttitle\na.png\tA cat\n", to: "captions.tsv")
    #expect(
      folder.failure("", DataOptions(captionColumn: "alt"))
        == .missingColumn(file: "\(folder.path)/captions.tsv", wanted: ["alt"], found: ["file", "title"]))
  }

  @Test("The sample of drawings opens whole: a title each, keywords where it has some")
  func openClipart() throws {
    let pairs = try Dataset.open(
      CaptionsFolderTests.data + "/openclipart", options: DataOptions(captions: true))
    #expect(pairs.format == "captions")
    #expect(pairs.count == 4843 && pairs.omissions.count == 0)
    #expect(try pairs.images().height == 64)
    #expect(pairs.name(of: 0) == "animals/2_dead_frogs_lumen_desig_01.png")
    #expect(pairs.texts[0][0] == "2 dead frogs")
    #expect(pairs.texts[0][1].hasPrefix("kwaakwaa, squeleton, froggies"))
    #expect(pairs.texts.allSatisfy { (1...2).contains($0.count) })
    // The classes are those of its sub-folders.
    let folders = try Dataset.open(CaptionsFolderTests.data + "/openclipart")
    #expect(pairs.classNames?.count == 22 && pairs.classNames == folders.classNames)
    #expect(pairs.labels == folders.labels)
  }

  @Test(
    "The emoji open in every language with the same pictures in the same order",
    arguments: [
      ("en", "dog face"), ("de", "Hundegesicht"), ("ja", "イヌの顔"), ("ar", "وجه كلب"), ("th", "หน้าสุนัข"),
    ])
  func emoji(language: String, dog: String) throws {
    let english = try Dataset.open(
      CaptionsFolderTests.data + "/emoji", options: DataOptions(captions: true, imageSize: 16))
    let pairs = try Dataset.open(
      CaptionsFolderTests.data + "/emoji",
      options: DataOptions(captions: true, imageSize: 16, language: language))
    #expect(pairs.format == "emoji")
    #expect(pairs.names == english.names)
    #expect(pairs.count + pairs.omissions.count(.duplicate) == 1594)
    let index = try #require(pairs.names.firstIndex(of: "1f436.png"))
    #expect(pairs.texts[index][0] == dog)
    #expect(pairs.texts[index].count == 2)
    #expect(try (pairs.images().fingerprint == english.images().fingerprint) == (language == "en"))
  }

  @Test("The emoji have seventeen languages, and another is refused with their names")
  func languages() throws {
    let folder = CaptionsFolderTests.data + "/emoji"
    #expect(try DataFormat.languages(of: folder).count == 17)
    #expect {
      try Dataset.open(folder, options: DataOptions(captions: true, language: "xx"))
    } throws: {
      guard case .unknownLanguage(_, "xx", let known)? = $0 as? DataError else { return false }
      return known.contains("he") && known.contains("zh")
    }
  }

  @Test("A file name that leads out of the folder is a caption without image")
  func escapes() throws {
    let folder = try DataFolder()
    try folder.pictures("in/a.png", "b.png")
    try folder.write("../b.png\tout\na.png\tin\n", to: "in/captions.tsv")
    let pairs = try folder.open("in")
    #expect(pairs.names == ["a.png"])
    #expect(pairs.omissions.count(.captionWithoutImage) == 1)
  }

  @Test(
    "Names that differ in Unicode normalisation alone are two pictures, and what is composed otherwise is none"
  )
  func normalisation() throws {
    let folder = try DataFolder()
    try folder.pictures("\u{E9}.png", "e\u{301}.png", "u\u{308}.png")
    try folder.write("\u{E9}.png\tone\ne\u{301}.png\ttwo\n\u{FC}.png\tthree\n", to: "captions.tsv")
    let pairs = try folder.open()
    #expect(pairs.captions == [["one"], ["two"]])
    #expect(
      pairs.omissions.entries(.captionWithoutImage).map { $0.reason.contains("normalisation") } == [true])
    #expect(pairs.omissions.count(.imageWithoutCaption) == 1)
  }

  @Test("./a.png in the table is a.png")
  func normalisedPaths() throws {
    let folder = try DataFolder()
    try folder.pictures("a.png")
    try folder.write("./a.png\tone\n", to: "captions.tsv")
    #expect(try folder.open().names == ["a.png"])
  }
}
