import Data

/// What an attack on pairs found, at one level of the auditor's knowledge.
public struct PairFindings {
  /// What the auditor held of a pair.
  public let knowledge: CaptionKnowledge
  /// The feature sets that were tried.
  public let sets: [[FeatureSet]]
  /// EncoderMI's classifiers, each on each of the sets, trained on the shadow and applied to the target.
  public let classifiers: [AttackRun]
  /// The other attacks that the auditor could make.
  public let baselines: [BaselineRun]
  /// EncoderMI's classifiers on untrained encoders: they must be at chance.
  public let untrained: [AttackRun]
  /// Classifiers on image statistics and on captions' n-grams that never query an encoder.
  public let blind: [AttackMetrics]
  /// Swapped captions, judged by the classifiers of image-text features: they must not be taken for members.
  public let swapped: [AttackMetrics]
  /// What was left out, and why.
  public let notes: [String]

  /// All attacks' scores by name.
  public var scores: [(name: String, scores: MembershipScores)] {
    classifiers.map { ($0.name, $0.scores) } + baselines.map { ($0.name, $0.scores) }
  }

  /// The attacks' measures.
  public var attacks: [AttackMetrics] { classifiers.map(\.metrics) + baselines.map(\.metrics) }

  /// The controls' measures.
  public var controls: [AttackMetrics] { untrained.map(\.metrics) + blind + swapped }

  /// The results to write, with warnings for controls that beat chance and for what was left out.
  public func results(
    counts: SplitSizes, target: AttackResults.Pretraining, shadow: AttackResults.Pretraining,
    seeds: [String: UInt64], versions: [String: String], dataFingerprints: [String: String],
    encoderFingerprints: [String: String], warnings: [String] = []
  ) -> AttackResults {
    // A control of the groups says that they differ by themselves; one of the pairing says something else.
    var results = AttackResults(
      attacks: attacks, controls: untrained.map(\.metrics) + blind, counts: counts, target: target,
      shadow: shadow, seeds: seeds, versions: versions, dataFingerprints: dataFingerprints,
      encoderFingerprints: encoderFingerprints, warnings: warnings + notes)
    results.controls += swapped
    results.warnings += swapped.filter(\.beatsChance).map { control in
      "control '\(control.name)' beats chance (AUC \(control.auc.percentRange)): pairs that were never trained on "
        + "look like members, so the attack knows an image or a caption and not their pairing"
    }
    results.knowledge = knowledge
    results.featureSets = sets
    return results
  }
}
