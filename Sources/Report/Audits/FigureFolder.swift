import Attack
import Experiments
import Files
import Foundation

/// Charts as SVG and PNG, tables as Markdown and as comma-separated values, and every number of attacks and controls with all
/// digits, in a folder; of several audits and experiments each in a folder of its own. No table or chart here names an
/// input, a folder or a path, so that an anonymous report's are the same.
public enum FigureFolder {
  /// Writes the files.
  /// - Throws: ``ReportError/occupied(_:)``, `FileError`, `EvaluationError`, or `ImageError`.
  public static func write(_ material: ReportMaterial, to folder: URL) throws {
    let (records, experiments) = (material.records, material.experiments)
    if Paths.exists(folder.path), try !Paths.names(in: folder.path).isEmpty {
      throw ReportError.occupied(folder.path)
    }
    try makeFolder(folder)
    if let pair = material.pair {
      try write(pair.charts, to: folder)
      try write(
        [
          ("before-after", pair.areaTable), ("rates-before-after", pair.rateTable),
          ("encoders", pair.encoderTable),
        ], to: folder)
    }
    for (index, one) in material.series.enumerated() {
      let chart = one.chart(index + 1)
      try write([chart], to: folder)
      try write([(chart.name, one.table)], to: folder)
    }
    let isAlone = records.count + experiments.count == 1
    for (index, experiment) in experiments.enumerated() {
      let place = isAlone ? folder : folder.appending(path: "experiment-\(index + 1)")
      try makeFolder(place)
      try write(experiment.results.charts, to: place)
      try write(experiment.tables, to: place)
      try write(experiment.numbers, place.appending(path: "trials.csv"))
    }
    for (index, record) in records.enumerated() {
      let place = isAlone ? folder : folder.appending(path: "audit-\(index + 1)")
      try makeFolder(place)
      try write(record, pictures: index == 0 && !material.isAnonymous ? material.pictures : [], to: place)
    }
  }

  private static func write(_ record: AuditRecord, pictures: [InputPicture], to place: URL) throws {
    try write(try record.charts(), to: place)
    for (number, picture) in pictures.enumerated() {
      try write(MatrixChart.matrices(picture.glimpse, number + 1), to: place)
    }
    try write(
      [
        ("encoders", record.encoderTable), ("questions", record.questionTable),
        ("fewer-questions", record.queryTable), ("attacks", record.attackTable),
        ("comparison", record.results.comparisonTable), ("controls", record.controlTable),
        ("swapped", record.results.swappedTable), ("methods", record.methodTable),
      ], to: place)
    if let table = try record.calibrationTable() { try write([("calibration", table)], to: place) }
    try write(record.numbers, place.appending(path: "metrics.csv"))
    try write(record.curves(), place.appending(path: "roc.csv"))
    try write(record.precisions(), place.appending(path: "precision.csv"))
  }

  private static func write(_ text: String, _ file: URL) throws { try atomicWrite(Data(text.utf8), to: file) }

  private static func write(_ charts: [Chart], to folder: URL) throws {
    for chart in charts {
      try write(chart.file, folder.appending(path: "\(chart.name).svg"))
      try atomicWrite(Data(try chart.png()), to: folder.appending(path: "\(chart.name).png"))
    }
  }

  private static func write(_ tables: [(name: String, table: ReportTable)], to folder: URL) throws {
    for (name, table) in tables where !table.rows.isEmpty {
      try write(table.markdown, folder.appending(path: "\(name).md"))
      try write(table.csv, folder.appending(path: "\(name).csv"))
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
    try points(["false positive rate", "true positive rate"]) { roc in
      roc.points.map { ($0.threshold, roc.fpr($0), roc.tpr($0)) }
    }
  }

  /// Recall and precision of the same at each threshold at which somebody is taken for a member, a line for each.
  /// - Throws: `EvaluationError`.
  func precisions() throws -> String {
    try points(["recall", "precision"]) { roc in
      zip(roc.points.dropFirst(), PrecisionChart.points(roc)).map { ($0.threshold, $1.recall, $1.precision) }
    }
  }

  private func points(
    _ titles: [String], _ values: (ROCCurve) -> [(threshold: Double, first: Double, second: Double)]
  ) throws -> String {
    var text = DelimitedText.line(["name", "family", "threshold"] + titles, .csv)
    for metrics in results.attacks + results.controls {
      guard let roc = try scores.scores(of: metrics)?.roc else { continue }
      for point in values(roc) {
        text += DelimitedText.line(
          [
            metrics.name, metrics.family?.rawValue ?? "attack", "\(point.threshold)", "\(point.first)",
            "\(point.second)",
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
    // By code points, since a mark after a character does not keep it from being one of Markdown.
    var result = String.UnicodeScalarView()
    for scalar in cell.unicodeScalars {
      switch scalar {
      case "<": result += "&lt;".unicodeScalars
      case "&": result += "&amp;".unicodeScalars
      case "|", "\\", "`", "*", "_", "[", "]", "~", "#": result += ["\\", scalar]
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
