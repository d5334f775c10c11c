import Files
import Foundation

/// Files of captions: one a line, or a column of a table whose cells are separated by tabs.
public enum CaptionFile {
  /// The most bytes of a file.
  private static let largest = 1 << 32

  /// The captions of a file in their order. Lines end in LF or CR LF; empty lines are left out.
  /// - Parameters:
  ///   - column: nil for whole lines; a number from 1 for a column of a table without titles; else a column's title in
  ///     the first line.
  ///   - repairing: whether broken UTF-8 becomes U+FFFD or is refused.
  /// - Throws: ``CaptionFileError``, also for a caption of more bytes than ``CaptionText/longest``, or `FileError`.
  public static func captions(in url: URL, column: String? = nil, repairing: Bool = false) throws -> [String]
  {
    let bytes = [UInt8](try readFile(url, limit: largest))
    if !repairing, let offset = brokenUTF8Offset(in: bytes) {
      throw CaptionFileError.brokenUTF8(file: url.path, offset: offset, byte: bytes[offset])
    }
    var table = DelimitedText(bytes: bytes, file: url.path, column == nil ? .lines : .tsv)
    func missing(_ found: String) -> CaptionFileError {
      .column(file: url.path, column: column ?? "", found: found)
    }
    func texts(_ row: DelimitedText.Row) -> [String] {
      row.fields.map { String(decoding: $0, as: UTF8.self) }
    }
    var place = 0
    if let column {
      if let number = Int(column) {
        guard number >= 1 else { throw missing("columns are counted from 1") }
        place = number - 1
      } else {
        let titles = table.next().map(texts) ?? []
        guard let found = titles.firstIndex(where: { $0.isExactly(column) }) else {
          throw missing("the first line has the columns \(excerpt(titles.map { "“\($0)”" }))")
        }
        place = found
      }
    }
    var captions: [String] = []
    while let row = table.next() {
      guard place < row.fields.count else {
        throw missing("line \(row.line) has \(row.fields.count) columns")
      }
      let field = row.fields[place]
      guard field.count <= CaptionText.longest else {
        throw CaptionFileError.tooLong(file: url.path, line: row.line, bytes: field.count)
      }
      captions.append(String(decoding: field, as: UTF8.self))
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
  /// A line or cell that is longer than any caption.
  case tooLong(file: String, line: Int, bytes: Int)

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
        \(file): no column “\(excerpt(column))”: \(found). Name a column by its title, or by its number where there are none.
        """
    case .tooLong(let file, let line, let bytes):
      return """
        \(file): line \(line) is a caption of \(bytes) bytes, of which it may have \(CaptionText.longest). Check that the file \
        has a caption a line, or take that one out.
        """
    }
  }
}
