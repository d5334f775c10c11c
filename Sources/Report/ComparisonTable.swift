import Attack
import Foundation

extension Comparison {
  /// One row for each algorithm, features and attack: means over the seeds in percent with their 95% intervals.
  public var table: ReportTable {
    var table = ReportTable(header: ["algorithm", "features", "attack", "accuracy", "AUC", "TPR at 1% FPR"])
    for row in rows {
      table.append([
        row.algorithm, row.features, row.isControl ? "control: \(row.attack)" : row.attack,
        Comparison.percent(row.accuracy), Comparison.percent(row.auc),
        Comparison.percent(row.tprAt1PercentFPR),
      ])
    }
    return table
  }

  /// T, N, batch, seeds and the utilities, in one line.
  public var summary: String {
    var parts = [
      "T = \(epochs) epochs", "N = \(members) members", "batch \(batch)",
      "seeds \(seeds.map(String.init).joined(separator: ", "))",
    ]
    for (algorithm, utility) in utilities.sorted(by: { $0.key < $1.key }) {
      parts.append("\(algorithm) \(measures[algorithm] ?? "utility") \(utility.summary.percent)%")
    }
    return parts.joined(separator: ", ")
  }

  /// The table, the summary and the conclusion, as a terminal shows them.
  public var text: String { [table.text, "", summary, "", conclusion].joined(separator: "\n") }

  private static func percent(_ value: TrialInterval) -> String {
    guard let estimate = value.estimate else { return String(format: "%.1f", 100 * value.summary.mean) }
    return String(format: "%.1f [%.1f, %.1f]", 100 * estimate.value, 100 * estimate.low, 100 * estimate.high)
  }
}
