import Foundation
import TestSupport
import Testing
import Text

@Suite("Files of captions")
struct CaptionFileTests {
  private func read(_ text: [UInt8], column: String? = nil, repairing: Bool = false) throws -> [String] {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "captions.tsv")
      try Data(text).write(to: file)
      return try CaptionFile.captions(in: file, column: column, repairing: repairing)
    }
  }

  @Test("Lines are captions whatever ends them; a byte-order mark and empty lines are none")
  func lines() throws {
    #expect(try read(Array("\u{FEFF}a dog\r\nein Hund\n\n犬".utf8)) == ["a dog", "ein Hund", "犬"])
    #expect(try read([]) == [])
  }

  @Test("A column is taken by title or by number")
  func columns() throws {
    let table = Array("file\ttitle\n1.png\ta dog\n2.png\ta cat\n".utf8)
    #expect(try read(table, column: "title") == ["a dog", "a cat"])
    #expect(try read(table, column: "2") == ["title", "a dog", "a cat"])
  }

  @Test("A column that is not there is named with its line")
  func missingColumn() {
    #expect { try read(Array("a\tb\nc\n".utf8), column: "b") } throws: { error in
      "\(error)".contains("“b”") && "\(error)".contains("line 2 has 1 columns")
    }
    #expect { try read(Array("a\tb\n".utf8), column: "name") } throws: { error in
      "\(error)".contains("“a”, “b”") && "\(error)".contains("captions.tsv")
    }
    #expect(throws: CaptionFileError.self) { try read(Array("a\n".utf8), column: "0") }
  }

  @Test("Broken UTF-8 is refused with its offset in the file, or repaired")
  func broken() throws {
    let bytes: [UInt8] = [0x61, 0x0A, 0x62, 0xFF]
    #expect { try read(bytes) } throws: { error in
      "\(error)".contains("0xFF at offset 3") && "\(error)".contains("captions.tsv")
    }
    #expect(try read(bytes, repairing: true) == ["a", "b\u{FFFD}"])
  }
}
