import Data

/// What one attack, or one control, found in one case of an audit. All tables, charts and sentences are made of these.
public struct Finding {
  /// Its name in results: an attack's with the feature sets it looks at where there are several.
  public let name: String
  /// The attack's or control's own name, the same whatever it looks at.
  public let attack: String
  /// What it looks at.
  public let sets: [FeatureSet]
  /// Which family of controls it belongs to; nil for an attack.
  public let family: ControlFamily?
  /// What the auditor held.
  public let knowledge: CaptionKnowledge
  /// What it says of the target's inputs, with the threshold of decision.
  public let scores: MembershipScores
  /// What it says of the shadow's inputs, where it scores them.
  public let shadowScores: MembershipGroups<[Double]>?
  /// What was learned, where it can be saved.
  public let classifier: (any InferenceClassifier)?
  /// Which captions were swapped, if any were.
  public let swap: Swap?

  init(
    name: String, attack: String, sets: [FeatureSet], family: ControlFamily? = nil,
    knowledge: CaptionKnowledge, outcome: AttackOutcome, swap: Swap? = nil
  ) {
    (self.name, self.attack, self.sets, self.family) = (name, attack, sets, family)
    (self.knowledge, self.swap) = (knowledge, swap)
    (scores, shadowScores, classifier) = (outcome.target, outcome.shadow, outcome.classifier)
  }

  /// How well it infers membership.
  public var metrics: AttackMetrics {
    AttackMetrics(
      name: name, family: family, sets: sets.isEmpty ? nil : sets, swap: swap, scores: scores)
  }
}

/// All that an audit found at one level of the auditor's knowledge.
public struct AuditFindings {
  /// What the auditor held.
  public let knowledge: CaptionKnowledge
  /// The lists of feature sets that were tried.
  public let sets: [[FeatureSet]]
  /// The attacks' findings, in the order of their table.
  public let attacks: [Finding]
  /// The controls' findings, in the order of their table.
  public let controls: [Finding]
  /// What was left out, with the reason.
  public let notes: [String]
  /// Whether both encoders take captions too, so that several feature sets are told apart.
  public let isJoint: Bool

  /// The controls of one family.
  public func controls(_ family: ControlFamily) -> [Finding] { controls.filter { $0.family == family } }

  /// The results to write, with warnings for controls that beat chance and for what was left out.
  public func results(
    counts: SplitSizes, target: AttackResults.Pretraining, shadow: AttackResults.Pretraining,
    seeds: [String: UInt64], versions: [String: String], dataFingerprints: [String: String],
    encoderFingerprints: [String: String], warnings: [String] = []
  ) -> AttackResults {
    // A control of the groups says that they differ by themselves; one of the pairing says something else.
    let swapped = controls(.swapped).map(\.metrics)
    var results = AttackResults(
      attacks: attacks.map(\.metrics), controls: controls.filter { $0.family != .swapped }.map(\.metrics),
      counts: counts, target: target, shadow: shadow, seeds: seeds, versions: versions,
      dataFingerprints: dataFingerprints, encoderFingerprints: encoderFingerprints,
      warnings: warnings + notes)
    results.controls += swapped
    results.warnings += AttackMetrics.aboveChance(swapped).map { control in
      "control '\(control.name)' beats chance (AUC \(control.auc.percentRange)): pairs that were never trained on "
        + "look like members, so the attack knows an image or a caption and not their pairing"
    }
    results.knowledge = knowledge
    results.featureSets = sets
    return results
  }
}
