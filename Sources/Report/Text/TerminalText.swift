import Files
import Foundation

/// Text as it fits a terminal.
public enum TerminalText {
  /// Columns of a terminal.
  static let width = 80

  /// A text whose lines are at most `width` columns wide: those that are wider are broken at words, and go on a little to
  /// the right of where they begin.
  public static func fitted(_ text: String, to width: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
      guard PrintableText.columns(String(line)) > width else { return [String(line)] }
      let indent = String(line.prefix { $0 == " " }.prefix(width / 4))
      return wrapped(String(line), width: max(width, 20), indent: indent, hanging: 2)
    }.joined(separator: "\n")
  }

  /// Words in lines of at most `width` columns; a word that is longer stands in pieces.
  /// - Parameter hanging: columns by which all lines but the first are moved to the right.
  static func wrapped(
    _ text: String, width: Int = width, indent: String = "", hanging: Int = 0
  ) -> [String] {
    var (lines, line, filled) = ([String](), "", 0)
    var (room, margin) = (width - indent.count, indent)
    for word in PrintableText.line(text).split(separator: " ").flatMap({ pieces(of: $0, room - hanging) }) {
      let columns = PrintableText.columns(word)
      if filled > 0 && filled + 1 + columns > room {
        lines.append(margin + line)
        if lines.count == 1 {
          room -= hanging
          margin += String(repeating: " ", count: hanging)
        }
        (line, filled) = ("", 0)
      }
      line += (filled == 0 ? "" : " ") + word
      filled += (filled == 0 ? 0 : 1) + columns
    }
    return filled > 0 ? lines + [margin + line] : lines
  }

  /// A line without spaces at its end.
  static func trimmed(_ line: String) -> String { String(line.reversed().drop { $0 == " " }.reversed()) }

  private static func pieces(of word: Substring, _ room: Int) -> [String] {
    var (pieces, piece, filled) = ([String](), "", 0)
    for character in word {
      let columns = PrintableText.columns(String(character))
      if filled + columns > room {
        pieces.append(piece)
        (piece, filled) = ("", 0)
      }
      piece.append(character)
      filled += columns
    }
    return pieces + [piece]
  }
}

extension ReportTable {
  /// The table where it fits into 80 columns; else a row is its name with its value, or, of several, each below it with
  /// its title.
  var terminalText: String {
    let whole = text
    let isNarrow = whole.split(separator: "\n").allSatisfy { PrintableText.columns(String($0)) <= 80 }
    if isNarrow || header.count == 1 { return whole }
    if header.count == 2 {
      return rows.flatMap { row in
        TerminalText.wrapped("\(row[0]): \(row[1])", indent: "  ").enumerated().map {
          $0 == 0 ? String($1.dropFirst(2)) : $1
        }
      }.joined(separator: "\n")
    }
    return rows.map { row in
      var (lines, line) = (TerminalText.wrapped(row[0]), "")
      for (title, cell) in zip(header, row).dropFirst() where !cell.isEmpty {
        let item = "\(title) \(cell)"
        let (filled, columns) = (PrintableText.columns(line), PrintableText.columns(item))
        if filled > 0 && 2 + filled + 3 + columns > TerminalText.width {
          lines += TerminalText.wrapped(line, indent: "  ")
          line = ""
        }
        line += (line.isEmpty ? "" : " | ") + item
      }
      return (lines + TerminalText.wrapped(line, indent: "  ")).joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
