import Data

/// Takes from a score what it is for encoders that were not pre-trained on the input: what is left is due to membership,
/// and not to an input being easy (Watson et al. 2022, "On the importance of difficulty calibration in membership
/// inference attacks"; the shift of Carlini et al. 2022, LiRA).
public enum Calibration {
  /// Each score minus its mean over the references that did not see the input.
  ///
  /// - Parameters:
  ///   - references: for each calibrating encoder its score of each input, and whether it was pre-trained on it.
  ///   - inputs: how errors name the inputs.
  /// - Throws: ``PairAttackError/seenByAll(inputs:)``.
  public static func calibrated(
    _ scores: [Float], by references: [(scores: [Float], saw: [Bool])], inputs: [Int]? = nil
  ) throws -> [Float] {
    precondition(
      references.allSatisfy { $0.scores.count == scores.count && $0.saw.count == scores.count },
      "Calibration: \(scores.count) scores by references of \(references.map(\.scores.count))")
    var seen: [Int] = []
    let result = scores.indices.map { index -> Float in
      let unseen = references.filter { !$0.saw[index] }.map { Double($0.scores[index]) }
      if unseen.isEmpty { seen.append(inputs?[index] ?? index) }
      return Float(Double(scores[index]) - unseen.reduce(0, +) / Double(max(1, unseen.count)))
    }
    if !seen.isEmpty { throw PairAttackError.seenByAll(inputs: seen) }
    return result
  }
}

/// The mean score of a feature set, calibrated by encoders that did not see the input.
///
/// The threshold comes from the shadow's inputs, calibrated by the same encoders with the target in the shadow's place:
/// the target did not see them.
public struct CalibratedAttack: PairBaseline {
  private let kind: FeatureSet

  /// An attack on a feature set's mean score.
  public init(_ kind: FeatureSet) { self.kind = kind }

  /// The score's name, calibrated.
  public var name: String { kind == .pair ? "CSA, calibrated" : "\(kind.name) mean, calibrated" }

  /// The feature set.
  public var sets: [FeatureSet] { [kind] }

  /// It needs what the feature set needs.
  public func applies(to knowledge: CaptionKnowledge) -> Bool { knowledge.featureSets.contains(kind) }

  /// The calibrated mean.
  public func scores(_ evidence: PairEvidence) throws -> MembershipScores {
    func calibrated(
      _ groups: MembershipGroups<PairObservations>, _ references: MembershipGroups<[CalibrationReference]>
    ) throws -> MembershipGroups<[Float]> {
      try groups.zip(references).map { observations, references in
        try Calibration.calibrated(
          observations.means(of: kind) ?? [],
          by: references.map { ($0.observations.means(of: kind) ?? [], $0.saw) })
      }
    }
    let shadow = try calibrated(evidence.shadow, evidence.shadowReferences)
    return try calibrated(evidence.target, evidence.targetReferences).judged(byShadow: shadow)
  }
}
