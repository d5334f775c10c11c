import Attack
import Foundation

extension AttackResults {
  /// Attacks, then controls but those of ``swappedTable``, each with its rates in percent and their 95% intervals.
  public var table: ReportTable {
    var table = ReportTable(header: ["attack", "accuracy", "precision", "recall", "AUC", "TPR at 1% FPR"])
    for metrics in attacks { table.append(AttackResults.cells(metrics, metrics.name)) }
    for metrics in controls where metrics.swap == nil {
      table.append(AttackResults.cells(metrics, "control: \(metrics.name)"))
    }
    return table
  }

  /// The same without precision and recall, for 80 columns.
  public var narrowTable: ReportTable {
    let (whole, kept) = (table, [0, 1, 4, 5])
    var narrow = ReportTable(header: kept.map { whole.header[$0] })
    for row in whole.rows { narrow.append(kept.map { row[$0] }) }
    return narrow
  }

  /// Controls on pairs that do not belong together: for each way to swap and each classifier the areas in percent with
  /// their 95% intervals, one half being chance.
  public var swappedTable: ReportTable {
    var table = ReportTable(
      header: ["AUC with captions swapped", "judged by"]
        + SwappedCaptions.Reference.allCases.map { "against \($0.name)" })
    var rows: [(swap: SwappedCaptions, attack: String, areas: [SwappedCaptions.Reference: Estimate])] = []
    for metrics in controls {
      guard let found = metrics.swap else { continue }
      let (swap, reference, attack) = (found.captions, found.reference, found.judge)
      if rows.last?.swap != swap || rows.last?.attack != attack { rows.append((swap, attack, [:])) }
      rows[rows.count - 1].areas[reference] = metrics.auc
    }
    for row in rows {
      table.append(
        [row.swap.name, row.attack]
          + SwappedCaptions.Reference.allCases.map { row.areas[$0].map(AttackResults.percent) ?? "" })
    }
    return table
  }

  /// The attacks beside the one that they are compared with: the difference of areas in points with its 95% interval, the
  /// inputs that either alone tells rightly, and both p-values after Holm's correction over the table. "-" stands for what
  /// is not defined.
  public var comparisonTable: ReportTable {
    var table = ReportTable(header: [
      "attack", "AUC difference", "p AUC", "right alone", "p alone",
    ])
    for row in comparison?.attacks ?? [] {
      let (auc, decisions) = (row.auc, row.decisions)
      var difference = AttackResults.points(auc.value)
      if let low = auc.low, let high = auc.high {
        difference += " [\(AttackResults.points(low)), \(AttackResults.points(high))]"
      }
      table.append([
        row.name, difference, auc.adjustedP.map(AttackResults.chance) ?? "-",
        "\(decisions.onlyAttack) : \(decisions.onlyReference)", AttackResults.chance(decisions.adjustedP),
      ])
    }
    return table
  }

  /// What EncoderMI-T finds with the first few of the views or variants that were asked about.
  public var queryTable: ReportTable {
    var table = ReportTable(header: ["attack", "views or variants", "accuracy", "AUC"])
    for point in byQueries {
      table.append([
        point.attack, "\(point.queries)", AttackResults.percent(point.accuracy),
        AttackResults.percent(point.auc),
      ])
    }
    return table
  }

  private static func points(_ value: Double) -> String { String(format: "%+.1f", 100 * value) }

  /// A p-value to three decimals.
  private static func chance(_ p: Double) -> String { p < 0.001 ? "<.001" : String(format: "%.3f", p) }

  private static func cells(_ metrics: AttackMetrics, _ name: String) -> [String] {
    let point = metrics.tprAt1PercentFPR
    // The rate that was really measured at is said wherever it is not the nominal one.
    let isNominal = abs(point.realisedFPR - 0.01) < 5e-5
    let realised = isNominal ? "" : " at \(percent(point.realisedFPR))%"
    return [
      name, percent(metrics.accuracy), metrics.precision.map(percent) ?? "-", percent(metrics.recall),
      percent(metrics.auc), percent(point.tpr) + realised,
    ]
  }

  static func percent(_ value: Double) -> String { String(format: "%.1f", 100 * value) }

  private static func percent(_ estimate: Estimate) -> String {
    "\(percent(estimate.value)) [\(percent(estimate.low)), \(percent(estimate.high))]"
  }

  /// One line of what every number must be read with: T, N, T/N, the encoder's utility, and how many were tested.
  public var summary: String {
    var parts = AttackResults.parts(target)
    parts.append("tested on \(counts.target.members) members and \(counts.target.nonmembers) nonmembers")
    return parts.joined(separator: ", ")
  }

  /// The same of the shadow.
  public var shadowSummary: String {
    shadow.map { "shadow: " + AttackResults.parts($0).joined(separator: ", ") } ?? "no shadow"
  }

  /// How much the target was asked about each of its inputs, and how far fewer questions would have come.
  public var querySummary: String {
    let each = queriesPerInput
    var words = "asked about each input: \(each.pictures) pictures, \(each.captions) captions"
    let first = byQueries.filter { $0.attack == byQueries.first?.attack }
    // The least, the most, and a few between.
    let shown = first.indices.filter { [0, 1, 3, first.count - 1].contains($0) || ($0 + 2) % 10 == 0 }
    if first.count > 1 {
      words +=
        "; AUC of \(first[0].attack) by views or variants: "
        + shown.map { "\(first[$0].queries): \(AttackResults.percent(first[$0].auc.value))" }
        .joined(separator: ", ")
    }
    return words
  }

  private static func parts(_ encoder: EncoderRecord) -> [String] {
    [
      "T = \(encoder.epochs.map { "\($0) epochs" } ?? "unknown")",
      "N = \(encoder.members.map { "\($0) members" } ?? "unknown")",
      "T/N = \(encoder.epochsPerMember.map(ratio) ?? "-")",
    ] + (encoder.utility.map { ["\($0.measure) \(percent($0.value))%"] } ?? [])
  }

  /// Three significant digits, without an exponent.
  private static func ratio(_ value: Double) -> String {
    guard value > 0 && value.isFinite else { return "\(value)" }
    let decimals = max(0, 2 - Int(log10(value).rounded(.down)))
    return String(format: "%.\(decimals)f", value)
  }

  /// The tables, both summaries and the warnings, as a terminal of 80 columns shows them; ``wideText`` has more columns.
  public var text: String {
    let sentences = sentences.flatMap { TerminalText.wrapped($0, hanging: 2) }
    return text(narrowTable, sentences) { $0.text(fitting: TerminalText.width) }
  }

  /// The same with precision and recall, however wide.
  public var wideText: String {
    text(table, sentences, \.text)
  }

  private var sentences: [String] {
    [summary, shadowSummary, querySummary, errorRate.statement] + warnings.map { "warning: \($0)" }
  }

  private func text(_ table: ReportTable, _ sentences: [String], _ shown: (ReportTable) -> String) -> String {
    let swapped = swappedTable
    var tables = [shown(table), ""] + (swapped.rows.isEmpty ? [] : [shown(swapped), ""])
    if let comparison {
      tables += [
        "on the same inputs, beside \(comparison.reference) (p after Holm's correction):", "",
        shown(comparisonTable), "",
      ]
    }
    return (tables + sentences).joined(separator: "\n")
  }
}
