import Files
import TestSupport
import Testing
import Vision

@testable import Data

@Suite("Data formats") struct DataFormatTests {
  @Test("A known name before a colon chooses the format, anything else is path")
  func parse() {
    #expect(DataFormat.parse("cifar10:/data/x").format?.name == "cifar10")
    #expect(DataFormat.parse("flickr8k:/data/x").path == "/data/x")
    #expect(DataFormat.parse("/data/cifar10:x").format == nil)
    #expect(DataFormat.parse("other:/data").path == "other:/data")
  }

  @Test("A location made absolute keeps its format")
  func absolute() {
    #expect(DataFormat.absolute("csv:/data/../x.csv") == "csv:/x.csv")
    #expect(DataFormat.absolute("/data/./x") == "/data/x")
  }

  @Test(
    "An unknown name before a colon is said to be one, with the formats that there are",
    arguments: [true, false])
  func unknown(captions: Bool) throws {
    let options = DataOptions(captions: captions)
    let error = try #require(throws: DataError.self) {
      try Dataset.open("imagenet:/data/x", options: options)
    }
    #expect(error == .unknownFormat(name: "imagenet", location: "imagenet:/data/x"))
    for format in DataFormat.all { #expect(error.description.contains(format.name)) }
    // A path with a colon in one of its folders is a path.
    #expect(throws: DataError.notFound(path: "/no/such:folder")) {
      try Dataset.open("/no/such:folder", options: options)
    }
    #expect(throws: DataError.notFound(path: "nowhere")) { try Dataset.open("folder:nowhere") }
  }

  @Test("Names are distinct and every format refuses an empty folder", arguments: DataFormat.all.indices)
  func empty(index: Int) throws {
    let format = DataFormat.all[index]
    #expect(DataFormat.all.filter { $0.name == format.name }.count == 1)
    #expect(!format.summary.isEmpty)
    let folder = try TemporaryFolder()
    let error = #expect(throws: DataError.self) { try Dataset.open("\(format.name):\(folder.path)") }
    #expect(error?.description.hasPrefix(folder.path) == true)
  }

  @Test("Only pictures with several languages heed a language, and only tables a picture's column")
  func heeds() {
    func names(_ choice: DataFormat.Choice) -> [String] {
      DataFormat.all.filter { $0.heeds.contains(choice) }.map(\.name)
    }
    #expect(names(.language) == ["emoji"])
    #expect(names(.imageColumn) == ["captions", "emoji", "csv", "tsv", "jsonl"])
    #expect(names(.partColumn) == names(.imageColumn) && names(.labelColumn) == names(.imageColumn))
    #expect(names(.captionColumn) == ["captions", "emoji", "csv", "tsv", "jsonl", "webdataset"])
  }

  @Test("A format named by hand wins over the one that the content suggests")
  func forced() throws {
    let folder = try TemporaryFolder()
    try folder.write(CIFAR10Tests.batch(0..<1), to: "test_batch.bin")
    try folder.write(try PixelImage(height: 1, width: 1, bytes: [1, 2, 3]).encodedPNG(), to: "a.png")
    #expect(try Dataset.open(folder.path).format == "cifar10")
    #expect(try Dataset.open("folder:" + folder.path).picture(0).width == 1)
  }

  @Test("A folder with captions.tsv is read with its captions where these are needed or it is named")
  func captionsNeeded() throws {
    let folder = try DataFolder()
    try folder.pictures("x/a.png", "y/b.png", "y/c.png")
    try folder.write("y/b.png\tone\nx/a.png\ttwo\n", to: "captions.tsv")
    let images = try Dataset.open(folder.path)
    #expect(images.format == "folder" && images.captions == nil)
    #expect(images.names == ["x/a.png", "y/b.png", "y/c.png"] && images.labels == [0, 1, 1])
    let needed = try Dataset.open(folder.path, options: DataOptions(captions: true))
    #expect(needed.format == "captions" && needed.captions == [["one"], ["two"]] && needed.labels == nil)
    #expect(try Dataset.open("captions:\(folder.path)").captions == needed.captions)
  }

  @Test("A table serves its pictures with their captions where no captions are needed too")
  func tableForImages() throws {
    let folder = try DataFolder()
    try folder.pictures("a.png")
    try folder.write("image,caption\na.png,one\n", to: "t.csv")
    #expect(try Dataset.open(folder.path + "/t.csv").captions == [["one"]])
  }

  @Test("Where captions are needed a layout without any is refused by its name, and nothing as nothing")
  func noCaptions() throws {
    let folder = try DataFolder()
    try folder.write("x", to: "d/x.bin")
    let (path, file) = ("\(folder.path)/d", "\(folder.path)/d/x.bin")
    #expect(folder.failure("d") == .noCaptions(path: path, format: "folder"))
    #expect(folder.failure("cifar10:d") == .noCaptions(path: path, format: "cifar10"))
    #expect(folder.failure("d/x.bin") == .unknownLayout(path: file))
    #expect(folder.failure("e") == .notFound(path: "\(folder.path)/e"))
    for format in DataFormat.all where format.hasCaptions {
      #expect(folder.failure("d")?.description.contains(format.name) == true)
    }
    for format in DataFormat.all {
      #expect(folder.failure("d/x.bin")?.description.contains(format.name) == true)
      #expect(folder.failure("nosuch:e")?.description.contains(format.name) == true)
    }
  }
}
