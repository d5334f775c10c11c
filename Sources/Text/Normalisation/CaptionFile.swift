import Files
import Foundation

/// Files of captions: one a line, or a column of a table whose cells are separated by tabs.
public enum CaptionFile {
  /// The captions of a file in their order. Lines end in LF or CR LF; empty lines are left out.
  /// - Parameters:
  ///   - column: nil for whole lines; a number from 1 for a column of a table without titles; else a column's title in
  ///     the first line.
  ///   - repairing: whether broken UTF-8 becomes U+FFFD or is refused.
  /// - Throws: ``CaptionFileError``, `FileError`.
  public static func captions(in url: URL, column: String? = nil, repairing: Bool = false) throws -> [String]
  {
    let data = try readFile(url)
    let text: String
    do {
      text = try CaptionText.decode(data, repairing: repairing)
    } catch TextError.brokenUTF8(let offset, let byte) {
      throw CaptionFileError.brokenUTF8(file: url.path, offset: offset, byte: byte)
    }
    var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
      line.last == 0x0D ? line.dropLast() : line
    }
    if lines.first?.starts(with: [0xEF, 0xBB, 0xBF]) == true { lines[0] = lines[0].dropFirst(3) }
    guard let column else { return lines.filter { !$0.isEmpty }.map { String(Substring($0)) } }
    var place: Int
    var first = 1
    if let number = Int(column) {
      guard number >= 1 else {
        throw CaptionFileError.column(file: url.path, column: column, found: "columns are counted from 1")
      }
      place = number - 1
    } else {
      let titles = (lines.first.map { $0.split(separator: 0x09, omittingEmptySubsequences: false) } ?? [])
        .map { String(Substring($0)) }
      guard let found = titles.firstIndex(of: column) else {
        let titles = titles.map { "“\($0)”" }.joined(separator: ", ")
        throw CaptionFileError.column(
          file: url.path, column: column, found: "the first line has the columns \(titles)")
      }
      place = found
      first = 2
    }
    var captions: [String] = []
    for (index, line) in lines.enumerated().dropFirst(first - 1) where !line.isEmpty {
      let cells = line.split(separator: 0x09, omittingEmptySubsequences: false)
      guard place < cells.count else {
        throw CaptionFileError.column(
          file: url.path, column: column, found: "line \(index + 1) has \(cells.count) columns")
      }
      captions.append(String(Substring(cells[place])))
    }
    return captions
  }
}

/// A file of captions cannot be read.
public enum CaptionFileError: ExplainedError, Equatable {
  /// Bytes that are not UTF-8; `offset` is where in the file the first broken sequence begins.
  case brokenUTF8(file: String, offset: Int, byte: UInt8)
  /// A column that is not there.
  case column(file: String, column: String, found: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .brokenUTF8(let file, let offset, let byte):
      let digits = String(byte, radix: 16, uppercase: true)
      return """
        \(file): not valid UTF-8: the byte 0x\(digits) at offset \(offset) cannot stand there. Convert the file to \
        UTF-8, or have broken bytes replaced by U+FFFD.
        """
    case .column(let file, let column, let found):
      return """
        \(file): no column “\(column)”: \(found). Name a column by its title, or by its number where there are none.
        """
    }
  }
}
