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

  /// Lines of equal width: the first column to the left, all others to the right, a rule under the titles.
  public var text: String {
    let widths = header.indices.map { column in
      ([header] + rows).map { PrintableText.columns($0[column]) }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      zip(cells, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - PrintableText.columns(cell.0))
        return column == 0 ? cell.0 + padding : padding + cell.0
      }.joined(separator: "  ")
    }
    let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
    return ([line(header), rule] + rows.map(line)).joined(separator: "\n")
  }
}
