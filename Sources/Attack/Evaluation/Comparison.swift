import Foundation

/// Which way of pre-training leaks more: several algorithms on the same images, attacked alike, over several seeds.
public struct Comparison: Codable, Sendable, Equatable {
  /// What a finding is for.
  public enum Role: String, Codable, Sendable {
    /// An attack.
    case attack
    /// A control that finds something only if the groups differ by themselves.
    case groupControl
    /// A control on pairs that do not belong together.
    case pairingControl
  }

  /// One attack on one target.
  public struct Finding: Codable, Sendable, Equatable {
    /// The algorithm of pre-training.
    public let algorithm: String
    /// What the attack looks at; equal for every algorithm that is asked the same.
    public let sets: [FeatureSet]
    /// The attack's own name, such as "EncoderMI-V".
    public let attack: String
    /// Whether it is an attack, or which control.
    public let role: Role
    /// What it found.
    public let metrics: AttackMetrics

    /// An attack's finding.
    public init(
      algorithm: String, sets: [FeatureSet], attack: String, role: Role = .attack, metrics: AttackMetrics
    ) {
      (self.algorithm, self.sets, self.attack) = (algorithm, sets, attack)
      (self.role, self.metrics) = (role, metrics)
    }
  }

  /// All that one seed gave.
  public struct Trial: Codable, Sendable, Equatable {
    /// The seed.
    public let seed: UInt64
    /// The findings, in the same order for every seed.
    public let findings: [Finding]
    /// How useful the targets are, in the same order for every seed.
    public let utilities: [Utility]
    /// What could not be done, and why.
    public let notes: [String]

    /// What a seed gave.
    public init(seed: UInt64, findings: [Finding], utilities: [Utility], notes: [String] = []) {
      (self.seed, self.findings, self.utilities, self.notes) = (seed, findings, utilities, notes)
    }
  }

  /// How useful one target is by one measure.
  public struct Utility: Codable, Sendable, Equatable {
    /// The algorithm of pre-training.
    public let algorithm: String
    /// The measure and its value.
    public let measured: EncoderRecord.Utility

    /// A measurement.
    public init(algorithm: String, measured: EncoderRecord.Utility) {
      (self.algorithm, self.measured) = (algorithm, measured)
    }
  }

  /// One measure of usefulness of one algorithm's targets over all seeds.
  public struct UtilityRow: Codable, Sendable, Equatable {
    /// The algorithm of pre-training.
    public let algorithm: String
    /// The measure's name, such as "kNN accuracy".
    public let measure: String
    /// Its values by seed.
    public let value: TrialInterval
  }

  /// What was compared, and with what.
  public struct Origin: Codable, Sendable, Equatable {
    /// The image encoder of all algorithms, such as "resnet18-32-stem4 at 32 px".
    public let imageEncoder: String
    /// CLIP's text encoder.
    public let textEncoder: String
    /// The digest of images and captions.
    public let dataFingerprint: String
    /// The digest of the images with classes that kNN accuracies were measured on, if any were.
    public let labelledFingerprint: String?
    /// Versions of this program and of the libraries it computes with.
    public let versions: [String: String]

    /// What was compared.
    public init(
      imageEncoder: String, textEncoder: String, dataFingerprint: String, labelledFingerprint: String? = nil,
      versions: [String: String]
    ) {
      (self.imageEncoder, self.textEncoder) = (imageEncoder, textEncoder)
      (self.dataFingerprint, self.labelledFingerprint) = (dataFingerprint, labelledFingerprint)
      self.versions = versions
    }
  }

  /// One attack on one algorithm over all seeds.
  public struct Row: Codable, Sendable, Equatable {
    /// The algorithm of pre-training.
    public let algorithm: String
    /// What the attack looks at.
    public let sets: [FeatureSet]
    /// The attack's own name.
    public let attack: String
    /// Whether it is an attack, or which control.
    public let role: Role
    /// The area under the ROC curve by seed.
    public let auc: TrialInterval
    /// The share of members found at 1% false positives by seed.
    public let tprAt1PercentFPR: TrialInterval
    /// The share told rightly by seed.
    public let accuracy: TrialInterval
  }

  /// T, the epochs of every pre-training.
  public let epochs: Int
  /// N, the members of each.
  public let members: Int
  /// Images or pairs in a step of each.
  public let batch: Int
  /// The seeds.
  public let seeds: [UInt64]
  /// Attacks by algorithm, features and classifier.
  public let rows: [Row]
  /// How useful each algorithm's targets are.
  public let utilities: [UtilityRow]
  /// What could not be done with some seed, and why; each once.
  public let notes: [String]
  /// What was compared, and with what.
  public let origin: Origin
  /// What the numbers show and how sure that is, in plain sentences.
  public let conclusion: String

  /// Puts trials together; what not every seed has is left out.
  public init(_ trials: [Trial], epochs: Int, members: Int, batch: Int, origin: Origin) {
    precondition(!trials.isEmpty, "Comparison: no trials")
    (self.epochs, self.members, self.batch, self.origin) = (epochs, members, batch, origin)
    seeds = trials.map(\.seed)
    rows = trials[0].findings.compactMap { first in
      let same = trials.compactMap { trial in
        trial.findings.first {
          $0.algorithm == first.algorithm && $0.sets == first.sets && $0.attack == first.attack
            && $0.role == first.role
        }?.metrics
      }
      guard same.count == trials.count else { return nil }
      return Row(
        algorithm: first.algorithm, sets: first.sets, attack: first.attack,
        role: first.role,
        auc: TrialInterval(same.map(\.auc.value), within: 0...1),
        tprAt1PercentFPR: TrialInterval(same.map(\.tprAt1PercentFPR.tpr.value), within: 0...1),
        accuracy: TrialInterval(same.map(\.accuracy.value), within: 0...1))
    }
    utilities = trials[0].utilities.compactMap { first in
      let values = trials.compactMap { trial in
        trial.utilities.first {
          $0.algorithm == first.algorithm && $0.measured.measure == first.measured.measure
        }?.measured.value
      }
      guard values.count == trials.count else { return nil }
      return UtilityRow(
        algorithm: first.algorithm, measure: first.measured.measure,
        value: TrialInterval(values, within: 0...1))
    }
    var named: Set<String> = []
    notes = trials.flatMap(\.notes).filter { named.insert($0).inserted }
    conclusion = ComparisonConclusion(rows: rows, trials: trials.count).text
  }

  /// The name of the file in a folder of results.
  public static let fileName = "comparison.json"
}
