@testable import Data
import Foundation
import TestSupport
import Testing

@Suite("Tiny-ImageNet reader") struct TinyImageNetTests {
  /// The content tells the format, whatever the name.
  private func png(_ number: Int) throws -> [UInt8] { try TinyImages.image(number, size: 4).encodedPNG() }

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let jpeg = try ImageFixtures.bytes("baseline.jpg")
    let grey = try ImageFixtures.bytes("grey.jpg")
    try folder.write("n02\nn01\n", to: "wnids.txt")
    try folder.write("n01\tgoldfish, Carassius auratus\nn03\tnothing\n", to: "words.txt")
    try folder.write(jpeg, to: "train/n01/images/n01_0.JPEG")
    try folder.write(try png(1), to: "train/n01/images/n01_1.JPEG")
    try folder.write("x\t0\t0\t1\t1\n", to: "train/n01/n01_boxes.txt")
    try folder.write(try png(2), to: "train/n02/images/n02_0.JPEG")
    try folder.write(grey, to: "val/images/val_0.JPEG")
    try folder.write("val_0.JPEG\tn02\t0\t32\t44\t62\n", to: "val/val_annotations.txt")
    try folder.write(jpeg, to: "test/images/test_0.JPEG")
    return folder
  }

  @Test("Training and validation images come with the classes of wnids.txt")
  func layout() throws {
    let folder = try folder()
    let data = try Dataset.open(folder.path)
    #expect(data.format == "tinyimagenet")
    #expect(
      (0..<data.count).map { data.name(of: $0) } == [
        "train/n01/images/n01_0.JPEG", "train/n01/images/n01_1.JPEG", "train/n02/images/n02_0.JPEG",
        "val/images/val_0.JPEG",
      ])
    #expect(data.labels == [1, 1, 0, 0])
    #expect(data.classNames == ["n02", "goldfish, Carassius auratus"])
    #expect(data.parts == ["train", "val"] && data.indices(inPart: "val") == [3])
  }

  @Test("Training folders that wnids.txt does not list are classes after those it lists")
  func partialList() throws {
    let folder = try folder()
    try folder.write("n02", to: "wnids.txt")
    let data = try Dataset.open(folder.path)
    #expect(data.labels == [1, 1, 0, 0] && data.classNames?.count == 2)
  }

  @Test("The unlabelled test part is read when asked for")
  func testPart() throws {
    let folder = try folder()
    let data = try Dataset.open(folder.path, options: DataOptions(parts: ["test"]))
    #expect(data.count == 1 && data.label(of: 0) == nil)
  }

  @Test("Without validation annotations its images have no class")
  func noAnnotations() throws {
    let folder = try folder()
    try FileManager.default.removeItem(atPath: folder.path + "/val/val_annotations.txt")
    let data = try Dataset.open(folder.path)
    #expect(data.label(of: 3) == nil && data.label(of: 2) == 0)
  }

  @Test("Pictures without annotation, lines of another form and unknown parts are errors")
  func errors() throws {
    let folder = try folder()
    try folder.write("other.JPEG\tn02\n", to: "val/val_annotations.txt")
    #expect { try Dataset.open(folder.path) } throws: { "\($0)".contains("no line for val_0.JPEG") }
    try folder.write("val_0.JPEG n02\n", to: "val/val_annotations.txt")
    #expect { try Dataset.open(folder.path) } throws: { "\($0)".contains("line 1") }
    #expect(throws: DataError.unknownPart(path: folder.path, part: "x", known: ["train", "val", "test"])) {
      try Dataset.open(folder.path, options: DataOptions(parts: ["x"]))
    }
  }

  @Test("Validation pictures sorted into folders of classes are read, beside an empty folder images or none")
  func sorted() throws {
    for hasImages in [false, true] {
      let folder = try folder()
      try FileManager.default.removeItem(atPath: folder.path + "/val/images")
      if hasImages {
        try FileManager.default.createDirectory(
          atPath: folder.path + "/val/images", withIntermediateDirectories: false)
      }
      try folder.write(try png(5), to: "val/n01/val_1.JPEG")
      try folder.write(try png(6), to: "val/n02/images/val_2.JPEG")
      let data = try Dataset.open(folder.path, options: DataOptions(parts: ["val"]))
      #expect(
        (0..<data.count).map { data.name(of: $0) } == ["val/n01/val_1.JPEG", "val/n02/images/val_2.JPEG"])
      #expect(data.labels == [1, 0])
      try folder.write(try png(7), to: "val/n09/val_3.JPEG")
      #expect { try Dataset.open(folder.path) } throws: { "\($0)".contains("val/n09: is no class") }
    }
  }

  @Test("Training pictures that lie in their class's folder itself are read")
  func flatTraining() throws {
    let folder = try folder()
    try folder.write(try png(5), to: "train/n02/n02_9.JPEG")
    let data = try Dataset.open(folder.path, options: DataOptions(parts: ["train"]))
    #expect(data.count == 4 && data.labels == [1, 1, 0, 0])
  }
}
