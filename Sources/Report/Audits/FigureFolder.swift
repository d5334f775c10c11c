import Attack
import Files
import Foundation

/// Charts as SVG, tables as Markdown and every number of attacks and controls as CSV, in a folder; of several audits each
/// in a folder of its own.
public enum FigureFolder {
  /// Writes the files.
  /// - Throws: ``ReportError/occupied(_:)``, `FileError` or `EvaluationError`.
  public static func write(_ records: [AuditRecord], to folder: URL) throws {
    if Paths.exists(folder.path), try !Paths.names(in: folder.path).isEmpty {
      throw ReportError.occupied(folder.path)
    }
    for (index, record) in records.enumerated() {
      let place = records.count == 1 ? folder : folder.appending(path: "audit-\(index + 1)")
      try makeFolder(place)
      func write(_ text: String, _ name: String) throws {
        try atomicWrite(Data(text.utf8), to: place.appending(path: name))
      }
      for chart in try record.charts() { try write(chart.file, "\(chart.name).svg") }
      for (name, table) in [
        ("encoders", record.encoderTable), ("questions", record.questionTable),
        ("fewer-questions", record.queryTable),
        ("attacks", record.attackTable), ("comparison", record.results.comparisonTable),
        ("controls", record.controlTable), ("swapped", record.results.swappedTable),
        ("methods", record.methodTable),
      ] where !table.rows.isEmpty {
        try write(table.markdown, "\(name).md")
      }
      try write(record.numbers, "metrics.csv")
      try write(record.curves(), "roc.csv")
    }
  }
}

extension AuditRecord {
  /// Every number of every attack and control as comma-separated values, with all digits.
  var numbers: String {
    let rates: [(String, (AttackMetrics) -> Estimate?)] = [
      ("accuracy", \.accuracy), ("balanced accuracy", \.balancedAccuracy), ("precision", \.precision),
      ("recall", \.recall), ("AUC", \.auc), ("TPR at 1% FPR", \.tprAt1PercentFPR.tpr),
      ("TPR at 0.1% FPR", \.tprAt01PercentFPR.tpr),
    ]
    let titles =
      ["name", "family", "threshold"] + rates.flatMap { [$0.0, "\($0.0) low", "\($0.0) high"] }
      + ["realised FPR at 1%", "realised FPR at 0.1%", "chance of area"]
    return DelimitedText.line(titles, .csv)
      + (results.attacks + results.controls).map { row in
        let estimates = rates.flatMap { rate in
          let value = rate.1(row)
          return [value?.value, value?.low, value?.high].map { $0.map { "\($0)" } ?? "" }
        }
        let rest = [row.tprAt1PercentFPR.realisedFPR, row.tprAt01PercentFPR.realisedFPR, row.chanceOfArea]
        return DelimitedText.line(
          [row.name, row.family?.rawValue ?? "attack", "\(row.threshold)"] + estimates + rest.map { "\($0)" },
          .csv)
      }.joined()
  }
}

extension AuditRecord {
  /// The ROC curve of every attack and of the controls of the groups as comma-separated values, a line for each point: all
  /// inputs that score at least the threshold are taken for members.
  /// - Throws: `EvaluationError`.
  func curves() throws -> String {
    var text = DelimitedText.line(
      ["name", "family", "threshold", "false positive rate", "true positive rate"], .csv)
    for metrics in results.attacks + results.controls {
      guard let roc = try scores.scores(of: metrics)?.roc else { continue }
      for point in roc.points {
        text += DelimitedText.line(
          [
            metrics.name, metrics.family?.rawValue ?? "attack", "\(point.threshold)", "\(roc.fpr(point))",
            "\(roc.tpr(point))",
          ], .csv)
      }
    }
    return text
  }
}

extension ReportTable {
  /// The table in Markdown, in which no cell is taken for anything but text.
  var markdown: String {
    func line(_ cells: [String]) -> String {
      "| \(cells.map(ReportTable.plain).joined(separator: " | ")) |\n"
    }
    return line(header) + line(["---"] + header.dropFirst().map { _ in "---:" }) + rows.map(line).joined()
  }

  private static func plain(_ cell: String) -> String {
    if cell.hasPrefix("---") { return cell }
    return cell.reduce(into: "") { result, character in
      switch character {
      case "<": result += "&lt;"
      case "&": result += "&amp;"
      case "|", "\\", "`", "*", "_", "[", "]", "~", "#": result += "\\\(character)"
      default: result.append(character)
      }
    }
  }
}
