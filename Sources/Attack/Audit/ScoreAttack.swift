import Data
import Encoders
import Files

/// An attack whose score is a plain figure of the answers: nothing in it is learned, so that it needs no shadow. Without
/// one there is no threshold for it either; known nonmembers give one, see ``ConformalTest``.
public protocol ScoreAttack: MembershipAttack {
  /// The scores of a group's inputs, higher for surer members.
  /// - Throws: an error of what has to be asked.
  func scores(_ audit: AuditCase, of group: AuditGroup) throws -> MembershipGroups<[Float]>
}

/// The mean similarity of one feature set: the score of EncoderMI-T, whose threshold a shadow gives.
public struct MeanSimilarity: ScoreAttack {
  private let set: FeatureSet

  /// The mean of a feature set.
  public init(_ set: FeatureSet) { self.set = set }

  private var attack: InferenceAttack { InferenceAttack(.threshold, [set]) }
  /// EncoderMI-T.
  public var name: String { attack.name }
  /// The feature set.
  public var sets: [FeatureSet] { attack.sets }
  /// The features of both groups.
  public func needs(in audit: AuditCase) -> [Need] { attack.needs(in: audit) }
  /// With a shadow's threshold.
  public func run(_ audit: AuditCase) throws -> AttackOutcome { try attack.run(audit) }
  /// The means.
  public func scores(_ audit: AuditCase, of group: AuditGroup) throws -> MembershipGroups<[Float]> {
    try audit.means(set, of: group)
  }
}

extension CosineAttack: ScoreAttack {
  /// The plain cosine.
  public func scores(_ audit: AuditCase, of group: AuditGroup) throws -> MembershipGroups<[Float]> {
    try audit.means(.pair, of: group)
  }
}

extension AugmentationEnhancedAttack: ScoreAttack {}
extension PatchAttack: ScoreAttack {}

/// The table of scores that need no shadow.
public enum ScoreTable {
  /// In the order in which one is chosen where none is named: of pairs views with variants, of images their views, of
  /// captions their variants.
  static let entries: [any ScoreAttack] = [
    MeanSimilarity(.imageText), MeanSimilarity(.imageImage), MeanSimilarity(.textText), CosineAttack(),
    AugmentationEnhancedAttack(), PatchAttack(),
  ]

  /// The names by which scores are asked for: an attack's own, of means with the feature set, as
  /// "EncoderMI-T (image-text)".
  public static var names: [String] { entries.map(name) }

  static func name(_ attack: any ScoreAttack) -> String {
    attack is MeanSimilarity ? "\(attack.name) (\(FeatureSet.name(of: attack.sets)))" : attack.name
  }

  /// What the score of a name looks at; nil where there is none of that name.
  public static func sets(of name: String) -> [FeatureSet]? {
    entries.first { self.name($0) == name }?.sets
  }

  /// The first score that can be made of what is held.
  public static func usual(images: Bool, captions: Bool) -> String? {
    entries.first { attack in
      attack.sets.allSatisfy { ($0.usesImage ? images : true) && ($0.usesCaption ? captions : true) }
    }.map(name)
  }
}

extension Audit {
  /// What an auditor holds of some inputs.
  static func knowledge(of population: Population) -> CaptionKnowledge? {
    CaptionKnowledge.allCases.first {
      $0.hasCaption == !population.captions.isEmpty && $0.hasImage == (population.images != nil)
    }
  }

  /// A case without a shadow: the target alone is asked, about its own groups.
  func shadowless(
    _ groups: MembershipGroups<Population>, encoders: [EncoderRole: any AuditedEncoder],
    keeping kept: EvidenceFolder? = nil
  ) throws -> AuditCase {
    guard let knowledge = Audit.knowledge(of: groups.members) else {
      throw AttackError.noFeatures([], reason: "there are neither images nor captions")
    }
    let nobody = MembershipGroups(members: Population(captions: []), nonmembers: Population(captions: []))
    let evidence = Evidence(
      asking, encoders: encoders, groups: [.target: groups, .shadow: nobody], keeping: kept)
    return AuditCase(
      evidence: evidence, configuration: configuration, knowledge: knowledge, learner: .target,
      tested: .target, references: [])
  }

  /// Scores of inputs whose membership nobody need know, by an attack that learns nothing. An input gets the same score
  /// wherever it stands and whatever else is asked about.
  /// - Parameters:
  ///   - name: one of ``ScoreTable/names``.
  ///   - budget: how much may be asked; nil for any amount.
  ///   - report: told after each part how many inputs are done; what it throws ends the work.
  /// - Throws: ``AttackError/noFeatures(_:reason:)`` where encoder or inputs lack what the score is made of, an error of
  ///   reading images, of the encoder or of features, or of the budget.
  public func scores(
    _ name: String, of population: Population, by encoder: any AuditedEncoder,
    within budget: QuestionBudget? = nil, report: (AuditEvent) throws -> Void = { _ in }
  ) throws -> [Float] {
    let similarities = configuration.features(of: ScoreTable.sets(of: name) ?? []).scores
    return try inBlocks(population, similarities: similarities, report) { block, report in
      let (attack, audit) = try scoring(name, of: block, by: encoder)
      audit.evidence.budget = budget
      try audit.evidence.prepare(attack.needs(in: audit).filter { $0.group == .target }, report: report)
      return try attack.scores(audit, of: .target).members
    }
  }

  /// How much ``scores(_:of:by:within:report:)`` will ask.
  /// - Throws: ``AttackError/noFeatures(_:reason:)``.
  public func questions(
    _ name: String, of population: Population, by encoder: any AuditedEncoder
  ) throws -> QuestionCount {
    let (attack, audit) = try scoring(name, of: population, by: encoder)
    return audit.evidence.planned(attack.needs(in: audit).filter { $0.group == .target })
  }

  private func scoring(
    _ name: String, of population: Population, by encoder: any AuditedEncoder
  ) throws -> (any ScoreAttack, AuditCase) {
    guard let attack = ScoreTable.entries.first(where: { ScoreTable.name($0) == name }) else {
      preconditionFailure("Audit.scores: no score is called \(name)")
    }
    let nobody =
      population.images.map { Population($0, [], captions: population.captions.mapValues { _ in [] }) }
      ?? Population(captions: [])
    let audit = try shadowless(
      MembershipGroups(members: population, nonmembers: nobody), encoders: [.target: encoder])
    if let obstacle = attack.obstacle(in: audit) {
      throw AttackError.noFeatures(attack.sets, reason: obstacle)
    }
    return (attack, audit)
  }
}
