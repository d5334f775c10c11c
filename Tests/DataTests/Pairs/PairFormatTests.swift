@testable import Data
import Testing

@Suite("Formats of pairs") struct PairFormatTests {
  @Test("Names are distinct, and a name before a colon chooses the format")
  func names() {
    #expect(Set(PairFormat.all.map(\.name)).count == PairFormat.all.count)
    #expect(PairFormat.parse("flickr8k:/data/x").format?.name == "flickr8k")
    #expect(PairFormat.parse("flickr8k:/data/x").path == "/data/x")
    #expect(PairFormat.parse("/data/csv:x").format == nil)
  }

  @Test("Only pictures with several languages heed a language, and only tables a picture's column")
  func heeds() {
    func names(_ choice: PairFormat.Choice) -> [String] {
      PairFormat.all.filter { $0.heeds.contains(choice) }.map(\.name)
    }
    #expect(names(.language) == ["emoji"])
    #expect(names(.imageColumn) == ["captions", "emoji", "csv", "tsv", "jsonl"])
    #expect(names(.captionColumn) == ["captions", "emoji", "csv", "tsv", "jsonl", "webdataset"])
  }

  @Test("Every format refuses an empty folder", arguments: PairFormat.all.indices)
  func empty(index: Int) throws {
    let folder = try PairFolder()
    #expect(folder.failure("\(PairFormat.all[index].name):") != nil)
  }

  @Test("A path of no known layout, or of nothing, is refused with all formats")
  func unknown() throws {
    let folder = try PairFolder()
    try folder.write("x", to: "d/x.bin")
    #expect(folder.failure("d") == .unknownLayout(path: "\(folder.path)/d"))
    #expect(folder.failure("e") == .notFound(path: "\(folder.path)/e"))
    for format in PairFormat.all {
      #expect(folder.failure("e")?.description.contains(format.name) == true)
    }
  }
}
