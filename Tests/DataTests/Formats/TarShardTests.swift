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
    arguments: [1, 511, 512, 600, 1024, 1536, 1700, 2047])
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
      try Data(contentsOf: URL(filePath: "\(TarShardTests.fixtures)/\($0).tar"))
    }
    let folder = try DataFolder()
    try Fuzz.mutations(of: samples) { mutated, _ in
      let shard = try TarShard(folder.write(Array(mutated), to: "s.tar"))
      #expect(shard.members.allSatisfy { $0.bytes.upperBound <= mutated.count })
    }
  }
}
