import Files
import Foundation
import Text

/// Reads a table of text row by row: comma-separated values (RFC 4180), tab-separated values, or whole lines.
///
/// CSV fields may stand in quotation marks, within which commas and line ends are content and `""` is one mark. The
/// others know no quotation. Lines end in a line feed, with or without a carriage return; empty lines are passed over.
struct DelimitedText {
  enum Dialect { case csv, tsv, lines }

  struct Row {
    /// The line that it begins in, from 1.
    let line: Int
    /// The byte of the file that it begins at.
    let offset: Int
    var fields: [ArraySlice<UInt8>] = []
    /// What is wrong with it, if anything.
    var problem: String?
  }

  let file: String
  private let bytes: [UInt8]
  private let dialect: Dialect
  private var position: Int
  private var line = 1

  /// - Throws: ``FileError``.
  init(_ file: String, _ dialect: Dialect) throws {
    self.init(bytes: Array(try readFile(URL(fileURLWithPath: file))), file: file, dialect)
  }

  init(bytes: [UInt8], file: String, _ dialect: Dialect) {
    self.file = file
    self.bytes = bytes
    self.dialect = dialect
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// The next row; nil at the end. A row with a problem ends with its line.
  mutating func next() -> Row? {
    while position < bytes.count {
      var row = Row(line: line, offset: position)
      switch dialect {
      case .csv: readFields(into: &row)
      case .tsv: row.fields = takeLine().split(separator: 0x09, omittingEmptySubsequences: false)
      case .lines: row.fields = [takeLine()]
      }
      // The one field of an empty line is empty.
      if row.problem == nil && row.fields.count == 1 && row.fields[0].isEmpty { continue }
      return row
    }
    return nil
  }

  /// The first byte of the file from `start` on that does not continue UTF-8 text.
  func brokenOffset(from start: Int) -> Int? {
    CaptionText.brokenOffset(in: bytes[start...]).map { start + $0 }
  }

  /// The rest of the line, without its end, which is passed.
  private mutating func takeLine() -> ArraySlice<UInt8> {
    let start = position
    let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
    position = min(end + 1, bytes.count)
    line += 1
    let hasReturn = end > start && bytes[end - 1] == 0x0D
    return bytes[start..<(hasReturn ? end - 1 : end)]
  }

  private mutating func readFields(into row: inout Row) {
    while true {
      if position < bytes.count && bytes[position] == 0x22 {
        guard let field = takeQuoted() else {
          row.problem = "a quotation mark is opened and never closed"
          position = bytes.count
          return
        }
        row.fields.append(field)
      } else {
        let start = position
        while position < bytes.count, bytes[position] != 0x2C, bytes[position] != 0x0A {
          if bytes[position] == 0x22 {
            row.problem = "field \(row.fields.count + 1) has a quotation mark inside but none in front"
          }
          position += 1
        }
        let hasReturn =
          position > start && bytes[position - 1] == 0x0D
          && (position == bytes.count || bytes[position] == 0x0A)
        row.fields.append(bytes[start..<(hasReturn ? position - 1 : position)])
      }
      if position < bytes.count && bytes[position] == 0x2C {
        position += 1
        continue
      }
      let rest = takeLine()
      if !rest.isEmpty {
        row.problem = "something follows the closing quotation mark of field \(row.fields.count)"
      }
      return
    }
  }

  /// The content of a quoted field; nil where the mark is not closed.
  private mutating func takeQuoted() -> ArraySlice<UInt8>? {
    var content: [UInt8] = []
    var start = position + 1
    while let mark = bytes[start...].firstIndex(of: 0x22) {
      content += bytes[start..<mark]
      line += bytes[start..<mark].count { $0 == 0x0A }
      if mark + 1 < bytes.count && bytes[mark + 1] == 0x22 {
        content.append(0x22)
        start = mark + 2
      } else {
        position = mark + 1
        return content[...]
      }
    }
    return nil
  }
}
