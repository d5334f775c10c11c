import Attack
import Foundation

extension Comparison {
  /// One row for each attack on each algorithm: means over the seeds in percent with their 95% intervals.
  public var table: ReportTable {
    var table = ReportTable(header: ["algorithm", "features", "attack", "accuracy", "AUC", "TPR at 1% FPR"])
    for row in rows where row.role == .attack {
      table.append([
        row.algorithm, FeatureSet.name(of: row.sets), row.attack, Comparison.percent(row.accuracy),
        Comparison.percent(row.auc),
        Comparison.percent(row.tprAt1PercentFPR),
      ])
    }
    return table
  }

  /// How far each kind of control is from chance, in one line each.
  var controls: [String] {
    let kinds: [(Role, String)] = [
      (.groupControl, "controls of the groups (untrained encoders, blind classifiers)"),
      (.pairingControl, "controls on swapped captions"),
    ]
    return kinds.compactMap { role, name in
      let areas = rows.filter { $0.role == role }.map(\.auc)
      guard let low = areas.map(\.summary.mean).min(), let high = areas.map(\.summary.mean).max() else {
        return nil
      }
      let range = String(
        format: "%@: %d, mean AUC from %.1f to %.1f", name, areas.count, 100 * low, 100 * high)
      // One seed has no interval.
      let estimates = areas.compactMap(\.estimate)
      if estimates.isEmpty { return range }
      return range + ", \(estimates.count { $0.isAbove(0.5) }) with their interval above chance"
    }
  }

  /// One row for each measure of usefulness of each algorithm's encoders.
  public var utilityTable: ReportTable {
    var table = ReportTable(header: ["algorithm", "usefulness", "percent"])
    for row in utilities { table.append([row.algorithm, row.measure, Comparison.percent(row.value)]) }
    return table
  }

  /// T, N, batch, seeds and the encoders, in one line.
  public var summary: String {
    let parts = [
      "T = \(epochs) epochs", "N = \(members) members",
      String(format: "T/N = %.2f", Double(epochs) / Double(members)), "batch \(batch)",
      "seeds \(seeds.map(String.init).joined(separator: ", "))",
    ]
    return (parts + [origin.imageEncoder, origin.textEncoder]).joined(separator: ", ")
  }

  /// The tables, the summary and the conclusion, as a terminal of 80 columns shows them.
  public var text: String {
    text({ $0.text(fitting: TerminalText.width) }, { TerminalText.wrapped($0, hanging: 2) })
  }

  /// The same, each row and each sentence in one line.
  public var wideText: String { text(\.text) { [$0] } }

  private func text(_ shown: (ReportTable) -> String, _ wrapped: (String) -> [String]) -> String {
    let useful = utilities.isEmpty ? [] : ["", shown(utilityTable)]
    let sentences = ([summary] + controls + notes.map { "note: \($0)" }).flatMap(wrapped)
    let end = conclusion.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
      $0.isEmpty ? [""] : wrapped(String($0))
    }
    return ([shown(table)] + useful + [""] + sentences + [""] + end).joined(separator: "\n")
  }

  private static func percent(_ value: TrialInterval) -> String {
    guard let estimate = value.estimate else { return String(format: "%.1f", 100 * value.summary.mean) }
    return String(format: "%.1f [%.1f, %.1f]", 100 * estimate.value, 100 * estimate.low, 100 * estimate.high)
  }
}
