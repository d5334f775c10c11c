@testable import Files
import Foundation
import TestSupport
import Testing

@Suite("Gzip")
struct GzipTests {
  private static let samples = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Golden/tiny-bpe")

  private func packed() throws -> Data {
    try Data(contentsOf: GzipTests.samples.appending(path: "merges.txt.gz"))
  }

  @Test("A packed file unpacks to what was packed")
  func contents() throws {
    let plain = try Data(contentsOf: GzipTests.samples.appending(path: "merges.txt"))
    #expect(Data(try gunzip(packed(), file: "f")) == plain)
  }

  @Test("Two members follow each other")
  func members() throws {
    let once = try gunzip(packed(), file: "f")
    #expect(try gunzip(packed() + packed(), file: "f") == once + once)
  }

  @Test("A file that is cut anywhere is refused")
  func cut() throws {
    let data = try packed()
    for count in stride(from: 2, to: data.count, by: 37) {
      #expect(throws: FileError.self) { try gunzip(data.prefix(count), file: "f") }
    }
  }

  @Test("A file that unpacks beyond the bound is refused")
  func bound() throws {
    #expect { try gunzip(packed(), file: "list.gz", limit: 100) } throws: { error in
      "\(error)".contains("list.gz") && "\(error)".contains("100 bytes")
    }
  }

  @Test("Damaged bytes end in an error or in text, never in a crash")
  func fuzz() throws {
    try Fuzz.feed("gzip", [[UInt8](packed())]) { input, _ in
      try Fuzz.takes {
        let bytes = try gunzip(Data(input), file: "f", limit: 1 << 20)
        try Fuzz.require(bytes.count <= 1 << 20, "\(bytes.count) bytes")
      }
    }
  }
}
