import Attack
import Contrastive
import Data
import Files
import Foundation

/// How the gap between members and nonmembers grows with pre-training: EncoderMI-T and what it rests on, checkpoint by
/// checkpoint.
public struct Growth: Codable, Equatable, Sendable {
  /// One checkpoint of target and shadow.
  public struct Point: Codable, Equatable, Sendable {
    /// Epochs that the target had behind it.
    public let epochs: Int
    /// Those over its members.
    public let epochsPerMember: Double
    /// The mean similarity of the views of a member.
    public let members: Float
    /// The mean similarity of the views of a nonmember.
    public let nonmembers: Float
    /// Their difference.
    public let gap: Float
    /// The share of right verdicts, from 0 to 1.
    public let accuracy: Double
    /// The area under the ROC curve, from 0 to 1.
    public let auc: Double
  }

  /// By epochs, ascending.
  public internal(set) var checkpoints: [Point]

  /// The name of the file in a folder of results.
  static let fileName = "growth.json"
  private static let tableName = "growth.tsv"

  /// Reads `growth.json` in a folder; nil where there is none.
  /// - Throws: `FileError` or `ConfigurationError`.
  public static func read(from folder: URL) throws -> Growth? {
    let file = folder.appending(path: fileName)
    return Paths.isFile(file.path) ? try Configuration.read(from: file) : nil
  }

  /// Writes `growth.json` and the same as `growth.tsv`.
  /// - Throws: `FileError`.
  public func write(to folder: URL) throws {
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

extension Growth: Validated {
  /// Checks that epochs rise and that rates are rates.
  /// - Throws: `InvalidSetting`.
  public func validate() throws(InvalidSetting) {
    for (index, point) in checkpoints.enumerated() {
      let last = index == 0 ? -1 : checkpoints[index - 1].epochs
      try require(point.epochs > last, "epochs", point.epochs, "above \(last)")
      for (name, rate) in [("accuracy", point.accuracy), ("auc", point.auc)] {
        try require((0...1).contains(rate), name, rate, "from 0 to 1")
      }
    }
  }
}

extension AttackJob {
  /// The gap at each checkpoint that both runs have, and at the end.
  /// - Throws: an error of the runs, the images or the features.
  public func growth(report: (ExperimentEvent) -> Void = { _ in }) throws -> Growth {
    try runs.check()
    let (targetRun, shadowRun) = (try runs.run(.target), try runs.run(.shadow))
    let (target, shadow) = (targetRun.folder, shadowRun.folder)
    let audit = try Audit(configuration)
    let both = try Set(target.checkpointEpochs()).intersection(shadow.checkpointEpochs()).sorted()
    if both.isEmpty { report(.noCommonCheckpoint(target: target.url.path, shadow: shadow.url.path)) }
    var growth = Growth(checkpoints: [])
    for epoch in both.map(Optional.some) + [nil] {
      report(.doing(epoch.map { "epoch \($0)" } ?? "last epoch"))
      let encoders = (try targetRun.encoder(epoch: epoch), try shadowRun.encoder(epoch: epoch))
      let description = encoders.0.description
      // A checkpoint may be that of the last epoch.
      if growth.checkpoints.last?.epochs == description.epoch { continue }
      func features(_ run: Run, _ group: AuditGroup, by encoder: PretrainedEncoder) throws
        -> MembershipGroups<MembershipFeatures>
      {
        try run.groups(group).map {
          try audit.features([.imageImage], of: Population(run.images, $0), by: encoder)
        }
      }
      let target = try features(targetRun, .target, by: encoders.0)
      let classifier = try InferenceClassifierKind.threshold.fit(
        try features(shadowRun, .shadow, by: encoders.1), settings: configuration.classifiers,
        seed: configuration.seed)
      let means = target.map { $0.means.reduce(0, +) / Float($0.count) }
      let metrics = AttackMetrics(
        name: InferenceClassifierKind.threshold.name, scores: try classifier.membershipScores(target))
      growth.checkpoints.append(
        Growth.Point(
          epochs: description.epoch, epochsPerMember: Double(description.epoch) / Double(description.members),
          members: means.members, nonmembers: means.nonmembers, gap: means.members - means.nonmembers,
          accuracy: metrics.accuracy.value, auc: metrics.auc.value))
    }
    return growth
  }
}
