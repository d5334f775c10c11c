import Data
import Files
import Foundation

/// What `results.json` of an attack holds.
public struct AttackResults: Codable, Sendable, Equatable {
  /// What was attacked: how long and on how much it was trained, and how useful it is.
  public struct Pretraining: Codable, Sendable, Equatable {
    /// T, the epochs of pre-training.
    public let epochs: Int
    /// N, the size of the pre-training set.
    public let members: Int
    /// T/N: the gap between members and nonmembers grows with it.
    public let epochsPerMember: Double
    /// How useful the encoder is, where that was measured.
    public let utility: Utility?
    /// The encoder's architecture, such as "resnet18-64 at 32 px".
    public let encoder: String
    /// The algorithm it was trained by.
    public let algorithm: String

    /// Epochs, members, utility and kind of one encoder.
    public init(
      epochs: Int, members: Int, utility: Utility? = nil, encoder: String, algorithm: String
    ) {
      (self.encoder, self.algorithm) = (encoder, algorithm)
      self.epochs = epochs
      self.members = members
      self.epochsPerMember = Double(epochs) / Double(members)
      self.utility = utility
    }

    private enum CodingKeys: String, CodingKey {
      case epochs = "T"
      case members = "N"
      case epochsPerMember = "T/N"
      case utility, encoder, algorithm
    }
  }

  /// How useful an encoder is.
  public struct Utility: Codable, Sendable, Equatable {
    /// The measure's name ("kNN accuracy", "contrastive accuracy").
    public var measure: String
    /// Its value.
    public var value: Double

    /// A measure and its value.
    public init(measure: String, value: Double) {
      self.measure = measure
      self.value = value
    }
  }

  /// The attacks on the target.
  public var attacks: [AttackMetrics]
  /// What must not, or need not, find members: the untrained encoder, the blind classifier.
  public var controls: [AttackMetrics]
  /// Sizes of the groups that were evaluated and trained on.
  public var counts: SplitSizes
  /// T, the target's epochs of pre-training.
  public let epochs: Int
  /// N, the size of the target's pre-training set.
  public let members: Int
  /// T/N: the gap between members and nonmembers grows with it.
  public let epochsPerMember: Double
  /// How useful the target is, where that was measured.
  public let utility: Utility?
  /// The target's architecture.
  public let encoder: String
  /// The algorithm that the target was trained by.
  public let algorithm: String
  /// The shadow encoder's pre-training.
  public var shadow: Pretraining
  /// Seeds by what they were for.
  public var seeds: [String: UInt64]
  /// Versions of this program and of the libraries it computes with.
  public var versions: [String: String]
  /// Fingerprints of the data by name.
  public var dataFingerprints: [String: String]
  /// Fingerprints of the encoders' weights, as `target` and `shadow`.
  public var encoderFingerprints: [String: String]
  /// What a reader must know before quoting a number.
  public var warnings: [String]
  /// What the auditor held.
  public var knowledge: CaptionKnowledge?
  /// The feature sets that were tried.
  public var featureSets: [[FeatureSet]]?

  /// Results with the warnings that the numbers themselves call for, after those given.
  public init(
    attacks: [AttackMetrics], controls: [AttackMetrics], counts: SplitSizes, target: Pretraining,
    shadow: Pretraining, seeds: [String: UInt64], versions: [String: String],
    dataFingerprints: [String: String], encoderFingerprints: [String: String],
    warnings: [String] = []
  ) {
    self.attacks = attacks
    self.controls = controls
    self.counts = counts
    epochs = target.epochs
    members = target.members
    epochsPerMember = target.epochsPerMember
    utility = target.utility
    (encoder, algorithm) = (target.encoder, target.algorithm)
    self.encoderFingerprints = encoderFingerprints
    self.shadow = shadow
    self.seeds = seeds
    self.versions = versions
    self.dataFingerprints = dataFingerprints
    self.warnings = warnings + AttackResults.differences(target: target, shadow: shadow)
    self.warnings += AttackResults.warnings(controls: controls, nonmembers: counts.target.nonmembers)
  }

  private enum CodingKeys: String, CodingKey {
    case attacks, controls, counts
    case epochs = "T"
    case members = "N"
    case epochsPerMember = "T/N"
    case utility, encoder, algorithm, shadow, seeds, versions, dataFingerprints, encoderFingerprints, warnings
    case knowledge, featureSets
  }

  /// A shadow may be trained otherwise than the target; whoever quotes a number must know it.
  private static func differences(target: Pretraining, shadow: Pretraining) -> [String] {
    var facts: [String] = []
    for (what, ofTarget, ofShadow) in [
      ("epochs", target.epochs, shadow.epochs), ("members", target.members, shadow.members),
    ] where ofTarget != ofShadow && 2 * max(ofTarget, ofShadow) >= 3 * min(ofTarget, ofShadow) {
      facts.append(
        "the shadow was pre-trained with \(ofShadow) \(what), the target with \(ofTarget): "
          + "it imitates the target poorly, and a better shadow may infer more")
    }
    for (what, ofTarget, ofShadow) in [
      ("encoder", target.encoder, shadow.encoder), ("algorithm", target.algorithm, shadow.algorithm),
    ] where ofTarget != ofShadow {
      facts.append("the shadow's \(what) is \(ofShadow), the target's \(ofTarget)")
    }
    return facts
  }

  private static func warnings(controls: [AttackMetrics], nonmembers: Int) -> [String] {
    var warnings = AttackMetrics.aboveChance(controls).map { control in
      "control '\(control.name)' beats chance (AUC \(control.auc.percentRange)): "
        + "the groups differ by themselves, so the attacks' numbers overstate what the encoder reveals"
    }
    for (nominal, text) in [(0.01, "1%"), (0.001, "0.1%")] where Double(nonmembers) * nominal < 1 - 1e-9 {
      warnings.append(
        "\(nonmembers) nonmembers cannot resolve a false positive rate of \(text); "
          + "the true positive rate given for it is at a realised rate of 0")
    }
    return warnings
  }

  /// The name of the file in a run folder.
  public static let fileName = "results.json"

  /// Writes `results.json` into a run folder, whole or not at all.
  /// - Throws: ``FileError``.
  public func write(to folder: URL) throws {
    try makeFolder(folder)
    try Configuration.write(self, to: folder.appending(path: AttackResults.fileName))
  }

  /// Reads `results.json` from a run folder.
  /// - Throws: ``FileError`` or ``ConfigurationError``.
  public static func read(from folder: URL) throws -> AttackResults {
    try Configuration.read(AttackResults.self, from: folder.appending(path: fileName))
  }
}
