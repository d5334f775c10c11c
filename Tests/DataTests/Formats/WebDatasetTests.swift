@testable import Data
import Testing
import Vision

@Suite("WebDataset archives") struct WebDatasetTests {
  private func png(_ number: Int) throws -> [UInt8] { try DataFolder.png(number) }

  /// An archive of pictures `first` and `first + 1` with a caption each.
  private func shard(_ first: Int) throws -> [UInt8] {
    try Tar.member("\(first).png", png(first)) + Tar.member("\(first).txt", "number \(first)\n")
      + Tar.member("\(first + 1).txt", "number \(first + 1)") + Tar.member("\(first + 1).png", png(first + 1))
  }

  @Test("One archive, a folder of them and a pattern are read in order")
  func several() throws {
    let folder = try DataFolder()
    for number in 0..<3 { try folder.write(shard(2 * number) + Tar.end, to: "d/s-\(number).tar") }
    let all = try folder.open("d")
    #expect(all.format == "webdataset")
    #expect(all.captions == (0..<6).map { ["number \($0)"] })
    #expect(all.names[3] == "s-1.tar:3.png")
    #expect(try folder.open("d/s-{0..2}.tar").images().fingerprint == all.images().fingerprint)
    #expect(try folder.open("d/s-1.tar").images().fingerprint == all.subset([2, 3]).images().fingerprint)
    #expect(folder.failure("d/s-{0..3}.tar") == .notFound(path: "\(folder.path)/d/s-3.tar"))
  }

  @Test(
    "Pictures in an archive decode as they do in a folder, held in memory or streamed",
    arguments: [4 << 30, 0])
  func pixels(memory: Int) throws {
    let folder = try DataFolder()
    try folder.write(shard(0) + Tar.end, to: "s.tar")
    let pairs = try folder.open("s.tar", DataOptions(imageSize: 3, memoryLimit: memory))
    try folder.pictures("p/0.png", "p/1.png")
    let pictures = try Dataset.open(folder.path + "/p", options: DataOptions(imageSize: 3)).images()
    let images = try pairs.images()
    #expect(images.isInMemory == (memory > 0))
    #expect(try images.pixels(of: [1, 0]) == pictures.pixels(of: [1, 0]))
    #expect((0..<2).allSatisfy { images.fingerprint(of: $0) == pictures.fingerprint(of: $0) })
  }

  @Test("The key ends at the first dot after the folder; other suffixes and hidden files are not looked at")
  func keys() throws {
    let folder = try DataFolder()
    let members = try [
      Tar.member("v1.0/a.png", png(0)), Tar.member("v1.0/a.txt", "one"), Tar.member("v1.0/a.seg.png", png(1)),
      Tar.member("v1.0/a.cls", "7"), Tar.member("v1.0/._a.png", "resource fork"),
      Tar.member("README", "text"),
      Tar.member("v1.0/b.PNG", png(2)), Tar.member("v1.0/b.txt", "two"),
    ]
    let pairs = try (folder.write(members.joined() + Tar.end, to: "s.tar"), folder.open("s.tar")).1
    #expect(pairs.names == ["s.tar:v1.0/a.png", "s.tar:v1.0/b.PNG"])
    #expect(pairs.captions == [["one"], ["two"]] && pairs.omissions.count == 0)
  }

  @Test("Where text and object are both there, the text is the caption")
  func both() throws {
    let folder = try DataFolder()
    let members =
      try Tar.member("a.png", png(0)) + Tar.member("a.json", #"{"caption": "object"}"#)
      + Tar.member("a.txt", "text")
    try folder.write(members + Tar.end, to: "s.tar")
    #expect(try folder.open("s.tar").captions == [["text"]])
  }

  @Test("Pictures without text and texts without picture are named by archive and member")
  func unpaired() throws {
    let folder = try DataFolder()
    let members = try shard(0) + Tar.member("x.png", png(9)) + Tar.member("y.txt", "lonely")
    try folder.write(members + Tar.end, to: "s.tar")
    let pairs = try folder.open("s.tar")
    #expect(pairs.count == 2)
    #expect(pairs.omissions.entries(.imageWithoutCaption).map(\.name) == ["s.tar:x.png"])
    #expect(pairs.omissions.entries(.captionWithoutImage).map(\.name) == ["s.tar:y.txt"])
  }

  @Test("An archive cut short is refused with its name and the place, or used up to there")
  func cutShort() throws {
    let folder = try DataFolder()
    let whole = try shard(0) + shard(2)
    let path = try folder.write(Array(whole.dropLast(600)), to: "s.tar")
    guard case .cutShort(path, whole.count - 600, _, _)? = folder.failure("s.tar") else {
      Issue.record("\(String(describing: folder.failure("s.tar")))")
      return
    }
    let pairs = try folder.open("s.tar", DataOptions(damagedRecords: .skip))
    #expect(pairs.captions == (0..<3).map { ["number \($0)"] })
    #expect(pairs.omissions.count(.damagedRecord) == 1)
    #expect(pairs.omissions.entries(.captionWithoutImage).map(\.name) == ["s.tar:3.txt"])
  }

  @Test("A member that leads out of the archive and broken JSON are refused or named")
  func badMembers() throws {
    let bad: [(String, [UInt8])] = try [
      ("../z.png", png(7)), ("/z.txt", Array("out".utf8)),
      ("z.json", Array(#"{"caption""#.utf8)), ("z.json", Array(#"{"url": "x"}"#.utf8)),
    ]
    for (name, content) in bad {
      let folder = try DataFolder()
      let picture = name == "z.json" ? try Tar.member("z.png", png(6)) : []
      try folder.write(shard(0) + picture + Tar.member(name, content) + Tar.end, to: "s.tar")
      guard case .badMember(_, name, _)? = folder.failure("s.tar") else {
        Issue.record("\(name): \(String(describing: folder.failure("s.tar")))")
        continue
      }
      let pairs = try folder.open("s.tar", DataOptions(damagedRecords: .skip))
      #expect(pairs.captions == [["number 0"], ["number 1"]])
      #expect(try pairs.picture(0) == PixelImage(decoding: png(0), name: "0"))
      #expect(pairs.omissions.entries(.damagedRecord).map(\.name) == ["s.tar:\(name)"])
    }
  }

  @Test("A picture in an archive that does not decode is left out and named")
  func undecodable() throws {
    let folder = try DataFolder()
    try folder.write(
      shard(0) + Tar.member("z.jpg", "no picture") + Tar.member("z.txt", "text") + Tar.end, to: "s.tar")
    let pairs = try folder.open("s.tar")
    #expect(pairs.count == 2)
    #expect(pairs.omissions.entries(.undecodableImage).map(\.name) == ["s.tar:z.jpg"])
  }

  @Test("Broken text in an archive is named by its byte in the archive")
  func brokenText() throws {
    let folder = try DataFolder()
    let path = try folder.write(
      Tar.member("a.txt", Array("ok ".utf8) + [0x80]) + Tar.member("a.png", png(0)) + Tar.end, to: "s.tar")
    #expect(folder.failure("s.tar") == .brokenText(file: path, line: nil, offset: 515))
  }

  @Test("Of two pictures, or two texts, under one key the first counts and the second is named")
  func seconds() throws {
    let folder = try DataFolder()
    try folder.write(
      shard(0) + Tar.member("0.jpg", png(8)) + Tar.member("0.txt", "again") + Tar.end, to: "s.tar")
    let pairs = try folder.open("s.tar")
    #expect(pairs.captions == [["number 0"], ["number 1"]])
    #expect(try pairs.picture(0) == PixelImage(decoding: png(0), name: "0"))
    #expect(pairs.omissions.entries(.duplicate).map(\.name) == ["s.tar:0.jpg", "s.tar:0.txt"])
  }

  @Test("A key with a dot ends at it: what that makes unusable is named with the reason")
  func dots() throws {
    let folder = try DataFolder()
    let dotted = try Tar.member("x.v2.png", png(9)) + Tar.member("x.v2.txt", "lost")
    try folder.write(shard(0) + dotted + Tar.end, to: "s.tar")
    let pairs = try folder.open("s.tar")
    #expect(pairs.count == 2)
    #expect(pairs.omissions.entries.map(\.name) == ["s.tar:x.v2.png", "s.tar:x.v2.txt"])
    #expect(pairs.omissions.entries.allSatisfy { $0.reason.contains("first dot") })
    try folder.write(dotted + Tar.end, to: "t.tar")
    #expect(folder.failure("t.tar")?.description.contains("t.tar:x.v2.png") == true)
  }

  @Test(
    "NaN in an object, keys in capitals, a byte order mark and an empty text are no obstacle to a caption")
  func tolerant() throws {
    let folder = try DataFolder()
    let members = try [
      Tar.member("a.png", png(0)), Tar.member("a.json", #"{"similarity": NaN, "CAPTION": "one"}"#),
      Tar.member("b.png", png(1)), Tar.member("b.txt", "\u{FEFF}two"),
      Tar.member("c.png", png(2)), Tar.member("c.txt", " "), Tar.member("c.json", #"{"text": "three"}"#),
    ]
    try folder.write(members.joined() + Tar.end, to: "s.tar")
    let pairs = try folder.open("s.tar")
    #expect(pairs.captions == [["one"], ["two"], ["three"]] && pairs.omissions.count == 0)
  }

  @Test("A packed archive is refused by name, and one without an end mark is read with a remark")
  func ends() throws {
    let folder = try DataFolder()
    let packed = try folder.write([0x1F, 0x8B] + [UInt8](repeating: 7, count: 600), to: "s.tar.gz")
    #expect(folder.failure("s.tar.gz") == .packedShard(shard: packed))
    try folder.write(shard(0), to: "t.tar")
    let pairs = try folder.open("t.tar")
    #expect(pairs.count == 2)
    #expect(pairs.omissions.entries(.damagedRecord).map(\.name) == ["t.tar"])
  }

  @Test("Keys that differ in Unicode normalisation alone are two pictures")
  func normalisation() throws {
    let folder = try DataFolder()
    let members = try [
      Tar.member("\u{E9}.png", png(0)), Tar.member("e\u{301}.png", png(1)), Tar.member("\u{E9}.txt", "one"),
      Tar.member("e\u{301}.txt", "two"),
    ]
    try folder.write(members.joined() + Tar.end, to: "s.tar")
    #expect(try folder.open("s.tar").captions == [["one"], ["two"]])
  }
}
