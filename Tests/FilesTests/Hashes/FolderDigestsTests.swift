import Foundation
import TestSupport
import Testing

@testable import Files

struct FolderDigestsTests {
  private func folder(_ body: (URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try makeFolder(folder.appending(path: "encoder"))
      for (name, text) in [("split.json", "abc"), ("encoder/weights", "w"), ("encoder/notes", "")] {
        try Data(text.utf8).write(to: folder.appending(path: name))
      }
      try FolderDigests(of: ["split.json", "encoder", "absent"], in: folder).write(to: folder)
      try body(folder)
    }
  }

  @Test("The file is that of sha256sum: a digest, two spaces and a path, ordered by path")
  func format() throws {
    try folder { folder in
      let text = String(
        decoding: try readFile(folder.appending(path: FolderDigests.fileName)), as: UTF8.self)
      let lines = text.split(separator: "\n")
      #expect(lines.map { $0.dropFirst(66) } == ["encoder/notes", "encoder/weights", "split.json"])
      // FIPS 180-4's example.
      let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
      #expect(lines[2] == "\(abc)  split.json")
      #expect(
        try FolderDigests.read(from: folder) == FolderDigests(of: ["split.json", "encoder"], in: folder))
    }
  }

  @Test("A changed, exchanged or missing file is named, wherever the folder lies; others are not looked at")
  func check() throws {
    try folder { folder in
      let digests = try #require(try FolderDigests.read(from: folder))
      for name in ["split.json", "encoder", "other"] { try digests.check(name, in: folder) }
      try withTemporaryFolder { copies in
        let copy = copies.appending(path: "copy")
        try FileManager.default.copyItem(at: folder, to: copy)
        try FolderDigests.read(from: copy)?.check(all: copy)
        try Data("W".utf8).write(to: copy.appending(path: "encoder/weights"))
        let error = #expect(throws: DigestError.self) { try digests.check("encoder", in: copy) }
        #expect(error?.description.contains("copy/encoder/weights") == true)
        try digests.check("split.json", in: copy)
        try FileManager.default.removeItem(at: copy.appending(path: "split.json"))
        #expect(throws: FileError.self) { try digests.check("split.json", in: copy) }
      }
    }
  }

  @Test("A folder without digests has none; digests that are none, or lead out of the folder, are refused")
  func malformed() throws {
    try withTemporaryFolder { folder in
      #expect(try FolderDigests.read(from: folder) == nil)
      let digest = String(repeating: "0", count: 64)
      for text in [
        "short  a", "\(digest) a", "\(digest)  ../a", "\(digest)  /a", "\(digest)  ", "x\(digest)  a",
      ] {
        try Data("\(text)\n".utf8).write(to: folder.appending(path: FolderDigests.fileName))
        #expect(throws: DigestError.self) { try FolderDigests.read(from: folder) }
      }
    }
  }
}
