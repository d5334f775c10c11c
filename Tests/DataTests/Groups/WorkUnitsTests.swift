import Files
import Foundation
import TestSupport
import Testing
import Vision

@testable import Data

@Suite struct WorkUnitsTests {
  @Test(
    "Works with one key are a unit, those without any are units of their own, numbered by their first works")
  func keys() {
    #expect(WorkUnits.joined(["b", nil, "a", "b", nil, "a"]) == [0, 1, 2, 0, 3, 2])
    // Names of one look and other bytes are two.
    #expect(WorkUnits.joined(["\u{E9}", "e\u{301}"]) == [0, 1])
  }

  @Test("Near duplicates are one unit, also through others that are near both")
  func near() {
    let hashes = [0b0, 0b111111, 0b111111_111111, 0x1FFF_0000].map { PerceptualHash(bits: $0) }
    let none: [String?] = [nil, nil, nil, nil]
    #expect(WorkUnits.joined(none, hashes: hashes) == [0, 0, 0, 1])
    #expect(WorkUnits.joined(none, hashes: hashes, near: 5) == [0, 1, 2, 3])
    #expect(WorkUnits.joined([nil, nil, "x", "x"], hashes: hashes) == [0, 0, 0, 0])
  }

  @Test("The digest of a work is that of its file, record or member, and follows every byte")
  func digests() throws {
    let folder = try DataFolder()
    try folder.pictures("a.png", "b.png")
    func digest(_ bytes: [UInt8]) -> String {
      var hash = SHA256()
      hash.update(bytes)
      return hash.hexDigest()
    }
    let png = try DataFolder.png(1)
    #expect(try Dataset.open(folder.path).storedDigest(of: 1) == digest(png))
    // Bytes after the picture's end change no pixel.
    try folder.write(png + [0], to: "b.png")
    #expect(try Dataset.open(folder.path).storedDigest(of: 1) == digest(png + [0]))

    let other = try DataFolder()
    let records = (0..<2).map { number in [UInt8](repeating: UInt8(number), count: 3073) }
    try other.write(records.flatMap { $0 }, to: "data_batch_1.bin")
    let cifar = try Dataset.open("cifar10:\(other.path)")
    #expect(try cifar.subset([1]).storedDigest(of: 0) == digest(records[1]))
  }

  @Test("A column of a table says something of each picture, the same in all its rows")
  func column() throws {
    let folder = try DataFolder()
    let file = try folder.write(
      "file,caption,series\n./a.png,x,one\na.png,y,one\nb.png,z,two\n", to: "works.csv")
    let series = try PictureColumn("Series", of: file)
    #expect(try ["a.png", "./b.png"].map { try series.value(of: $0) } == ["one", "two"])
    #expect(throws: DataError.self) { try series.value(of: "c.png") }
    #expect(throws: DataError.self) { try PictureColumn("year", of: file) }
    let twice = try folder.write("file,series\na.png,one\na.png,two\n", to: "twice.csv")
    #expect(throws: DataError.self) { try PictureColumn("series", of: twice) }
  }
}
