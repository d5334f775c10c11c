@testable import Data
import Files
import Foundation
import TestSupport
import Testing
import Vision

@Suite("Tar archives") struct TarShardTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Fixtures/shards").standardized.path

  @Test(
    "Archives by Python's tarfile list their regular files, long and foreign names whole",
    arguments: ["ustar", "gnu", "pax"])
  func formats(name: String) throws {
    let path = "\(TarShardTests.fixtures)/\(name).tar"
    let shard = try TarShard(path)
    #expect(shard.problem == nil)
    let long = Array(repeating: "a-long-folder-name", count: 6).joined(separator: "/") + "/file.txt"
    #expect(shard.members.map(\.name) == ["short.txt", long, "wörter/猫.txt", "empty.txt"])
    let file = try ByteFile(path)
    let texts = try shard.members.map { String(decoding: try file.read($0.bytes), as: UTF8.self) }
    #expect(
      texts == [
        "a short name", String(repeating: "a long name\n", count: 50), "eine Katze 猫", "",
      ])
  }

  @Test(
    "Cut anywhere, an archive gives the members before the cut and names the place",
    arguments: [1, 511, 512, 600, 1023, 1535, 1536, 1700, 2047])
  func cut(bytes: Int) throws {
    let folder = try DataFolder()
    let whole = Tar.member("a.txt", "one") + Tar.member("b.txt", "two") + Tar.end
    let path = try folder.write(Array(whole.prefix(bytes)), to: "s.tar")
    let shard = try TarShard(path)
    // A member counts once its content is there, be its last block filled up or not.
    #expect(shard.members.count == (bytes < 515 ? 0 : bytes < 1539 ? 1 : 2))
    guard case .cutShort(path, bytes, _, _)? = shard.problem else {
      Issue.record("\(String(describing: shard.problem))")
      return
    }
  }

  @Test("One block of the end mark is enough")
  func endMark() throws {
    let folder = try DataFolder()
    let bytes = Tar.member("a.txt", "one") + Tar.end
    for cut in [0, 1, 512] {
      #expect(try TarShard(folder.write(Array(bytes.dropLast(cut)), to: "s.tar")).problem == nil)
    }
  }

  @Test("A changed header is named by its offset, what comes before stays")
  func damaged() throws {
    let folder = try DataFolder()
    var bytes = Tar.member("a.txt", "one") + Tar.member("b.txt", "two") + Tar.end
    bytes[1024] ^= 1
    let shard = try TarShard(folder.write(bytes, to: "s.tar"))
    #expect(shard.members.map(\.name) == ["a.txt"])
    guard case .damagedShard(_, 1024, _)? = shard.problem else {
      Issue.record("\(String(describing: shard.problem))")
      return
    }
  }

  @Test("Mutated archives neither stop the process nor list bytes beyond the file")
  func fuzz() throws {
    let samples = try ["ustar", "gnu", "pax"].map {
      [UInt8](try Data(contentsOf: URL(filePath: "\(TarShardTests.fixtures)/\($0).tar")))
    }
    let folder = try DataFolder()
    try Fuzz.feed("tar", samples) { input, _ in
      let shard = try TarShard(folder.write(input, to: "s.tar"))
      try Fuzz.require(
        shard.members.allSatisfy { $0.bytes.upperBound <= input.count }, "bytes beyond the end")
      return shard.problem == nil
    }
  }

  @Test("A pax record whose length ends before its value is passed over")
  func shortRecord() throws {
    let folder = try DataFolder()
    for record in ["4 path=a\n", "8 path=\n", "6 size=1\n"] {
      let content = Array(record.utf8) + Array(repeating: 0, count: 512 - record.utf8.count)
      let archive =
        member("record", kind: "x", size: record.utf8.count) + content + Tar.member("a.txt", [1], kind: "0")
        + Array(repeating: 0, count: 1024)
      let shard = try TarShard(folder.write(archive, to: "s.tar"))
      #expect(shard.problem == nil && shard.members.map(\.name) == ["a.txt"], "\(record)")
    }
  }

  /// A header with another kind, size or check sum than its content has, and the content.
  private func member(_ name: String, kind: Character, size: Int, signed: Bool = false) -> [UInt8] {
    var header = Tar.member(name, [], kind: kind)
    header.replaceSubrange(124..<135, with: Array(String(format: "%011o", size).utf8))
    header.replaceSubrange(148..<156, with: Array("        ".utf8))
    let sum = header.reduce(0) { $0 + (signed ? Int(Int8(bitPattern: $1)) : Int($1)) }
    header.replaceSubrange(148..<156, with: Array(String(format: "%06o\0 ", sum).utf8))
    return header
  }

  @Test(
    "Folders and links have no content, whatever their size field says",
    arguments: ["1", "2", "5"] as [Character])
  func bare(kind: Character) throws {
    let folder = try DataFolder()
    let bytes = member("d/", kind: kind, size: 4096) + Tar.member("a.txt", "one") + Tar.end
    let shard = try TarShard(folder.write(bytes, to: "s.tar"))
    #expect(shard.problem == nil && shard.members.map(\.name) == ["a.txt"])
  }

  @Test("A check sum over signed bytes holds too")
  func signed() throws {
    let folder = try DataFolder()
    let bytes = member("é.txt", kind: "0", size: 0, signed: true) + Tar.end
    let shard = try TarShard(folder.write(bytes, to: "s.tar"))
    #expect(shard.problem == nil && shard.members.map(\.name) == ["é.txt"])
  }

  @Test("Pax fields that are not needed are passed over whatever their size, and those that are have a bound")
  func largePax() throws {
    func line(_ key: String, _ value: String) -> [UInt8] {
      var length = key.utf8.count + value.utf8.count + 3
      while "\(length)".utf8.count + key.utf8.count + value.utf8.count + 3 != length { length += 1 }
      return Array("\(length) \(key)=\(value)\n".utf8)
    }
    let folder = try DataFolder()
    let large = String(repeating: "x", count: 200_000)
    let record = line("comment", large) + line("path", "b/c.txt") + line("mtime", "1")
    let bytes = Tar.member("p", record, kind: "x") + Tar.member("a.txt", "one") + Tar.end
    let shard = try TarShard(folder.write(bytes, to: "s.tar"))
    #expect(shard.problem == nil && shard.members.map(\.name) == ["b/c.txt"])
    let path = Tar.member("p", line("path", large), kind: "x") + Tar.member("a.txt", "one") + Tar.end
    guard case .damagedShard(_, 0, _)? = try TarShard(folder.write(path, to: "s.tar")).problem else {
      Issue.record("a path of 200 KB was taken")
      return
    }
  }

  @Test("A packed archive is called that, and what follows the end mark is not passed over in silence")
  func other() throws {
    let folder = try DataFolder()
    let packed = try folder.write([0x1F, 0x8B, 8] + [UInt8](repeating: 7, count: 600), to: "s.tar")
    #expect(try TarShard(packed).problem == .packedShard(shard: packed))
    let one = Tar.member("a.txt", "one") + Tar.end
    let joined = try folder.write(one + Tar.member("b.txt", "two") + Tar.end, to: "t.tar")
    let shard = try TarShard(joined)
    #expect(shard.members.map(\.name) == ["a.txt"])
    #expect(shard.problem == .furtherArchive(shard: joined, offset: one.count))
    let filled = try folder.write(one + [UInt8](repeating: 0, count: 9000), to: "u.tar")
    #expect(try TarShard(filled).problem == nil)
  }

  @Test("An archive of whole members without an end mark is read, with a remark")
  func noEnd() throws {
    let folder = try DataFolder()
    let shard = try TarShard(folder.write(Tar.member("a.txt", "one"), to: "s.tar"))
    #expect(shard.problem == nil && shard.members.count == 1 && shard.remark != nil)
  }
}
