@testable import Data
import TestSupport
import Testing

@Suite("STL-10 reader") struct STL10Tests {
  /// A record whose value at row y, column x of plane c is `3 * y + x + 50 * c`, in column-major order.
  private static var record: [UInt8] {
    var bytes: [UInt8] = []
    for c in 0..<3 {
      for x in 0..<96 { for y in 0..<96 { bytes.append(UInt8((3 * y + x + 50 * c) % 256)) } }
    }
    return bytes
  }

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let (second, third) = ([UInt8](repeating: 77, count: 27_648), [UInt8](repeating: 78, count: 27_648))
    try folder.write(STL10Tests.record + second, to: "train_X.bin")
    try folder.write([1, 10], to: "train_y.bin")
    try folder.write(third, to: "unlabeled_X.bin")
    try folder.write((1...10).map { "class\($0)\n" }.joined(), to: "class_names.txt")
    return folder
  }

  @Test("Columns stored one after another become rows")
  func columnMajor() throws {
    let folder = try folder()
    let data = try Dataset.open(folder.path)
    let expected = ImageFixtures.drawn(width: 96, height: 96) { x, y, c in (3 * y + x + 50 * c) % 256 }
    #expect(data.format == "stl10" && data.count == 3)
    #expect(try data.picture(0) == expected)
  }

  @Test("Labels 1 to 10 become 0 to 9, and unlabelled images have none")
  func labels() throws {
    let folder = try folder()
    let data = try Dataset.open(folder.path)
    #expect(data.label(of: 0) == 0 && data.label(of: 1) == 9 && data.label(of: 2) == nil)
    #expect(data.labels == nil)
    #expect(data.subset(data.indices(inPart: "train")).labels == [0, 9])
    #expect(data.classNames?[9] == "class10")
    #expect(data.name(of: 2) == "unlabeled_X.bin:0")
  }

  @Test("A wrong record size, a wrong number of labels and a label of 0 are errors")
  func errors() throws {
    let folder = try folder()
    try folder.write([1, 2, 3], to: "train_y.bin")
    #expect { try Dataset.open(folder.path) } throws: { "\($0)".contains("3 labels for 2 images") }
    try folder.write([1, 0], to: "train_y.bin")
    #expect { try Dataset.open(folder.path) } throws: { "\($0)".contains("label 0 at byte 1") }
    let path = try folder.write([1, 2], to: "train_X.bin")
    #expect(throws: DataError.wrongRecordSize(file: path, recordBytes: 27_648, found: 2)) {
      try Dataset.open(folder.path)
    }
  }
}
