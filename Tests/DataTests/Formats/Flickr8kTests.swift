@testable import Data
import Testing

@Suite("Flickr8k's layout") struct Flickr8kTests {
  private func folder(pictures: String = "Flicker8k_Dataset") throws -> DataFolder {
    let folder = try DataFolder()
    try folder.pictures(
      "\(pictures)/1_a.png", "\(pictures)/2_b.png", "\(pictures)/3_c.png", "\(pictures)/4_d.png")
    try folder.write(
      """
      1_a.png#0\tA dog .
      1_a.png#1\tA brown dog .
      2_b.png.1#0\tA lost caption .
      2_b.png#1\tA cat #1 .
      3_c.png#0\tA bird .
      4_d.png#0\tA fish .

      """, to: "Flickr8k.token.txt")
    try folder.write("1_a.png\n3_c.png\nabsent.png\n", to: "Flickr_8k.trainImages.txt")
    try folder.write("2_b.png", to: "Flickr_8k.testImages.txt")
    return folder
  }

  @Test(
    "Captions are grouped by picture and a line for no picture is named",
    arguments: ["Flicker8k_Dataset", "Flickr8k_Dataset_72px"])
  func captions(pictures: String) throws {
    let folder = try folder(pictures: pictures)
    let pairs = try folder.open()
    #expect(pairs.format == "flickr8k")
    #expect(pairs.names == ["1_a.png", "3_c.png", "4_d.png", "2_b.png"].sorted())
    #expect(pairs.texts[0] == ["A dog .", "A brown dog ."])
    #expect(pairs.texts[1] == ["A cat #1 ."])
    #expect(
      pairs.omissions.entries == [
        Omission(
          kind: .captionWithoutImage, name: "\(folder.path)/Flickr8k.token.txt:3",
          reason: "\(pictures) has no picture 2_b.png.1")
      ])
  }

  @Test("Each picture knows its official split; pictures in none are told apart")
  func partitions() throws {
    #expect(try folder().open().partOfEach == ["train", "test", "train", Dataset.unsplit])
  }

  @Test("Splits are chosen by name, and an unknown one is refused with those that are there")
  func chosen() throws {
    let folder = try folder()
    let train = try folder.open("", DataOptions(parts: ["train"]))
    #expect(train.names == ["1_a.png", "3_c.png"] && train.partOfEach == ["train", "train"])
    #expect(try folder.open("", DataOptions(parts: ["test", "unsplit"])).count == 2)
    let path = folder.path
    #expect(
      folder.failure("", DataOptions(parts: ["dev"]))
        == .unknownPart(path: path, part: "dev", known: ["train", "test", "unsplit"]))
  }

  @Test("A picture in two splits is an error, since members and nonmembers would share it")
  func twoSplits() throws {
    let folder = try folder()
    try folder.write("2_b.png\n1_a.png\n", to: "Flickr_8k.testImages.txt")
    #expect(
      folder.failure()
        == .malformed(
          file: "\(folder.path)/Flickr_8k.testImages.txt", line: 2,
          reason: "1_a.png is in the splits train and test"))
  }

  @Test("A line without picture and number is refused with its line, or left out and named")
  func malformed() throws {
    let folder = try folder()
    try folder.write("1_a.png#0\tA dog .\n2_b.png A cat .\n", to: "Flickr8k.token.txt")
    guard case .malformed(_, 2, _)? = folder.failure() else {
      Issue.record("the broken line was not refused")
      return
    }
    let pairs = try folder.open("", DataOptions(damagedRecords: .skip))
    #expect(pairs.captions == [["A dog ."]])
    #expect(pairs.omissions.entries(.damagedRecord).map(\.name) == ["\(folder.path)/Flickr8k.token.txt:2"])
  }

  @Test("Without the folder of pictures the error says what is expected")
  func incomplete() throws {
    let folder = try DataFolder()
    try folder.write("1_a.png#0\tA dog .\n", to: "Flickr8k.token.txt")
    guard case .incomplete? = folder.failure() else {
      Issue.record("opened without pictures")
      return
    }
  }

  @Test("Pictures in a folder of that name inside another are found")
  func nested() throws {
    let pairs = try folder(pictures: "Flickr8k_Dataset/Flicker8k_Dataset").open()
    #expect(pairs.count == 4 && pairs.names[0] == "1_a.png")
  }

  @Test("Quotation marks in the list of captions are content")
  func quotation() throws {
    let folder = try folder()
    try folder.write("1_a.png#0\t\"A dog .\"\n", to: "Flickr8k.token.txt")
    #expect(try folder.open().texts == [["\"A dog .\""]])
  }

  @Test("Names that differ in Unicode normalisation alone are two pictures, each in its own split")
  func normalisation() throws {
    let folder = try DataFolder()
    try folder.pictures("Flickr8k_Dataset/\u{E9}.png", "Flickr8k_Dataset/e\u{301}.png")
    try folder.write("\u{E9}.png#0\tone\ne\u{301}.png#0\ttwo\n", to: "Flickr8k.token.txt")
    try folder.write("\u{E9}.png\n", to: "Flickr_8k.trainImages.txt")
    try folder.write("e\u{301}.png\n", to: "Flickr_8k.testImages.txt")
    let pairs = try folder.open()
    #expect(Set(zip(pairs.partOfEach, pairs.texts).map { "\($0) \($1[0])" }) == ["train one", "test two"])
  }
}
