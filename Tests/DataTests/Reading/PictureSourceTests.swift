import TestSupport
import Testing
import Vision

@testable import Data

@Suite("Where pictures are") struct PictureSourceTests {
  private func png(_ level: UInt8) throws -> [UInt8] {
    try PixelImage(height: 4, width: 4, bytes: [UInt8](repeating: level, count: 48)).encodedPNG()
  }

  private func open(_ sources: [PictureSource], memory: Int = 1 << 20) throws -> Dataset {
    var listing = DataListing(options: DataOptions(duplicates: .keep, memoryLimit: memory))
    for source in sources { listing.append(source) }
    return try listing.dataset(path: "archive", location: "archive", format: .folder, progress: nil)
  }

  @Test(
    "A picture inside a file has the pixels of one that has a file to itself, streamed or not",
    arguments: [0, 1 << 20])
  func range(memory: Int) throws {
    let folder = try TemporaryFolder()
    let (one, two) = (try png(1), try png(2))
    let alone = try folder.write(two, to: "two.png")
    let archive = try folder.write([9, 9, 9] + one + two + [9], to: "archive.bin")
    let start = 3 + one.count
    let data = try open(
      [
        .range(start..<start + two.count, path: archive, name: "second"),
        .range(3..<start, path: archive, name: "first"), .file(path: alone, name: "alone"),
      ], memory: memory)
    let images = try data.images()
    #expect(data.names == ["second", "first", "alone"])
    #expect(try images.image(0) == images.image(2) && images.fingerprint(of: 0) == images.fingerprint(of: 2))
    #expect(try images.image(1).bytes == [UInt8](repeating: 1, count: 48))
    #expect(images.isInMemory == (memory > 0))
  }

  @Test("A range beyond its file or without a picture is left out and named by file and picture")
  func damaged() throws {
    let folder = try TemporaryFolder()
    let one = try png(1)
    let archive = try folder.write(one, to: "archive.bin")
    let data = try open([
      .range(0..<one.count, path: archive, name: "whole"),
      .range(0..<one.count + 1, path: archive, name: "beyond"),
      .range(8..<one.count, path: archive, name: "inside"), .range(5..<5, path: archive, name: "nothing"),
    ])
    #expect(data.names == ["whole"])
    #expect(data.omissions.entries(.undecodableImage).map(\.name) == ["beyond", "inside", "nothing"])
  }
}
