import Files
import Attack
import Foundation
import Report

/// How the gap between members and nonmembers grows with pre-training: EncoderMI-T and what it rests on, checkpoint by
/// checkpoint.
struct Growth: Codable, Equatable {
  /// One checkpoint of target and shadow.
  struct Point: Codable, Equatable {
    /// Epochs that the target had behind it.
    var epochs: Int
    /// Those over its members.
    var epochsPerMember: Double
    /// The mean similarity of the views of a member.
    var members: Float
    /// The mean similarity of the views of a nonmember.
    var nonmembers: Float
    /// Their difference.
    var gap: Float
    /// The share of right verdicts, from 0 to 1.
    var accuracy: Double
    /// The area under the ROC curve, from 0 to 1.
    var auc: Double
  }

  /// By epochs, ascending.
  var checkpoints: [Point]

  static let fileName = "growth.json"
  private static let tableName = "growth.tsv"

  var table: ReportTable {
    var table = ReportTable(header: ["epochs", "T/N", "members", "nonmembers", "gap", "accuracy", "AUC"])
    for point in checkpoints {
      table.append(
        ["\(point.epochs)", String(format: "%.2f", point.epochsPerMember)]
          + [point.members, point.nonmembers, point.gap].map { String(format: "%.4f", $0) }
          + [point.accuracy, point.auc].map { String(format: "%.1f", 100 * $0) })
    }
    return table
  }

  /// Writes `growth.json` and the same as `growth.tsv`.
  /// - Throws: `FileError`.
  func write(to folder: URL) throws {
    try makeFolder(folder)
    let titles = ["epochs", "epochsPerMember", "members", "nonmembers", "gap", "accuracy", "auc"]
    let lines = checkpoints.map {
      [
        "\($0.epochs)", "\($0.epochsPerMember)", "\($0.members)", "\($0.nonmembers)", "\($0.gap)",
        "\($0.accuracy)", "\($0.auc)",
      ]
    }
    let text = ([titles] + lines).map { DelimitedText.line($0, .tsv) }.joined()
    try atomicWrite(Data(text.utf8), to: folder.appending(path: Growth.tableName))
    try Configuration.write(self, to: folder.appending(path: Growth.fileName))
  }
}

extension AttackJob {
  /// The gap at each checkpoint that both runs have, and at the end.
  /// - Throws: an error of the runs, the images or the features.
  func growth(progress: Progress) throws -> Growth {
    try checkRuns()
    let attack = try EncoderMI(configuration)
    let both = Set(target.folder.checkpointEpochs).intersection(shadow.folder.checkpointEpochs).sorted()
    if both.isEmpty {
      warn(
        "\(target.folder.url.path) and \(shadow.folder.url.path) have no checkpoint of the same epoch, so only their "
          + "ends are compared; pre-train both with the same --checkpoints, such as --checkpoints 100,200,400"
      )
    }
    var growth = Growth(checkpoints: [])
    defer { progress.finish() }
    for epoch in both.map(Optional.some) + [nil] {
      progress.note(epoch.map { "epoch \($0)" } ?? "last epoch")
      let audited = try audited(target, .target, epoch: epoch)
      let description = audited.encoder.description
      // A checkpoint may be that of the last epoch.
      if growth.checkpoints.last?.epochs == description.epoch { continue }
      let features = try attack.features(of: audited)
      let run = try AttackRun(
        .threshold, shadow: try attack.features(of: try self.audited(shadow, .shadow, epoch: epoch)),
        target: features, seed: configuration.seed)
      let means = features.map { $0.means.reduce(0, +) / Float($0.count) }
      let metrics = run.metrics
      growth.checkpoints.append(
        Growth.Point(
          epochs: description.epoch, epochsPerMember: Double(description.epoch) / Double(description.members),
          members: means.members, nonmembers: means.nonmembers, gap: means.members - means.nonmembers,
          accuracy: metrics.accuracy.value, auc: metrics.auc.value))
    }
    return growth
  }
}
