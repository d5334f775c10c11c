import Testing

@testable import Data

@Suite("Data sets in pieces") struct DatasetPiecesTests {
  private func shards(_ count: Int, in folder: DataFolder) throws {
    for number in 0..<count {
      let members = try (0..<3).flatMap { place in
        let key = "\(number)-\(place)"
        return try Tar.member("\(key).png", DataFolder.png(3 * number + place))
          + Tar.member("\(key).txt", "caption \(key)")
      }
      try folder.write(members + Tar.end, to: "shards/s-\(number).tar")
    }
  }

  @Test("Archives opened one by one hold together what all of them hold when opened at once")
  func archives() throws {
    let folder = try DataFolder()
    try shards(3, in: folder)
    let whole = try folder.open("shards")
    let pieces = try DatasetPieces("\(folder.path)/shards", options: DataOptions(captions: true))
    #expect(pieces.count == 3 && (0..<3).map(pieces.name) == ["s-0.tar", "s-1.tar", "s-2.tar"])
    let opened = try (0..<3).map(pieces.open)
    #expect(opened.flatMap(\.names) == whole.names)
    #expect(opened.flatMap { $0.captions ?? [] } == whole.captions)
    #expect(
      opened.flatMap { data in (0..<data.count).map(data.identity) } == (0..<whole.count).map(whole.identity))
    #expect(pieces.omissions == nil)
  }

  @Test(
    "Archives of equal names in two folders keep their paths in the names of pictures, as when opened at once"
  )
  func equalNames() throws {
    let folder = try DataFolder()
    for name in ["a", "b"] {
      try folder.write(
        Tar.member("x.png", DataFolder.png(name == "a" ? 0 : 1)) + Tar.member("x.txt", name) + Tar.end,
        to: "\(name)/s.tar")
    }
    let whole = try folder.open("{a,b}/s.tar")
    let pieces = try DatasetPieces("\(folder.path)/{a,b}/s.tar")
    #expect(try (0..<2).flatMap { try pieces.open($0).names } == whole.names)
  }

  @Test("What an archive leaves out is told by its piece alone, and one with nothing to use says so")
  func omissions() throws {
    let folder = try DataFolder()
    try shards(1, in: folder)
    try folder.write(Tar.member("a.txt", "no picture") + Tar.end, to: "shards/s-1.tar")
    try folder.write(
      Tar.member("b.png", DataFolder.png(7)) + Tar.member("b.txt", "b") + Tar.member("c.txt", "lonely")
        + Tar.end, to: "shards/s-2.tar")
    let pieces = try DatasetPieces("\(folder.path)/shards", options: DataOptions(captions: true))
    #expect(try pieces.open(0).omissions.count == 0)
    #expect(try pieces.open(2).omissions.count(.captionWithoutImage) == 1)
    let error = #expect(throws: DataError.self) { try pieces.open(1) }
    #expect(error?.tellsOfNothing == true)
    #expect(!DataError.notFound(path: "s").tellsOfNothing)
  }

  @Test("Pictures of a folder come in ranges of at most as many as a piece may have, in order")
  func ranges() throws {
    let folder = try DataFolder()
    try folder.pictures("p/0.png", "p/1.png", "p/2.png")
    let pieces = try DatasetPieces("\(folder.path)/p")
    #expect(pieces.count == 1 && pieces.name(of: 0) == "1-3")
    #expect(try pieces.open(0).names == Dataset.open("\(folder.path)/p").names)
    #expect(pieces.omissions?.count == 0)
    #expect(DatasetPieces.ranges(of: 9000) == [0..<4096, 4096..<8192, 8192..<9000])
    #expect(DatasetPieces.ranges(of: 4096) == [0..<4096])
  }
}
