@testable import Data
import Foundation
import TestSupport
import Testing

@Suite("CIFAR-10 reader") struct CIFAR10Tests {
  /// Records whose pixel bytes are all their number and whose label is their number modulo 10.
  static func batch(_ numbers: Range<Int>) -> [UInt8] {
    numbers.flatMap { [UInt8($0 % 10)] + [UInt8](repeating: UInt8($0), count: 3072) }
  }

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(CIFAR10Tests.batch(0..<3), to: "data_batch_1.bin")
    try folder.write(CIFAR10Tests.batch(3..<5), to: "data_batch_3.bin")
    try folder.write(CIFAR10Tests.batch(15..<16), to: "test_batch.bin")
    try folder.write("plane\ncar\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n", to: "batches.meta.txt")
    return folder
  }

  @Test("Batches follow one another with labels, names, parts and class names")
  func all() throws {
    let folder = try folder()
    let data = try Dataset.open(folder.path)
    #expect(data.format == "cifar10")
    #expect(try data.count == 6 && data.images().height == 32 && data.images().width == 32)
    #expect(data.labels == [0, 1, 2, 3, 4, 5])
    #expect(data.name(of: 4) == "data_batch_3.bin:1")
    #expect(data.parts == ["train", "test"])
    #expect(data.indices(inPart: "train") == [0, 1, 2, 3, 4] && data.part(of: 5) == "test")
    #expect(data.classNames?[9] == "truck" && data.classNames?.count == 10)
    #expect(try data.picture(5).bytes == [UInt8](repeating: 15, count: 3072))
  }

  @Test("Red comes first, then green, then blue, row by row")
  func planes() throws {
    let folder = try TemporaryFolder()
    let pixels = (0..<3072).map { UInt8(truncatingIfNeeded: $0 / 1024 * 80 + $0 % 32) }
    try folder.write([7] + pixels, to: "test_batch.bin")
    #expect(try Dataset.open(folder.path).picture(0).bytes == pixels)
  }

  @Test("Parts and single batches can be chosen")
  func chosen() throws {
    let folder = try folder()
    #expect(try Dataset.open(folder.path, options: DataOptions(parts: ["test"])).labels == [5])
    let batch = DataOptions(parts: ["data_batch_3.bin"])
    #expect(try Dataset.open(folder.path, options: batch).labels == [3, 4])
    #expect(
      throws: DataError.unknownPart(
        path: folder.path, part: "val",
        known: ["train", "test", "data_batch_1.bin", "data_batch_3.bin", "test_batch.bin"])
    ) {
      try Dataset.open(folder.path, options: DataOptions(parts: ["val"]))
    }
  }

  @Test(
    "A file that is no whole number of records is an error with both sizes", arguments: [0, 3072, 3074, 6145])
  func recordSize(bytes: Int) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([UInt8](repeating: 0, count: bytes), to: "data_batch_1.bin")
    #expect(throws: DataError.wrongRecordSize(file: path, recordBytes: 3073, found: bytes)) {
      try Dataset.open(folder.path)
    }
  }

  @Test("A label above 9 is an error that names the record")
  func label() throws {
    let folder = try TemporaryFolder()
    var bytes = CIFAR10Tests.batch(0..<2)
    bytes[3073] = 10
    try folder.write(bytes, to: "data_batch_1.bin")
    #expect {
      try Dataset.open(folder.path)
    } throws: {
      "\($0)".contains("record 1 has label 10")
    }
  }

  @Test("Images can be brought to another size")
  func resized() throws {
    let folder = try folder()
    let data = try Dataset.open("cifar10:" + folder.path, options: DataOptions(imageSize: 8)).images()
    #expect(data.height == 8 && data.imageBytes == 192)
    #expect(try data.image(3).bytes == [UInt8](repeating: 3, count: 192))
  }

  @Test("Batches that are not there are said, but those of parts that nobody asked for")
  func missingBatches() throws {
    try withTemporaryFolder { folder in
      for name in ["data_batch_1.bin", "test_batch.bin"] {
        try Data((0..<3073 * 2).map { UInt8(truncatingIfNeeded: $0 / 3073 + $0 % 7) }).write(
          to: folder.appending(path: name))
      }
      func remarks(_ parts: [String]?) throws -> [String] {
        try Dataset.open("cifar10:\(folder.path)", options: DataOptions(parts: parts, duplicates: .keep))
          .omissions
          .remarks
      }
      let all = try remarks(nil)
      #expect(all.count == 1 && all[0].contains("data_batch_2.bin, data_batch_3.bin"))
      #expect(try remarks(["test"]).isEmpty && remarks(["data_batch_1.bin"]).isEmpty)
    }
  }

}
