/// A table of text with aligned columns for a terminal.
public struct ReportTable: Sendable, Equatable {
  /// Column titles.
  public let header: [String]
  /// Rows, each with as many cells as the header.
  public private(set) var rows: [[String]] = []

  /// A table without rows.
  public init(header: [String]) { self.header = header }

  /// Adds a row below the others.
  public mutating func append(_ cells: [String]) {
    precondition(
      cells.count == header.count, "ReportTable: \(cells.count) cells in a table of \(header.count) columns")
    rows.append(cells.map(ReportTable.printable))
  }

  /// A text in one line without characters that a terminal would obey, controls and those that turn the direction of
  /// what follows: U+FFFD in their place, and a space in that of tabs and line ends.
  public static func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isObeyed) else {
      return text
    }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      guard isObeyed(scalar) else {
        result.append(scalar)
        continue
      }
      result.append(scalar.properties.isWhitespace ? " " : "\u{FFFD}")
    }
    return String(result)
  }

  private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x2028...0x202E, 0x2066...0x2069: true
    default: scalar.properties.generalCategory == .control
    }
  }

  /// The columns that a terminal gives a text: two for a character of East Asian scripts and for an emoji.
  static func columns(_ text: String) -> Int {
    text.reduce(0) { sum, character in
      let isWide = character.unicodeScalars.contains { scalar in
        scalar.properties.isEmojiPresentation || scalar == "\u{FE0F}"
          || wide.contains { $0.contains(scalar.value) }
      }
      return sum + (isWide ? 2 : 1)
    }
  }

  /// Blocks of wide characters (Unicode Standard Annex 11).
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD,
  ]

  /// Lines of equal width: the first column to the left, all others to the right, a rule under the titles.
  public var text: String {
    let widths = header.indices.map { column in
      ([header] + rows).map { ReportTable.columns($0[column]) }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      zip(cells, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - ReportTable.columns(cell.0))
        return column == 0 ? cell.0 + padding : padding + cell.0
      }.joined(separator: "  ")
    }
    let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
    return ([line(header), rule] + rows.map(line)).joined(separator: "\n")
  }
}
