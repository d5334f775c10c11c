import Attack
import Experiments
import Files
import Foundation

extension StudyResults {
  /// The axes of the cells' labels: "distribution, architecture, algorithm".
  private var axes: String { (cells.first?.labels ?? []).map(\.axis).joined(separator: ", ") }

  /// One row for each attack in each cell, in percent: mean (standard deviation) over the trials, and the area with its 95%
  /// interval, over the trials where there are several, else over the inputs of the one.
  public var measures: ReportTable {
    var table = ReportTable(header: [axes, "attack", "accuracy", "precision", "recall", "AUC"])
    for cell in cells {
      for row in cell.attacks {
        table.append([cell.name, StudyResults.short(row.name)] + StudyResults.figures(row))
      }
      for row in cell.controls {
        table.append([cell.name, "control: \(StudyResults.short(row.name))"] + StudyResults.figures(row))
      }
    }
    return table
  }

  /// One row for each cell: epochs, members, their ratio and the usefulness of target and shadow, in percent with what it is
  /// measured by.
  public var encoders: ReportTable {
    var table = ReportTable(
      header: [axes, "T", "N", "T/N", "useful", "shadow's T", "shadow's N", "shadow's useful"])
    for cell in cells {
      let (target, shadow) = (cell.target, cell.shadow)
      table.append([
        cell.name, StudyResults.whole(target.epochs), StudyResults.whole(target.members),
        target.epochsPerMember.map { String(format: "%.2f", $0) } ?? "-", StudyResults.utility(target),
        StudyResults.whole(shadow.epochs), StudyResults.whole(shadow.members), StudyResults.utility(shadow),
      ])
    }
    return table
  }

  /// One row for each number that the paper has: ours, then the paper's; nil where it has none.
  public var besidePaper: ReportTable? {
    var table = ReportTable(
      header: [
        axes, "attack", "accuracy", "paper's accuracy", "precision", "paper's precision", "recall",
        "paper's recall", "paper's data",
      ])
    for cell in cells {
      for row in cell.attacks {
        guard let paper = row.paper else { continue }
        table.append([
          cell.name, StudyResults.short(row.name), StudyResults.mean(row.accuracy),
          StudyResults.one(paper.accuracy),
          StudyResults.mean(row.precision), StudyResults.one(paper.precision), StudyResults.mean(row.recall),
          StudyResults.one(paper.recall), paper.dataset,
        ])
      }
    }
    return table.rows.isEmpty ? nil : table
  }

  /// Mean similarities of members and nonmembers by cell; nil where no cell has them, or nothing but the audit differs.
  public var similarityTable: ReportTable? {
    var table = ReportTable(header: [axes, "members", "nonmembers", "gap"])
    for cell in cells {
      guard let similarities = cell.similarities else { continue }
      let means = (similarities.members.summary.mean, similarities.nonmembers.summary.mean)
      table.append([cell.name] + [means.0, means.1, means.0 - means.1].map { String(format: "%.4f", $0) })
    }
    return table.rows.isEmpty ? nil : table
  }

  /// One row for each ordering that the paper found, with what its verdict rests on: the difference over several trials, or
  /// the areas of a single one; nil where these cells show none.
  public var orderingTable: ReportTable? {
    guard !orderings.isEmpty else { return nil }
    var table = ReportTable(header: ["the paper's ordering", "it rests on", "here"])
    for ordering in orderings {
      table.append([ordering.claim, StudyResults.basis(ordering), ordering.verdict.rawValue])
    }
    return table
  }

  private static func basis(_ ordering: Ordering) -> String {
    if let areas = ordering.areas {
      let both = "AUC \(area(areas.higher)) against \(area(areas.lower))"
      return areas.difference.map { "\(both), difference \(points($0))" } ?? both
    }
    let isShare = ordering.measure.isShare
    let (unit, format) = (isShare ? 100.0 : 1.0, isShare ? "%+.1f" : "%+.3f")
    let mean = String(format: format, unit * ordering.difference.summary.mean)
    let words = "\(ordering.measure.rawValue) \(mean)"
    guard let estimate = ordering.difference.estimate else {
      return "\(words), no interval"
    }
    return words + String(format: " [\(format), \(format)]", unit * estimate.low, unit * estimate.high)
  }

  /// A difference in points with its interval.
  private static func points(_ value: Estimate) -> String {
    String(format: "%+.1f [%+.1f, %+.1f]", 100 * value.value, 100 * value.low, 100 * value.high)
  }

  /// An area in percent with its interval.
  static func area(_ value: Estimate) -> String {
    String(format: "%.1f [%.1f, %.1f]", 100 * value.value, 100 * value.low, 100 * value.high)
  }

  /// What the experiment is, and on which data, in some lines.
  public var heading: String {
    let opened = data.sorted { $0.key.rawValue < $1.key.rawValue }.map { source, data in
      "\(source.rawValue): \(data.name), \(data.images.map { "\($0) images, " } ?? "")nonmembers from \(data.hasTestPart ? "a part of their own" : "where members are from")"
    }
    let trials = cells.first?.trials.map { "\($0.seed)" }.joined(separator: ", ") ?? "none"
    return ([title, source, "scale \(scale), seeds \(trials)"] + opened).joined(separator: "\n")
  }

  /// All tables below the heading, as a terminal of 80 columns shows them.
  public var text: String { TerminalText.fitted(heading, to: TerminalText.width) + "\n\n" + tablesText }

  /// All tables, as a terminal of 80 columns shows them.
  var tablesText: String {
    var parts = [measures.narrowText, encoders.narrowText]
    if let similarityTable {
      parts.append("mean similarity of an image's views\n\n" + similarityTable.narrowText)
    }
    if let besidePaper { parts.append("beside the paper, percent\n\n" + besidePaper.narrowText) }
    if let orderingTable { parts.append(orderingTable.text(fitting: TerminalText.width)) }
    parts += skipped.map { TerminalText.fitted("left out \($0.cell): \($0.reason)", to: TerminalText.width) }
    return parts.joined(separator: "\n\n")
  }

  /// The same in Markdown.
  public var markdown: String {
    var parts = ["# \(experiment)", heading, measures.markdown, encoders.markdown]
    if let similarityTable { parts += ["Mean similarity of an image's views:", similarityTable.markdown] }
    if let besidePaper { parts += ["Beside the paper, percent:", besidePaper.markdown] }
    if let orderingTable { parts += ["Orderings that the paper found:", orderingTable.markdown] }
    parts += skipped.map { "Left out \($0.cell): \($0.reason)" }
    return parts.joined(separator: "\n\n") + "\n"
  }

  private static func short(_ name: String) -> String {
    name.replacing("EncoderMI-", with: "").replacing("untrained encoder", with: "untrained")
      .replacing(" (image statistics)", with: "")
  }

  private static func figures(_ row: Row) -> [String] {
    let auc = (row.auc.estimate ?? row.aucByTrial.first).map(area) ?? "-"
    return [
      row.accuracy.summary.percent, row.precision?.summary.percent ?? "-", row.recall.summary.percent, auc,
    ]
  }

  private static func whole(_ value: Int?) -> String { value.map(String.init) ?? "-" }
  private static func utility(_ encoder: Encoder) -> String {
    guard let measure = encoder.measure, let utility = encoder.utility else { return "-" }
    return "\(measure.replacing(" accuracy", with: "")) \(one(100 * utility.summary.mean))"
  }
  private static func one(_ value: Double) -> String { String(format: "%.1f", value) }
  private static func mean(_ value: TrialInterval?) -> String {
    value.map { one(100 * $0.summary.mean) } ?? "-"
  }
}

extension ReportTable {
  /// The same with the first two columns as one, which names a row by itself where rows stand as cards.
  var joiningNames: ReportTable {
    var table = ReportTable(header: ["\(header[0]): \(header[1])"] + header.dropFirst(2))
    for row in rows { table.append(["\(row[0]): \(row[1])"] + row.dropFirst(2)) }
    return table
  }

  /// The table in at most 80 columns: as it is; or with the names of the axes above it, where cells have short names; or
  /// in blocks of rows with the same first cell, which stands above them.
  var narrowText: String {
    func width(_ text: String) -> Int { PrintableText.columns(text) }
    if text.split(separator: "\n").allSatisfy({ width(String($0)) <= TerminalText.width }) { return text }
    func table(_ title: [String], _ rows: ArraySlice<[String]>) -> String {
      var table = ReportTable(header: title + header.dropFirst())
      for row in rows {
        // A mean and its deviation stand in one line.
        let figures = row.dropFirst(2).map { $0.replacing(" (", with: "\u{A0}(") }
        table.append((title.isEmpty ? [] : [row[0]]) + row.prefix(2).dropFirst() + figures)
      }
      return table.text(fitting: TerminalText.width)
    }
    if rows.allSatisfy({ width($0[0]) <= ReportTable.shortName }) {
      return TerminalText.fitted("cell: \(header[0])", to: TerminalText.width) + "\n\n"
        + table(["cell"], rows[...])
    }
    var (blocks, rest) = ([String](), rows[...])
    while let first = rest.first {
      let same = rest.prefix { $0[0] == first[0] }
      rest = rest.dropFirst(same.count)
      blocks.append(
        TerminalText.fitted("\(header[0]): \(first[0])", to: TerminalText.width) + "\n\n" + table([], same))
    }
    return blocks.joined(separator: "\n\n")
  }

  /// Columns of a name that leaves room for the others.
  private static let shortName = 12
}
