import Data

/// All that attacks on pairs learn from and are tested on.
public struct PairEvidence {
  /// What the auditor holds of a pair.
  public let knowledge: CaptionKnowledge
  /// How the attacks are made.
  public let configuration: PairAttackConfiguration
  /// The shadow's inputs by the shadow.
  public let shadow: MembershipGroups<PairObservations>
  /// The target's inputs by the target.
  public let target: MembershipGroups<PairObservations>
  /// The shadow's inputs by the target, which was pre-trained on none of them.
  public let known: MembershipGroups<PairObservations>
  /// The shadow's inputs by the calibrating encoders, in whose place the target stands for the shadow itself.
  public let shadowReferences: MembershipGroups<[CalibrationReference]>
  /// The target's inputs by the calibrating encoders.
  public let targetReferences: MembershipGroups<[CalibrationReference]>
}

/// What a calibrating encoder says of some inputs.
public struct CalibrationReference {
  /// Its answers.
  public let observations: PairObservations
  /// For each input whether it was pre-trained on it.
  public let saw: [Bool]
}

/// One attack's scores of the target's groups.
public struct BaselineRun {
  /// The attack's name in tables and files.
  public let name: String
  /// What it looks at.
  public let sets: [FeatureSet]
  /// What it says of the target's groups.
  public let scores: MembershipScores

  /// How well it infers membership.
  public var metrics: AttackMetrics { AttackMetrics(name: name, scores: scores) }
}
