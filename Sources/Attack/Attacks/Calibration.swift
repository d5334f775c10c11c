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
  /// - Throws: ``AttackError/seenByAll(inputs:)``.
  public static func calibrated(
    _ scores: [Float], by references: [(scores: [Float], saw: [Bool])], inputs: [String]? = nil
  ) throws -> [Float] {
    precondition(
      references.allSatisfy { $0.scores.count == scores.count && $0.saw.count == scores.count },
      "Calibration: \(scores.count) scores by references of \(references.map(\.scores.count))")
    var seen: [String] = []
    let result = scores.indices.map { index -> Float in
      let unseen = references.filter { !$0.saw[index] }.map { Double($0.scores[index]) }
      if unseen.isEmpty { seen.append(inputs?[index] ?? "\(index)") }
      return Float(Double(scores[index]) - unseen.reduce(0, +) / Double(max(1, unseen.count)))
    }
    if !seen.isEmpty { throw AttackError.seenByAll(inputs: seen) }
    return result
  }
}

/// The mean score of a feature set, calibrated by encoders that did not see the input.
///
/// The threshold comes from the shadow's inputs, calibrated by the same encoders with the target in the shadow's place:
/// the target did not see them.
public struct CalibratedAttack: MembershipAttack {
  private let kind: FeatureSet

  /// An attack on a feature set's mean score.
  public init(_ kind: FeatureSet) { self.kind = kind }

  /// The score's name, calibrated.
  public var name: String { kind == .pair ? "calibrated CSA" : "calibrated \(kind.name) mean" }

  /// It does.
  public let usesReferences = true

  /// The feature set.
  public var sets: [FeatureSet] { [kind] }

  /// What it looks at must be held, and the encoders that calibrate must take it.
  public func obstacle(in audit: AuditCase) -> String? {
    if let obstacle = audit.obstacle(to: sets) { return obstacle }
    let isTaken = AuditGroup.allCases.allSatisfy { group in
      audit.references(for: group).allSatisfy { reference in
        let modalities = audit.evidence.encoder(reference.role).modalities
        return (!kind.usesImage || modalities.contains(.image))
          && (!kind.usesCaption || modalities.contains(.text))
      }
    }
    return isTaken ? nil : "it needs calibrating encoders that take what it looks at"
  }

  /// The feature set by the encoders that are attacked and by those that calibrate.
  public func needs(in audit: AuditCase) -> [Need] {
    AuditGroup.allCases.flatMap { group in
      let own = audit.featureNeeds(sets, of: group)
      return own
        + audit.references(for: group).flatMap { reference in
          own.map { Need($0.extract, of: group, by: reference.role) }
        }
    }
  }

  /// The calibrated mean.
  public func run(_ audit: AuditCase) throws -> AttackOutcome {
    try AttackOutcome(target: calibrated(audit, .target), judgedBy: calibrated(audit, .shadow))
  }

  private func calibrated(_ audit: AuditCase, _ group: AuditGroup) throws -> MembershipGroups<[Float]> {
    let scores = try audit.means(kind, of: group)
    let references = try audit.references(for: group).map { reference in
      (scores: try audit.means(kind, of: group, by: reference.role), saw: reference.saw)
    }
    let populations = audit.evidence.population(group)
    func part(_ membership: Membership) throws -> [Float] {
      try Calibration.calibrated(
        scores[membership], by: references.map { ($0.scores[membership], $0.saw[membership]) },
        inputs: (0..<populations[membership].count).map { populations[membership].name(of: $0) })
    }
    return MembershipGroups(members: try part(.member), nonmembers: try part(.nonmember))
  }
}
