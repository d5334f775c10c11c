import Attack
import Files
import Foundation

/// Charts of a few lines of text, at most 80 columns wide.
enum TerminalPlots {
  /// Areas from 0 to 100%, each with its interval: `o` the area, `-` the interval, `|` chance.
  static func areas(_ rows: [AttackMetrics]) -> [String] {
    let (names, width) = (34, 45)
    func place(_ value: Double) -> Int { Int((value * Double(width - 1)).rounded()) }
    var lines = ["\(padded("AUC, 95% interval", names)) 0\(blank(20))50\(blank(19))100"]
    for row in rows {
      var cells = [Character](repeating: " ", count: width)
      cells[place(0.5)] = "|"
      for cell in place(row.auc.low)...place(row.auc.high) { cells[cell] = "-" }
      cells[place(row.auc.value)] = "o"
      lines.append("\(padded(row.name, names)) \(trimmed(String(cells)))")
    }
    return lines
  }

  /// How scores are distributed: a line for each group, the higher the more inputs, and below the threshold of decision.
  static func histogram(_ scores: MembershipScores) -> [String] {
    let (names, bins) = (12, 64)
    let counts = ScoreHistogram.Counts(scores, bins: bins)
    let most = max(counts.members.max() ?? 0, counts.nonmembers.max() ?? 0)
    let marks = Array(" ▁▂▃▄▅▆▇█")
    func bar(_ shares: [Double]) -> String {
      String(shares.map { marks[Int(($0 / most * Double(marks.count - 1)).rounded(.up))] })
    }
    let share =
      (scores.threshold - counts.range.lowerBound) / (counts.range.upperBound - counts.range.lowerBound)
    let place = min(bins - 1, max(0, Int(share * Double(bins))))
    let note = place < bins / 2 ? blank(place) + "^ threshold" : blank(max(0, place - 10)) + "threshold ^"
    return [
      "\(padded("members", names)) \(trimmed(bar(counts.members)))",
      "\(padded("nonmembers", names)) \(trimmed(bar(counts.nonmembers)))",
      "\(blank(names)) \(note)",
    ]
  }

  private static func blank(_ count: Int) -> String { String(repeating: " ", count: count) }

  private static func trimmed(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }

  /// A name in so many columns, cut at its end where it is longer.
  private static func padded(_ text: String, _ width: Int) -> String {
    var (result, filled) = ("", 0)
    let line = PrintableText.line(text)
    let isLong = PrintableText.columns(line) > width
    for character in line {
      let columns = PrintableText.columns(String(character))
      if filled + columns > (isLong ? width - 1 : width) { break }
      result.append(character)
      filled += columns
    }
    if isLong {
      result += "…"
      filled += 1
    }
    return result + blank(width - filled)
  }
}
