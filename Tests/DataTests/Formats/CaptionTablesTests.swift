@testable import Data
import Testing

@Suite("Tables of pictures and captions") struct CaptionTablesTests {
  private func folder(_ table: String, _ name: String = "t.csv") throws -> DataFolder {
    let folder = try DataFolder()
    try folder.pictures("a.png", "sub/b.png")
    try folder.write(table, to: name)
    return folder
  }

  @Test("Columns are found by their usual names, whatever their case, and rows of a picture gathered")
  func usual() throws {
    let pairs = try folder("id,Caption,FILEPATH\n1,\"one, two\",a.png\n2,three,sub/b.png\n3,four,a.png\n")
      .open("t.csv")
    #expect(pairs.format == "csv")
    #expect(pairs.names == ["a.png", "sub/b.png"])
    #expect(pairs.captions == [["one, two", "four"], ["three"]])
  }

  @Test("Columns are chosen by name")
  func chosen() throws {
    let folder = try folder("image\talt\ttext\twhere\nx.png\tone\tno\ta.png\n", "t.tsv")
    let options = DataOptions(imageColumn: "where", captionColumn: "alt")
    #expect(try folder.open("t.tsv", options).captions == [["one"]])
    #expect(try folder.open("tsv:t.tsv", options).names == ["a.png"])
  }

  @Test("A column of splits is heeded")
  func splits() throws {
    let folder = try folder("image,caption,split\na.png,one,train\nsub/b.png,two,test\n")
    #expect(try folder.open("t.csv").partOfEach == ["train", "test"])
    #expect(try folder.open("t.csv", DataOptions(parts: ["test"])).captions == [["two"]])
  }

  @Test("A table without the column for pictures or captions is refused with the columns it has")
  func missing() throws {
    for (table, lacks) in [("url,caption\n", "image"), ("image,words\n", "caption")] {
      guard case .missingColumn(_, let wanted, let found)? = try folder(table).failure("t.csv") else {
        Issue.record("\(table) was not refused")
        continue
      }
      #expect(wanted[0] == lacks && found.count == 2)
    }
  }

  @Test("A ragged row is refused with file and line, or left out and named")
  func ragged() throws {
    let folder = try folder("image,caption\n\na.png,one\nsub/b.png,two,three\nsub/b.png,two\n")
    #expect(
      folder.failure("t.csv")
        == .malformed(file: "\(folder.path)/t.csv", line: 4, reason: "3 fields, expected 2"))
    let pairs = try folder.open("t.csv", DataOptions(damagedRecords: .skip))
    #expect(pairs.captions == [["one"], ["two"]])
    #expect(pairs.omissions.entries(.damagedRecord).map(\.name) == ["\(folder.path)/t.csv:4"])
  }

  @Test("A missing picture is a caption without image, by file and line")
  func missingPicture() throws {
    let folder = try folder("image,caption\nz.png,none\na.png,one\n")
    let pairs = try folder.open("t.csv")
    #expect(
      pairs.omissions.entries == [
        Omission(
          kind: .captionWithoutImage, name: "\(folder.path)/t.csv:2", reason: "there is no file z.png")
      ])
  }

  @Test("Broken text inside quotation marks is named by its byte in the file")
  func brokenText() throws {
    let folder = try folder("")
    try folder.write(
      Array("image,caption\na.png,\"a \"\"b\"\" ".utf8) + [0xFF] + Array("\"\n".utf8), to: "t.csv")
    #expect(folder.failure("t.csv") == .brokenText(file: "\(folder.path)/t.csv", line: 2, offset: 29))
  }

  @Test("A missing or empty file is refused")
  func absent() throws {
    let folder = try folder("")
    #expect(folder.failure("csv:x.csv") == .notFound(path: "\(folder.path)/x.csv"))
    guard case .malformed(_, 1, _)? = folder.failure("t.csv") else {
      Issue.record("an empty table was not refused")
      return
    }
  }

  @Test("Names that differ in Unicode normalisation alone are two pictures")
  func normalisation() throws {
    let folder = try DataFolder()
    try folder.pictures("\u{E9}.png", "e\u{301}.png")
    try folder.write("image,caption\n\u{E9}.png,one\ne\u{301}.png,two\n", to: "t.csv")
    #expect(try folder.open("t.csv").captions == [["one"], ["two"]])
  }

  @Test("A quotation mark that is never closed costs its row alone")
  func unclosed() throws {
    let folder = try folder("image,caption\na.png,\"never closed\nsub/b.png,two\n")
    let pairs = try folder.open("t.csv", DataOptions(damagedRecords: .skip))
    #expect(pairs.captions == [["two"]])
    #expect(pairs.omissions.entries(.damagedRecord).map(\.name) == ["\(folder.path)/t.csv:2"])
  }

  @Test("Quoted values of a TSV are read as csv.writer writes them")
  func quotedTabs() throws {
    let folder = try folder(
      "image\tcaption\na.png\t\"a \"\"big\"\" dog\"\nsub/b.png\t\"so\" it said\n", "t.tsv")
    #expect(try folder.open("t.tsv").captions == [["a \"big\" dog"], ["\"so\" it said"]])
  }

  @Test("Lines may end in carriage returns alone")
  func carriageReturns() throws {
    let folder = try folder("image,caption\ra.png,one\rsub/b.png,two\r")
    #expect(try folder.open("t.csv").captions == [["one"], ["two"]])
  }

  @Test("An error quotes some columns of a table with thousands, not all")
  func manyColumns() throws {
    let folder = try folder((0..<5000).map { "column \($0)" }.joined(separator: ",") + "\n")
    let words = try #require(folder.failure("t.csv")?.description)
    #expect(words.count < 1500 && words.contains("and 4970 more"))
  }

  @Test("./a.png and sub//b.png are a.png and sub/b.png")
  func normalisedPaths() throws {
    let pairs = try folder("image,caption\n./a.png,one\na.png,two\nsub//b.png,three\n").open("t.csv")
    #expect(pairs.names == ["a.png", "sub/b.png"])
    #expect(pairs.captions == [["one", "two"], ["three"]] && pairs.omissions.count == 0)
  }

  @Test("A name in another normalisation than the file's is no file, and the reason says so")
  func hint() throws {
    let folder = try DataFolder()
    try folder.pictures("a.png", "caf\u{E9}.png")
    try folder.write("image,caption\na.png,one\ncafe\u{301}.png,two\n", to: "t.csv")
    let pairs = try folder.open("t.csv")
    #expect(pairs.names == ["a.png"])
    #expect(pairs.omissions.entries(.captionWithoutImage).allSatisfy { $0.reason.contains("normalisation") })
    #expect(pairs.omissions.count(.captionWithoutImage) == 1)
  }

  @Test("The column of parts is chosen by name, and one that is not there is refused")
  func partColumn() throws {
    let folder = try folder("image,caption,fold\na.png,one,A\nsub/b.png,two,B\n")
    #expect(try folder.open("t.csv", DataOptions(partColumn: "fold")).partOfEach == ["A", "B"])
    #expect(try folder.open("t.csv").partOfEach == ["all", "all"])
    #expect(
      folder.failure("t.csv", DataOptions(partColumn: "part"))
        == .missingColumn(
          file: "\(folder.path)/t.csv", wanted: ["part"], found: ["image", "caption", "fold"]))
  }

  @Test(
    "A column of classes is found by its usual names, or chosen; classes are numbered by their names' bytes")
  func classes() throws {
    let folder = try folder("image,caption,category,kind\na.png,one,dog,x\nsub/b.png,two,cat,y\n")
    let found = try folder.open("t.csv")
    #expect(found.classNames == ["cat", "dog"] && found.labels == [1, 0])
    let chosen = try folder.open("t.csv", DataOptions(labelColumn: "kind"))
    #expect(chosen.classNames == ["x", "y"] && chosen.labels == [0, 1])
    #expect(
      folder.failure("t.csv", DataOptions(labelColumn: "type"))
        == .missingColumn(
          file: "\(folder.path)/t.csv", wanted: ["type"], found: ["image", "caption", "category", "kind"]))
    #expect(try folder.open("t.csv", DataOptions(captionColumn: "category")).classNames == nil)
    #expect(try folder.open("t.csv").images().fingerprint == chosen.images().fingerprint)
  }

  @Test(
    "An empty class is unknown, one class alone tells nothing apart, and a second one of a picture is named")
  func oddClasses() throws {
    let empty = try folder("image,caption,class\na.png,one, \nsub/b.png,two,x\nsub/b.png,three,y\n")
    let found = try empty.open("t.csv")
    #expect(found.classNames == ["x", "y"] && found.label(of: 0) == nil && found.label(of: 1) == 0)
    #expect(found.omissions.entries.map(\.name) == ["\(empty.path)/t.csv:4"])
    let one = try folder("image,caption,label\na.png,one,x\nsub/b.png,two,x\n").open("t.csv")
    #expect(one.classNames == nil && one.labels == nil)
  }

  @Test(
    "A path that leads out of the table's folder is followed in no format unless that is allowed",
    arguments: ["t.csv", "t.jsonl", "captions"])
  func outside(format: String) throws {
    let folder = try DataFolder()
    try folder.pictures("outside.png", "in/a.png")
    let names = ["a.png", "../outside.png", "\(folder.path)/outside.png", "b/../../outside.png"]
    switch format {
    case "t.csv":
      try folder.write("image,caption\n" + names.map { "\($0),text\n" }.joined(), to: "in/t.csv")
    case "t.jsonl":
      let lines = names.map { "{\"image\": \"\($0)\", \"caption\": \"text\"}\n" }
      try folder.write(lines.joined(), to: "in/t.jsonl")
    default: try folder.write(names.map { "\($0)\ttext\n" }.joined(), to: "in/captions.tsv")
    }
    try folder.picture(7, "in/b/c.png")
    let place = format == "captions" ? "captions:in" : "in/\(format)"
    let inside = try folder.open(place)
    #expect(inside.names == ["a.png"])
    let reasons = inside.omissions.entries(.captionWithoutImage).map(\.reason)
    #expect(reasons.count == 3 && reasons.allSatisfy { $0.contains("leads out of the table's folder") })
    // The same picture by three paths is there once.
    let all = try folder.open(place, DataOptions(readsOutside: true))
    #expect(all.names == ["a.png", "../outside.png"] && all.omissions.count(.duplicate) == 2)
  }

  @Test("A table of nothing but paths outside says so and how they are followed")
  func nothingInside() throws {
    let folder = try folder("image,caption\n/a.png,one\n")
    #expect(folder.failure("t.csv")?.description.contains("--outside-paths") == true)
  }
}
