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

  /// Areas of each attack before and after, with differences in points and p-values after Holm's correction over all that
  /// are compared.
  public var areaTable: ReportTable {
    var table = ReportTable(header: ["attack", "AUC before", "AUC after", "difference", "p"])
    for row in rows {
      let auc = row.difference.auc
      var difference = PairVerdict.points(auc.value)
      if let low = auc.low, let high = auc.high {
        difference += " [\(PairVerdict.points(low)), \(PairVerdict.points(high))]"
      }
      table.append([
        row.before.name, AuditPair.cell(row.before.auc), AuditPair.cell(row.after.auc), difference,
        AuditPair.chance(auc.adjustedP),
      ])
    }
    return table
  }

  /// Rates of each attack before and after, and the inputs that are told rightly in one of the two alone.
  public var rateTable: ReportTable {
    var table = ReportTable(header: [
      "attack", "accuracy before", "accuracy after", "right before : after alone", "p",
      "TPR at 1% FPR before", "TPR at 1% FPR after",
    ])
    for row in rows {
      let decisions = row.difference.decisions
      table.append([
        row.before.name, AuditPair.cell(row.before.accuracy), AuditPair.cell(row.after.accuracy),
        "\(decisions.onlyReference) : \(decisions.onlyAttack)", AuditPair.chance(decisions.adjustedP),
        AuditPair.cell(row.before.tprAt1PercentFPR.tpr), AuditPair.cell(row.after.tprAt1PercentFPR.tpr),
      ])
    }
    return table
  }

  private static func cell(_ value: Estimate) -> String {
    "\(Verdict.percent(value.value)) [\(Verdict.percent(value.low)), \(Verdict.percent(value.high))]"
  }

  private static func chance(_ p: Double?) -> String {
    p.map { $0 < 0.001 ? "<.001" : String(format: "%.3f", $0) } ?? "-"
  }

  /// Areas before and after, and how each input moved by the first attack.
  public var charts: [Chart] {
    guard let first = rows.first, let scores else { return [] }
    return [ShiftChart.chart(rows), MovementChart.chart(first.before.name, scores.before, scores.after)]
  }
}
