@testable import Data
import TestSupport
import Testing
import Vision

@Suite("Pictures found elsewhere") struct PictureLocationTests {
  private func png(_ level: UInt8) throws -> [UInt8] {
    try PixelImage(height: 4, width: 4, bytes: [UInt8](repeating: level, count: 48)).encodedPNG()
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
    let images = try ImageDataset.pictures(
      [
        .range(start..<start + two.count, of: archive, name: "second"),
        .range(3..<start, of: archive, name: "first"),
        .file(alone, name: "alone"),
      ], path: folder.path, format: "archive", options: DatasetOptions(memoryLimit: memory))
    #expect((0..<3).map { images.name(of: $0) } == ["second", "first", "alone"])
    #expect(try images.image(0) == images.image(2) && images.fingerprint(of: 0) == images.fingerprint(of: 2))
    #expect(try images.image(1).bytes == [UInt8](repeating: 1, count: 48))
    #expect(images.format == "archive" && images.isInMemory == (memory > 0))
  }

  @Test("A range beyond its file or without a picture is left out and named by file and picture")
  func damaged() throws {
    let folder = try TemporaryFolder()
    let one = try png(1)
    let archive = try folder.write(one, to: "archive.bin")
    let images = try ImageDataset.pictures(
      [
        .range(0..<one.count, of: archive, name: "whole"),
        .range(0..<one.count + 1, of: archive, name: "beyond"),
        .range(8..<one.count, of: archive, name: "inside"), .range(5..<5, of: archive, name: "nothing"),
      ], path: folder.path, format: "archive")
    #expect(images.count == 1)
    #expect(images.skipped.map(\.name) == ["beyond", "inside", "nothing"])
  }
}
