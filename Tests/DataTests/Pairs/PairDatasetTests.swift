@testable import Data
import Testing

@Suite("Pairs") struct PairDatasetTests {
  private func pairs() throws -> (PairFolder, PairDataset) {
    let folder = try PairFolder()
    try folder.pictures("a.png", "b.png", "c.png")
    try folder.write("a.png\tone\na.png\tuno\nb.png\ttwo\nc.png\tthree\n", to: "captions.tsv")
    return (folder, try folder.open())
  }

  @Test("An image has its captions in file order, the first unless another is asked for")
  func captions() throws {
    let (_, pairs) = try pairs()
    #expect(pairs.names == ["a.png", "b.png", "c.png"])
    #expect(pairs.captions == [["one", "uno"], ["two"], ["three"]])
    #expect(pairs.caption(0) == "one" && pairs.caption(0, 1) == "uno")
    #expect(pairs.partition == nil && pairs.omissions.count == 0 && pairs.omissions.summary == nil)
  }

  @Test("A subset takes captions and pixels in the order asked for, also of a subset")
  func subset() throws {
    let (_, pairs) = try pairs()
    let two = pairs.subset([2, 0])
    #expect(two.captions == [["three"], ["one", "uno"]])
    #expect(two.subset([1]).captions == [["one", "uno"]])
    #expect(try two.subset([1]).images.image(0) == pairs.images.image(0))
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
    var seen: Set<String> = [pairs.fingerprint]
    for table in tables {
      try folder.write(table, to: "captions.tsv")
      #expect(seen.insert(try folder.open().fingerprint).inserted, "\(table)")
    }
    try folder.write("a.png\tone\na.png\tuno\nb.png\ttwo\nc.png\tthree\n", to: "captions.tsv")
    #expect(try folder.open().fingerprint == pairs.fingerprint)
    try folder.picture(9, "b.png")
    #expect(try folder.open().fingerprint != pairs.fingerprint)
  }

  @Test("Pairs have the same fingerprint whatever they are packed in")
  func packing() throws {
    let (folder, pairs) = try pairs()
    try folder.write(
      "caption,image\none,a.png\n\"uno\",a.png\ntwo,b.png\nthree,c.png\n", to: "table.csv")
    #expect(try folder.open("table.csv").fingerprint == pairs.fingerprint)
    let shard = try [("a", 0, #"{"caption": ["one", "uno"]}"#), ("b", 1, #"{"text": "two"}"#)].flatMap {
      try Tar.member("\($0.0).png", PairFolder.png($0.1)) + Tar.member("\($0.0).json", $0.2)
    }
    let last = try Tar.member("c.png", PairFolder.png(2)) + Tar.member("c.txt", "three\n") + Tar.end
    try folder.write(shard + last, to: "shard.tar")
    #expect(try folder.open("shard.tar").fingerprint == pairs.fingerprint)
  }
}
