@testable import Data
import Foundation
import TestSupport
import Testing
import Vision

@Suite("Folder of pictures") struct PictureFolderTests {
  private func png(_ level: UInt8, side: Int = 4) throws -> [UInt8] {
    try PixelImage(height: side, width: side, bytes: [UInt8](repeating: level, count: 3 * side * side))
      .encodedPNG()
  }

  private func level(_ data: Dataset, _ index: Int) throws -> UInt8 { try data.picture(index).bytes[0] }

  @Test("Pictures of all depths come in the byte order of their paths, classed by the top sub-folder")
  func layout() throws {
    let folder = try TemporaryFolder()
    try folder.write(png(1), to: "b/deep/x.png")
    try folder.write(png(2), to: "b.png")
    try folder.write(png(3), to: "B/z.PNG")
    try folder.write(png(4), to: "a/y.png")
    try folder.write("file\ttitle\n", to: "captions.tsv")
    try folder.write(png(9), to: ".hidden/q.png")
    try folder.write(png(9), to: "a/._y.png")
    let data = try Dataset.open(folder.path)
    #expect(data.format == "folder")
    #expect((0..<data.count).map { data.name(of: $0) } == ["B/z.PNG", "a/y.png", "b.png", "b/deep/x.png"])
    #expect(try (0..<4).map { try level(data, $0) } == [3, 4, 2, 1])
    #expect(data.classNames == ["B", "a", "b"])
    #expect((0..<4).map { data.label(of: $0) } == [0, 1, nil, 2])
    #expect(data.parts == ["all"])
  }

  @Test("A flat folder and a single sub-folder have no classes", arguments: ["", "images/"])
  func flat(prefix: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(png(1), to: prefix + "a.png")
    try folder.write(png(2), to: prefix + "b.png")
    let data = try Dataset.open(folder.path)
    #expect(data.classNames == nil && data.labels == nil && data.count == 2)
  }

  @Test("A folder linked into itself is read once")
  func cycle() throws {
    let folder = try TemporaryFolder()
    try folder.write(png(1), to: "a/x.png")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/a/again", withDestinationPath: folder.path)
    #expect(try Dataset.open(folder.path).count == 1)
  }

  @Test("A damaged picture is left out and named, or stops when strict")
  func damaged() throws {
    let folder = try TemporaryFolder()
    for number in 0..<20 { try folder.write(png(UInt8(number)), to: String(format: "%02d.png", number)) }
    try folder.write(Array(png(7).prefix(60)), to: "07.png")
    try folder.write("not a picture", to: "11.jpg")
    let data = try Dataset.open(folder.path)
    #expect(data.count == 20 - 1)
    #expect(data.omissions.entries(.undecodableImage).map(\.name) == ["07.png", "11.jpg"])
    #expect(data.omissions.entries[1].reason.contains("neither PNG nor JPEG"))
    #expect(try (0..<data.count).map { try level(data, $0) } == [0, 1, 2, 3, 4, 5, 6, 8, 9, 10] + (11..<20))
    #expect {
      try Dataset.open(folder.path, options: DataOptions(damagedImages: .refuse))
    } throws: {
      ($0 as? ImageError)?.file == folder.path + "/07.png"
    }
  }

  @Test("Pictures of different sizes need a common size")
  func mixed() throws {
    let folder = try TemporaryFolder()
    try folder.write(png(1, side: 4), to: "a.png")
    try folder.write(png(2, side: 6), to: "b.png")
    #expect(throws: DataError.mixedSizes(path: folder.path, first: "a.png: 4x4", second: "b.png: 6x6")) {
      try Dataset.open(folder.path).images()
    }
    let data = try Dataset.open(folder.path, options: DataOptions(imageSize: 5)).images()
    #expect(data.height == 5 && data.width == 5)
    #expect(try (0..<2).map { try data.image($0).bytes[0] } == [1, 2])
  }

  @Test("Missing and empty folders, and folders of damaged pictures only, are errors")
  func nothing() throws {
    let folder = try TemporaryFolder()
    #expect(throws: DataError.notFound(path: folder.path + "/no")) {
      try Dataset.open(folder.path + "/no")
    }
    #expect { try Dataset.open(folder.path) } throws: {
      ($0 as? DataError)?.description.contains("no pictures") == true
    }
    try folder.write("no", to: "a.png")
    for options in [DataOptions(), DataOptions(imageSize: 8)] {
      #expect {
        try Dataset.open(folder.path, options: options)
      } throws: {
        guard case .nothingReadable? = $0 as? DataError else { return false }
        return true
      }
    }
  }

  @Test("Sub-folders whose names differ in Unicode normalisation alone are two classes, both read")
  func normalisation() throws {
    let folder = try TemporaryFolder()
    try folder.write(png(1), to: "\u{E9}/a.png")
    try folder.write(png(2), to: "e\u{301}/a.png")
    let data = try Dataset.open(folder.path)
    #expect(data.count == 2 && data.labels == [0, 1])
  }
}
