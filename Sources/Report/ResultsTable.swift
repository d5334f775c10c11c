import Attack
import Foundation

extension AttackResults {
  /// Attacks, then controls but those of ``swappedTable``, each with its rates in percent and their 95% intervals.
  public var table: ReportTable {
    var table = ReportTable(header: ["attack", "accuracy", "precision", "recall", "AUC", "TPR at 1% FPR"])
    for metrics in attacks { table.append(AttackResults.cells(metrics, metrics.name)) }
    for metrics in controls where SwappedCaptions.parts(ofName: metrics.name) == nil {
      table.append(AttackResults.cells(metrics, "control: \(metrics.name)"))
    }
    return table
  }

  /// Controls on pairs that do not belong together: for each way to swap and each classifier the areas in percent with
  /// their 95% intervals, one half being chance.
  public var swappedTable: ReportTable {
    var table = ReportTable(
      header: ["AUC with captions swapped", "judged by"]
        + SwappedCaptions.Reference.allCases.map { "against \($0.name)" })
    var rows: [(swap: SwappedCaptions, attack: String, areas: [SwappedCaptions.Reference: Estimate])] = []
    for metrics in controls {
      guard let (swap, reference, attack) = SwappedCaptions.parts(ofName: metrics.name) else { continue }
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

  private static func cells(_ metrics: AttackMetrics, _ name: String) -> [String] {
    let point = metrics.tprAt1PercentFPR
    // The rate that was really measured at is said wherever it is not the nominal one.
    let isNominal = abs(point.realisedFPR - 0.01) < 5e-5
    let realised = isNominal ? "" : " at \(percent(point.realisedFPR))%"
    return [
      name, percent(metrics.accuracy), percent(metrics.precision), percent(metrics.recall),
      percent(metrics.auc), percent(point.tpr) + realised,
    ]
  }

  private static func percent(_ value: Double) -> String { String(format: "%.1f", 100 * value) }

  private static func percent(_ estimate: Estimate) -> String {
    "\(percent(estimate.value)) [\(percent(estimate.low)), \(percent(estimate.high))]"
  }

  /// One line of what every number must be read with: T, N, T/N, the encoder's utility, and how many were tested.
  public var summary: String {
    let target = Pretraining(
      epochs: epochs, members: members, utility: utility, encoder: encoder, algorithm: algorithm)
    var parts = AttackResults.parts(target)
    parts.append("tested on \(counts.target.members) members and \(counts.target.nonmembers) nonmembers")
    return parts.joined(separator: ", ")
  }

  /// The same of the shadow.
  public var shadowSummary: String { "shadow: " + AttackResults.parts(shadow).joined(separator: ", ") }

  private static func parts(_ encoder: Pretraining) -> [String] {
    [
      "T = \(encoder.epochs) epochs", "N = \(encoder.members) members",
      "T/N = \(ratio(encoder.epochsPerMember))",
    ] + (encoder.utility.map { ["\($0.measure) \(percent($0.value))%"] } ?? [])
  }

  /// Three significant digits, without an exponent.
  private static func ratio(_ value: Double) -> String {
    guard value > 0 && value.isFinite else { return "\(value)" }
    let decimals = max(0, 2 - Int(log10(value).rounded(.down)))
    return String(format: "%.\(decimals)f", value)
  }

  /// The tables, both summaries and the warnings, as a terminal shows them.
  public var text: String {
    let swapped = swappedTable
    let tables = [table.text, ""] + (swapped.rows.isEmpty ? [] : [swapped.text, ""])
    return (tables + [summary, shadowSummary] + warnings.map { "warning: \($0)" }).joined(separator: "\n")
  }
}
