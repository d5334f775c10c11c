import Files

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
    rows.append(cells.map(PrintableText.line))
  }

  /// The table as comma-separated values, its titles first.
  public var csv: String { ([header] + rows).map { DelimitedText.line($0, .csv) }.joined() }

  /// Lines of equal width: the first column to the left, all others to the right, a rule under the titles.
  public var text: String {
    lines(
      of: header.indices.map { column in
        ([header] + rows).map { PrintableText.columns($0[column]) }.max() ?? 0
      })
  }

  /// The same in at most so many columns: cells that are too wide stand in several lines, broken at spaces, and within
  /// words in the first column alone. Where that is not enough a row is its name with its values below it.
  /// - Parameter columns: of the terminal.
  public func text(fitting columns: Int) -> String {
    let room = columns - 2 * (header.count - 1)
    let cells = header.indices.map { column in
      [header[column]] + rows.map { column == 0 ? $0[0] : ReportTable.together($0[column]) }
    }
    let natural = cells.map { $0.map(PrintableText.columns).max() ?? 0 }
    if natural.reduce(0, +) <= room { return text }
    var widths = cells.enumerated().map { column, cells in
      let words = cells.flatMap { $0.split(separator: " ").map { PrintableText.columns(String($0)) } }
      return column == 0 ? min(words.max() ?? 0, ReportTable.narrowest) : words.max() ?? 0
    }
    guard widths.reduce(0, +) <= room else { return terminalText }
    // What is left goes where most is missing.
    for _ in 0..<(room - widths.reduce(0, +)) {
      guard let widest = widths.indices.max(by: { natural[$0] - widths[$0] < natural[$1] - widths[$1] }),
        widths[widest] < natural[widest]
      else { break }
      widths[widest] += 1
    }
    return lines(of: widths)
  }

  /// A number with its interval, and the rate that it was measured at, with spaces at which no line ends: `7.2 [4.3, 11.1]`
  /// `at 0.8%`.
  private static func together(_ cell: String) -> String {
    guard cell.contains("[") else { return cell }
    return cell.replacing(" [", with: "\u{A0}[").replacing(", ", with: ",\u{A0}").replacing(
      "at ", with: "at\u{A0}")
  }

  /// Columns that the first column of a table of several lines a row has at least.
  private static let narrowest = 16

  private func lines(of widths: [Int]) -> String {
    func lines(_ cells: [String]) -> [String] {
      let wrapped = zip(cells, widths).enumerated().map { column, cell -> [String] in
        if PrintableText.columns(cell.0) <= cell.1 { return [cell.0] }
        if column > 0 { return TerminalText.wrapped(ReportTable.together(cell.0), width: cell.1) }
        return TerminalText.wrapped(cell.0, width: cell.1, hanging: 2)
      }
      return (0..<(wrapped.map(\.count).max() ?? 0)).map { number in
        zip(wrapped, widths).enumerated().map { column, parts in
          let text = number < parts.0.count ? parts.0[number] : ""
          let padding = String(repeating: " ", count: max(0, parts.1 - PrintableText.columns(text)))
          return column == 0 ? text + padding : padding + text
        }.joined(separator: "  ")
      }.enumerated().map { number, line in number == 0 ? line : TerminalText.trimmed(line) }
    }
    let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
    return (lines(header) + [rule] + rows.flatMap(lines)).joined(separator: "\n")
      .replacing("\u{A0}", with: " ")
  }
}
