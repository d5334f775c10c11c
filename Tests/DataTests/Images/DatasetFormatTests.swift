@testable import Data
import Files
import TestSupport
import Testing

@testable import Vision

@Suite("Data set formats") struct DatasetFormatTests {
  @Test("A known name before a colon chooses the format, anything else is path")
  func parse() {
    #expect(DatasetFormat.parse("cifar10:/data/x").format?.name == "cifar10")
    #expect(DatasetFormat.parse("cifar10:/data/x").path == "/data/x")
    #expect(DatasetFormat.parse("/data/cifar10:x").format == nil)
    #expect(DatasetFormat.parse("other:/data").path == "other:/data")
  }

  @Test("An unknown name before a colon is said to be one, with the formats that there are")
  func unknown() throws {
    let error = try #require(throws: DatasetError.self) { try ImageDataset.open("imagenet:/data/x") }
    #expect(error == .unknownFormat(name: "imagenet", location: "imagenet:/data/x"))
    for format in DatasetFormat.all { #expect(error.description.contains(format.name)) }
    // A path with a colon in one of its folders is a path.
    #expect(throws: DatasetError.notFound(path: "/no/such:folder")) {
      try ImageDataset.open("/no/such:folder")
    }
    #expect(throws: DatasetError.notFound(path: "nowhere")) { try ImageDataset.open("folder:nowhere") }
  }

  @Test("Names are distinct and every format refuses an empty folder", arguments: DatasetFormat.all.indices)
  func empty(index: Int) throws {
    let format = DatasetFormat.all[index]
    #expect(DatasetFormat.all.filter { $0.name == format.name }.count == 1)
    #expect(!format.summary.isEmpty)
    let folder = try TemporaryFolder()
    #expect {
      try ImageDataset.open("\(format.name):\(folder.path)")
    } throws: {
      guard case .empty(let path, _)? = $0 as? DatasetError else { return false }
      return path == folder.path
    }
  }

  @Test("A format named by hand wins over the one that the content suggests")
  func forced() throws {
    let folder = try TemporaryFolder()
    try folder.write(CIFAR10Tests.batch(0..<1), to: "test_batch.bin")
    try folder.write(try PixelImage(height: 1, width: 1, bytes: [1, 2, 3]).encodedPNG(), to: "a.png")
    #expect(try ImageDataset.open(folder.path).format == "cifar10")
    #expect(try ImageDataset.open("folder:" + folder.path).width == 1)
  }
}
