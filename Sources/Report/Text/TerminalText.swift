import Files
import Foundation

/// Text as it fits a terminal.
enum TerminalText {
  /// Columns of a terminal.
  static let width = 80

  /// Words in lines of at most `width` columns; a word that is longer stands in pieces.
  static func wrapped(_ text: String, width: Int = width, indent: String = "") -> [String] {
    let room = width - indent.count
    var (lines, line, filled) = ([String](), "", 0)
    for word in PrintableText.line(text).split(separator: " ").flatMap({ pieces(of: $0, room) }) {
      let columns = PrintableText.columns(word)
      if filled > 0 && filled + 1 + columns > room {
        lines.append(indent + line)
        (line, filled) = ("", 0)
      }
      line += (filled == 0 ? "" : " ") + word
      filled += (filled == 0 ? 0 : 1) + columns
    }
    return filled > 0 ? lines + [indent + line] : lines
  }

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
