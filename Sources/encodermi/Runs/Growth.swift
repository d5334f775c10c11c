import Attack
import Contrastive
import Foundation
import Report

extension AttackJob {
  /// How the gap grows: for each checkpoint that both runs have, and the end, EncoderMI-T and what it rests on.
  /// - Throws: an error of the runs, the images or the features.
  func growth(progress: Progress) throws -> ReportTable {
    try checkRuns()
    let attack = try EncoderMI(configuration)
    let both = Set(target.folder.checkpointEpochs).intersection(shadow.folder.checkpointEpochs).sorted()
    var table = ReportTable(header: ["epochs", "T/N", "members", "nonmembers", "gap", "accuracy", "AUC"])
    for epoch in both.map(Optional.some) + [nil] {
      progress.note(epoch.map { "epoch \($0)" } ?? "last epoch")
      let audited = try audited(target, .target, epoch: epoch)
      let features = try attack.features(of: audited)
      let run = try AttackRun(
        .threshold, shadow: try attack.features(of: try self.audited(shadow, .shadow, epoch: epoch)),
        target: features, seed: configuration.seed)
      let means = features.map { $0.means.reduce(0, +) / Float($0.count) }
      let metrics = run.metrics
      let description = audited.encoder.description
      table.append([
        "\(description.epoch)",
        String(format: "%.2f", Double(description.epoch) / Double(description.members)),
        String(format: "%.4f", means.members), String(format: "%.4f", means.nonmembers),
        String(format: "%.4f", means.members - means.nonmembers),
        String(format: "%.1f", 100 * metrics.accuracy.value), String(format: "%.1f", 100 * metrics.auc.value),
      ])
    }
    progress.finish()
    return table
  }
}
