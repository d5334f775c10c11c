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

  @Test("A line that is longer than any caption is refused with its number and length, one as long is read")
  func tooLong() throws {
    let (longest, line) = (CaptionText.longest, Array("a\n".utf8))
    let whole = line + [UInt8](repeating: 0x62, count: longest)
    #expect(try read(whole).map(\.utf8.count) == [1, longest])
    #expect {
      try read(whole + [0x62])
    } throws: { error in
      guard case CaptionFileError.tooLong(_, line: 2, bytes: longest + 1) = error else { return false }
      return "\(error)".utf8.count < 300
    }
    // Of a table only the column that is read counts.
    let row = Array("x\t".utf8) + [UInt8](repeating: 0x62, count: longest + 1)
    #expect(try read(row, column: "1") == ["x"])
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
