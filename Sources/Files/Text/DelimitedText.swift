import Foundation

/// A table of text, read row by row and written line by line: comma-separated values (RFC 4180), tab-separated values,
/// or whole lines.
///
/// CSV fields may stand in quotation marks, within which commas and line ends are content and `""` is one mark. The
/// others know no quotation. Lines end in a line feed, with or without a carriage return; empty lines are passed over.
package struct DelimitedText {
  package enum Dialect: Sendable { case csv, tsv, lines }

  package struct Row {
    /// The line that it begins in, from 1.
    package let line: Int
    /// The byte of the file that it begins at.
    package let offset: Int
    /// Bytes, as what to do where they are not UTF-8 is the caller's business.
    package var fields: [ArraySlice<UInt8>] = []
    /// What is wrong with it, if anything.
    package var problem: String?
  }

  /// The name of the file, for errors.
  package let file: String
  private let bytes: [UInt8]
  private let dialect: Dialect
  private var position: Int
  private var line = 1

  /// - Throws: ``FileError``.
  package init(_ file: String, _ dialect: Dialect) throws(FileError) {
    self.init(bytes: [UInt8](try readFile(URL(fileURLWithPath: file))), file: file, dialect)
  }

  package init(bytes: [UInt8], file: String, _ dialect: Dialect) {
    self.file = file
    self.bytes = bytes
    self.dialect = dialect
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// The next row; nil at the end. A row with a problem ends with its line.
  package mutating func next() -> Row? {
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
  package func brokenOffset(from start: Int) -> Int? {
    brokenUTF8Offset(in: bytes[start...]).map { start + $0 }
  }

  /// The lines of a text file without line ends, empty ones left out; bytes that are not UTF-8 become U+FFFD.
  /// - Throws: ``FileError``.
  package static func lines(of file: String) throws(FileError) -> [String] {
    var (text, lines) = (try DelimitedText(file, .lines), [String]())
    while let row = text.next() { lines.append(String(decoding: row.fields[0], as: UTF8.self)) }
    return lines
  }

  /// Fields as a line with its end. CSV quotes those that hold commas, quotation marks or line ends; TSV has no way to
  /// hold tabs and line ends, so each becomes a space.
  package static func line(_ fields: [String], _ dialect: Dialect) -> String {
    let written: [String]
    switch dialect {
    case .csv:
      written = fields.map { field in
        guard field.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return field }
        return "\"\(field.replacing("\"", with: "\"\""))\""
      }
    case .tsv, .lines:
      written = fields.map { field in
        String(decoding: field.utf8.map { [0x09, 0x0A, 0x0D].contains($0) ? 0x20 : $0 }, as: UTF8.self)
      }
    }
    return written.joined(separator: dialect == .csv ? "," : "\t") + "\n"
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
