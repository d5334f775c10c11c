import Attack
import Foundation

/// The tables and charts of two audits of the same inputs, the same in a page, in a terminal and in files.
extension AuditPair {
  /// What is known of the two encoders under audit.
  public var encoderTable: ReportTable {
    var table = ReportTable(header: ["under audit", "architecture", "trained by", "T", "N", "usefulness"])
    for (when, record) in [("before", before), ("after", after)] {
      let encoder = record.results.target
      table.append([
        when, encoder.encoder, encoder.algorithm ?? "unknown", encoder.epochs.map { "\($0)" } ?? "unknown",
        encoder.members.map { "\($0)" } ?? "unknown",
        encoder.utility.map { "\($0.measure) \(Verdict.percent($0.value))%" } ?? "not measured",
      ])
    }
    return table
  }

  /// Each attack before and after, with differences in points and p-values after Holm's correction over the table.
  public var table: ReportTable {
    var table = ReportTable(header: [
      "attack", "AUC before", "AUC after", "difference", "p", "accuracy before", "accuracy after",
      "right before : after alone", "p ", "TPR at 1% FPR before", "TPR at 1% FPR after",
    ])
    func cell(_ value: Estimate) -> String {
      "\(Verdict.percent(value.value)) [\(Verdict.percent(value.low)), \(Verdict.percent(value.high))]"
    }
    func chance(_ p: Double?) -> String { p.map { $0 < 0.001 ? "<.001" : String(format: "%.3f", $0) } ?? "-" }
    for row in rows {
      let (auc, decisions) = (row.difference.auc, row.difference.decisions)
      var difference = PairVerdict.points(auc.value)
      if let low = auc.low, let high = auc.high {
        difference += " [\(PairVerdict.points(low)), \(PairVerdict.points(high))]"
      }
      table.append([
        row.before.name, cell(row.before.auc), cell(row.after.auc), difference, chance(auc.adjustedP),
        cell(row.before.accuracy), cell(row.after.accuracy),
        "\(decisions.onlyReference) : \(decisions.onlyAttack)", chance(decisions.adjustedP),
        cell(row.before.tprAt1PercentFPR.tpr), cell(row.after.tprAt1PercentFPR.tpr),
      ])
    }
    return table
  }

  /// Areas before and after, and how each input moved by the first attack.
  public var charts: [Chart] {
    guard let first = rows.first, let scores else { return [] }
    return [ShiftChart.chart(rows), MovementChart.chart(first.before.name, scores.before, scores.after)]
  }
}
