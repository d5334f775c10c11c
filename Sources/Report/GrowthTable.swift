import Experiments
import Foundation

extension Growth {
  /// One row for each checkpoint: similarities as they are, accuracy and AUC in percent.
  public var table: ReportTable {
    var table = ReportTable(header: ["epochs", "T/N", "members", "nonmembers", "gap", "accuracy", "AUC"])
    for point in checkpoints {
      table.append(
        ["\(point.epochs)", String(format: "%.2f", point.epochsPerMember)]
          + [point.members, point.nonmembers, point.gap].map { String(format: "%.4f", $0) }
          + [point.accuracy, point.auc].map { String(format: "%.1f", 100 * $0) })
    }
    return table
  }
}
