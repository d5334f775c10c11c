import Foundation

/// A table of text, read row by row and written line by line: comma-separated values (RFC 4180), tab-separated values,
/// or whole lines.
///
/// Lines end in a line feed, with or without a carriage return before it, or, in a file without any line feed, in a
/// carriage return; empty lines are passed over.
package struct DelimitedText {
  package enum Dialect: Sendable {
    /// Fields may stand in quotation marks, within which commas and line ends are content and `""` is one mark.
    case csv
    /// Tabs part the fields. One that begins and ends with a quotation mark, those within it doubled, is taken for quoted,
    /// as Python's csv.writer quotes what holds tabs or marks; other marks are content. A field ends with its line.
    case tsv
    /// Tabs part the fields, and quotation marks are content like any other.
    case tabs
    /// Each line is one field.
    case lines
  }

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
  /// What a line ends in.
  private let lineEnd: UInt8
  private var position: Int
  private var line = 1

  /// The most bytes that a table may have.
  private static let limit = 1 << 32

  /// - Throws: ``FileError``.
  package init(_ file: String, _ dialect: Dialect) throws(FileError) {
    let opened = try ByteFile(file)
    guard opened.size <= DelimitedText.limit else {
      throw .tooLarge(file: file, found: opened.size, limit: DelimitedText.limit)
    }
    self.init(bytes: try opened.readAll(), file: file, dialect)
  }

  package init(bytes: [UInt8], file: String, _ dialect: Dialect) {
    self.file = file
    self.bytes = bytes
    self.dialect = dialect
    lineEnd = bytes.contains(0x0A) || !bytes.contains(0x0D) ? 0x0A : 0x0D
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// The next row; nil at the end. A row with a problem ends with its line.
  package mutating func next() -> Row? {
    while position < bytes.count {
      var row = Row(line: line, offset: position)
      switch dialect {
      case .csv: readFields(into: &row)
      case .tsv: row.fields = DelimitedText.fields(takeLine())
      case .tabs: row.fields = takeLine().split(separator: 0x09, omittingEmptySubsequences: false)
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

  /// Fields as a line with its end. CSV quotes those that hold commas, quotation marks or line ends; between tabs there is
  /// no need to, as tabs and line ends become spaces.
  package static func line(_ fields: [String], _ dialect: Dialect) -> String {
    let written: [String]
    switch dialect {
    case .csv:
      written = fields.map { field in
        guard field.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return field }
        // By bytes: a mark that stands on a quotation mark does not keep it from ending the field.
        let doubled = field.utf8.flatMap { $0 == 0x22 ? [$0, $0] : [$0] }
        return String(decoding: [0x22] + doubled + [0x22], as: UTF8.self)
      }
    case .tsv, .tabs, .lines:
      written = fields.map { field in
        String(decoding: field.utf8.map { [0x09, 0x0A, 0x0D].contains($0) ? 0x20 : $0 }, as: UTF8.self)
      }
    }
    return written.joined(separator: dialect == .csv ? "," : "\t") + "\n"
  }

  /// The rest of the line, without its end, which is passed.
  private mutating func takeLine() -> ArraySlice<UInt8> {
    let start = position
    let end = bytes[start...].firstIndex(of: lineEnd) ?? bytes.count
    position = min(end + 1, bytes.count)
    line += 1
    let hasReturn = end > start && bytes[end - 1] == 0x0D
    return bytes[start..<(hasReturn ? end - 1 : end)]
  }

  /// The fields of a line between tabs.
  private static func fields(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var (fields, start) = ([ArraySlice<UInt8>](), line.startIndex)
    while true {
      if let (content, end) = quoted(line[start...]) {
        fields.append(content)
        start = end
      } else {
        let end = line[start...].firstIndex(of: 0x09) ?? line.endIndex
        fields.append(line[start..<end])
        start = end
      }
      if start == line.endIndex { return fields }
      start += 1
    }
  }

  /// What stands in quotation marks at the beginning of a line's rest, and where the field ends; nil unless a mark begins
  /// it and the next that is not doubled ends it.
  private static func quoted(_ rest: ArraySlice<UInt8>) -> (content: ArraySlice<UInt8>, end: Int)? {
    guard rest.first == 0x22 else { return nil }
    var (content, start) = ([UInt8](), rest.startIndex + 1)
    while let mark = rest[start...].firstIndex(of: 0x22) {
      content += rest[start..<mark]
      let next = mark + 1
      if next == rest.endIndex || rest[next] == 0x09 { return (content[...], next) }
      guard rest[next] == 0x22 else { return nil }
      content.append(0x22)
      start = next + 1
    }
    return nil
  }

  /// Ends a row that is broken with the line that it begins in, so that what is quoted too far takes no other row along.
  private mutating func endWithFirstLine(_ row: inout Row, _ problem: String) {
    row.problem = problem
    (position, line) = (row.offset, row.line)
    _ = takeLine()
  }

  private mutating func readFields(into row: inout Row) {
    while true {
      if position < bytes.count && bytes[position] == 0x22 {
        guard let field = takeQuoted() else {
          endWithFirstLine(&row, "a quotation mark is opened and never closed")
          return
        }
        row.fields.append(field)
      } else {
        let start = position
        while position < bytes.count, bytes[position] != 0x2C, bytes[position] != lineEnd {
          if bytes[position] == 0x22 {
            row.problem = "field \(row.fields.count + 1) has a quotation mark inside but none in front"
          }
          position += 1
        }
        let hasReturn =
          position > start && bytes[position - 1] == 0x0D
          && (position == bytes.count || bytes[position] == lineEnd)
        row.fields.append(bytes[start..<(hasReturn ? position - 1 : position)])
      }
      if position < bytes.count && bytes[position] == 0x2C {
        position += 1
        continue
      }
      let rest = takeLine()
      if !rest.isEmpty {
        endWithFirstLine(
          &row, "something follows the closing quotation mark of field \(row.fields.count)")
      } else if row.problem != nil {
        endWithFirstLine(&row, row.problem ?? "")
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
      line += bytes[start..<mark].count { $0 == lineEnd }
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
