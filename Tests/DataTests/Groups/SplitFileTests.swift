@testable import Data
import Files
import Foundation
import Testing

@Suite struct SplitFileTests {
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func file() throws -> SplitFile {
    SplitFile(
      split: try Split(count: 20, sizes: SplitSizes(each: 4), seed: 5), dataFingerprints: ["pictures": "abc"])
  }

  @Test("a split reads back as it was written")
  func roundTrip() throws {
    try withFolder { folder in
      let file = try file()
      try file.write(to: folder)
      #expect(try SplitFile.read(from: folder) == file)
    }
  }

  @Test("a file whose groups were edited to overlap is refused")
  func overlap() throws {
    try withFolder { folder in
      let split = Split(
        seed: 1, count: 10, target: MembershipGroups(members: [1], nonmembers: [1]),
        shadow: MembershipGroups(members: [2], nonmembers: [3]))
      try SplitFile(split: split, dataFingerprints: [:]).write(to: folder)
      #expect(throws: SplitError.self) { try SplitFile.read(from: folder) }
    }
  }

  @Test("an unknown key is an error that names the key and the file")
  func unknownKey() throws {
    try withFolder { folder in
      try file().write(to: folder)
      let url = folder.appendingPathComponent(SplitFile.name)
      let text = try String(contentsOf: url, encoding: .utf8)
      try text.replacingOccurrences(of: "\"seed\"", with: "\"sead\" : 1, \"seed\"")
        .write(to: url, atomically: true, encoding: .utf8)
      let error = #expect(throws: ConfigurationError.self) { try SplitFile.read(from: folder) }
      #expect(error?.description.contains("sead") == true)
      #expect(error?.description.contains("split.json") == true)
    }
  }

  @Test("a truncated file is an error")
  func truncated() throws {
    try withFolder { folder in
      try file().write(to: folder)
      let url = folder.appendingPathComponent(SplitFile.name)
      try Data(contentsOf: url).prefix(50).write(to: url)
      #expect(throws: ConfigurationError.self) { try SplitFile.read(from: folder) }
    }
  }
}
