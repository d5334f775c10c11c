import TestSupport
import Testing
import Vision

@testable import Data

@Suite("Data set") struct DatasetTests {
  private func pairs() throws -> (DataFolder, Dataset) {
    let folder = try DataFolder()
    try folder.pictures("a.png", "b.png", "c.png")
    try folder.write("a.png\tone\na.png\tuno\nb.png\ttwo\nc.png\tthree\n", to: "captions.tsv")
    return (folder, try folder.open())
  }

  @Test("A picture has its captions in file order")
  func captions() throws {
    let (_, pairs) = try pairs()
    #expect(pairs.names == ["a.png", "b.png", "c.png"])
    #expect(pairs.captions == [["one", "uno"], ["two"], ["three"]])
    #expect(pairs.texts[0] == ["one", "uno"])
    #expect(pairs.parts == ["all"] && pairs.omissions.count == 0 && pairs.omissions.summary == nil)
  }

  @Test("A subset takes captions and pixels in the order asked for, also of a subset")
  func subset() throws {
    let (_, pairs) = try pairs()
    let two = pairs.subset([2, 0])
    #expect(two.captions == [["three"], ["one", "uno"]])
    #expect(two.subset([1]).captions == [["one", "uno"]])
    #expect(try two.subset([1]).images().image(0) == pairs.images().image(0))
  }

  @Test("The fingerprint depends on captions, pixels, order and the borders between captions")
  func fingerprint() throws {
    let (folder, pairs) = try pairs()
    let tables = [
      "a.png\tone\na.png\tuno\nb.png\ttwo\nc.png\tthreE\n",
      "a.png\tuno\na.png\tone\nb.png\ttwo\nc.png\tthree\n",
      "b.png\ttwo\na.png\tone\na.png\tuno\nc.png\tthree\n",
      "a.png\toneuno\nb.png\ttwo\nc.png\tthree\n",
      "a.png\tone\nb.png\tuno\nb.png\ttwo\nc.png\tthree\n",
    ]
    var seen: Set<String> = [try pairs.images().fingerprint]
    for table in tables {
      try folder.write(table, to: "captions.tsv")
      #expect(seen.insert(try folder.open().images().fingerprint).inserted, "\(table)")
    }
    try folder.write("a.png\tone\na.png\tuno\nb.png\ttwo\nc.png\tthree\n", to: "captions.tsv")
    #expect(try folder.open().images().fingerprint == pairs.images().fingerprint)
    try folder.picture(9, "b.png")
    #expect(try folder.open().images().fingerprint != pairs.images().fingerprint)
  }

  @Test("Pairs have the same fingerprint whatever they are packed in")
  func packing() throws {
    let (folder, pairs) = try pairs()
    try folder.write(
      "caption,image\none,a.png\n\"uno\",a.png\ntwo,b.png\nthree,c.png\n", to: "table.csv")
    #expect(try folder.open("table.csv").images().fingerprint == pairs.images().fingerprint)
    let shard = try [("a", 0, #"{"caption": ["one", "uno"]}"#), ("b", 1, #"{"text": "two"}"#)].flatMap {
      try Tar.member("\($0.0).png", DataFolder.png($0.1)) + Tar.member("\($0.0).json", $0.2)
    }
    let last = try Tar.member("c.png", DataFolder.png(2)) + Tar.member("c.txt", "three\n") + Tar.end
    try folder.write(shard + last, to: "shard.tar")
    #expect(try folder.open("shard.tar").images().fingerprint == pairs.images().fingerprint)
  }

  /// Pictures of 6x4 and 4x8.
  private func mixed() throws -> DataFolder {
    let folder = try DataFolder()
    for (name, height, width) in [("a.png", 4, 6), ("b.png", 8, 4)] {
      let image = ImageFixtures.drawn(width: width, height: height) { ImageFixtures.rough($0, $1, $2) }
      try folder.write(image.encodedPNG(), to: name)
    }
    return folder
  }

  @Test("Pictures of different sizes are handed out at their own, and as images of any that is asked for")
  func ownSize() throws {
    let folder = try mixed()
    let data = try Dataset.open(folder.path)
    #expect(try data.picture(0).width == 6 && data.picture(1).height == 8)
    #expect(data.identity(of: 1).height == 8 && data.identity(of: 1).width == 4)
    let mixed = DataError.mixedSizes(path: folder.path, first: "a.png: 6x4", second: "b.png: 4x8")
    #expect(throws: mixed) { try data.images() }
    let images = try data.images(at: 3)
    #expect(try images.image(1) == data.picture(1).fitted(to: 3))
    #expect(throws: DataError.self) {
      try Dataset.open(folder.path, options: DataOptions(imageSize: 3)).images(at: nil)
    }
  }

  @Test(
    "Images made later equal those made on opening, of the whole and of a subset", arguments: [0, 1 << 20])
  func madeLater(memory: Int) throws {
    let folder = try mixed()
    let later = try Dataset.open(folder.path, options: DataOptions(memoryLimit: memory))
    let opened = try Dataset.open(folder.path, options: DataOptions(imageSize: 5, memoryLimit: memory))
    #expect(try later.images(at: 5).fingerprint == opened.images().fingerprint)
    let one = try later.subset([1]).images(at: 5)
    #expect(try one.count == 1 && one.name(of: 0) == "b.png" && one.image(0) == opened.images().image(1))
    #expect(try one.fingerprint == opened.subset([1]).images().fingerprint)
    #expect(try later.subset([1]).images(at: nil).width == 4)
  }

  @Test("A picture that has changed since opening is an error that names it, at its own size and at another")
  func changed() throws {
    let folder = try mixed()
    let data = try Dataset.open(folder.path)
    let path = try folder.write(DataFolder.png(3), to: "a.png")
    for read in [{ _ = try data.picture(0) }, { _ = try data.images(at: 4) }] {
      #expect(performing: read, throws: { ($0 as? ImageError)?.file == path && "\($0)".contains("changed") })
    }
  }
}
