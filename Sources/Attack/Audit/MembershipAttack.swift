import Data
import Foundation
import Kernels

/// An attack: learns from the shadow, or from known nonmembers, and gives the target's inputs scores.
///
/// A score is higher for a surer member. It orders inputs and is no probability. Everything that an attack is told of
/// inputs comes from ``AuditCase``: it asks no encoder by itself. Of the auditor's own encoder it may take gradients, and of
/// the target where it is told to (``AdversarialSettings/isWhiteBox``).
public protocol MembershipAttack: Sendable {
  /// Its name on the command line and in the first column of tables, such as "EncoderMI-V".
  var name: String { get }

  /// What it looks at, as the feature sets that are made of the same.
  var sets: [FeatureSet] { get }

  /// Whether it asks encoders that tell how hard an input is.
  var usesReferences: Bool { get }

  /// Whether it is made only where it is named, or all are: it is dear, needs more than encoders and inputs, or is a
  /// yardstick for others.
  var isOnlyByName: Bool { get }

  /// Whether it trains classifiers downstream of the encoders, on ``Evidence/downstream``.
  var needsDownstreamSet: Bool { get }

  /// Why it cannot be made in a case, as a sentence that begins with "it"; nil where it can.
  func obstacle(in audit: AuditCase) -> String?

  /// What it will ask for. What it cannot know beforehand it asks for in a further round, from within ``run(_:)``.
  func needs(in audit: AuditCase) -> [Need]

  /// Asks the target what ``run(_:)`` would ask it in further rounds, and makes nothing of the answers.
  /// - Throws: an error of the questions asked.
  func askFurther(_ audit: AuditCase) throws

  /// How many pictures it asks the target about for each input in further rounds.
  func furtherQuestions(in audit: AuditCase) -> Int

  /// Learns and scores.
  /// - Throws: ``AttackError`` where there is nothing to learn from, an error of a classifier or of the questions asked.
  func run(_ audit: AuditCase) throws -> AttackOutcome
}

extension MembershipAttack {
  /// It asks target and shadow alone.
  public var usesReferences: Bool { false }
  /// It is cheap.
  public var isOnlyByName: Bool { false }

  /// It trains none.
  public var needsDownstreamSet: Bool { false }

  /// There are no further rounds.
  public func askFurther(_ audit: AuditCase) throws {}
  /// There are none.
  public func furtherQuestions(in audit: AuditCase) -> Int { 0 }

  /// Whatever it looks at must be held.
  public func obstacle(in audit: AuditCase) -> String? { audit.obstacle(to: sets) }
}

/// What an attack says of both groups' inputs.
public struct AttackOutcome {
  /// Of the target's inputs, with the threshold of decision.
  public let target: MembershipScores
  /// Of the shadow's inputs; nil for an attack that does not score them.
  public let shadow: MembershipGroups<[Double]>?
  /// What was learned, where it is an inference classifier that can be saved.
  public let classifier: (any InferenceClassifier)?
  /// What is to be said beside the numbers, such as a value that was chosen on the shadow.
  public let notes: [String]

  /// Scores and what was learned.
  public init(
    target: MembershipScores, shadow: MembershipGroups<[Double]>? = nil,
    classifier: (any InferenceClassifier)? = nil, notes: [String] = []
  ) {
    (self.target, self.shadow, self.classifier, self.notes) = (target, shadow, classifier, notes)
  }

  /// Scores with the threshold at which both error rates together are least on the shadow's.
  /// - Throws: ``EvaluationError``.
  public init(
    target: MembershipGroups<[Float]>, judgedBy shadow: MembershipGroups<[Float]>, notes: [String] = []
  ) throws {
    let optimum = OptimalThreshold(members: shadow.members, nonmembers: shadow.nonmembers)
    self.init(
      target: try MembershipScores(target, threshold: optimum.threshold),
      shadow: shadow.map { $0.map(Double.init) }, notes: notes)
  }
}

/// The table of attacks. A new one is a file with a type, and a line here.
public enum AttackTable {
  /// Stands for every attack that applies.
  public static let all = "all"

  /// EncoderMI's classifiers on each list of feature sets, then all others, in the order of results.
  static func entries(sets: [[FeatureSet]]) -> [any MembershipAttack] {
    let own = sets.flatMap { sets in
      InferenceClassifierKind.allCases.map { InferenceAttack($0, sets) as any MembershipAttack }
    }
    return own + others
  }

  private static let others: [any MembershipAttack] = [
    CosineAttack(), AugmentationEnhancedAttack(), WeaklySupervisedAttack(),
    NormLikelihoodAttack(.image), NormLikelihoodAttack(.caption), NormLikelihoodAttack(.pair),
    CalibratedAttack(.pair), CalibratedAttack(.imageText), CalibratedAttack(.imageImage),
    CalibratedAttack(.textText),
    ConfidenceAttack(), LabelOnlyAttack(), AdversarialAttack(), EmbeddingAttack(), PatchAttack(),
    LikelihoodRatioAttack(.pair, .offline), LikelihoodRatioAttack(.imageText, .offline),
    LikelihoodRatioAttack(.imageImage, .offline), LikelihoodRatioAttack(.textText, .offline),
    LikelihoodRatioAttack(.pair, .online), LikelihoodRatioAttack(.imageText, .online),
    LikelihoodRatioAttack(.imageImage, .online), LikelihoodRatioAttack(.textText, .online),
    GradientAttack(.pair), GradientAttack(.imageImage), RelativeAttack(.pair), RelativeAttack(.imageImage),
    QuantileAttack(.pair), QuantileAttack(.imageText), QuantileAttack(.imageImage),
  ]

  /// The names of all attacks, each once.
  public static var names: [String] {
    InferenceClassifierKind.allCases.map(\.name) + others.map(\.name)
  }

  /// Those that are made only where they are named, each once, whatever it looks at.
  public static var namesOnlyByName: [String] {
    var names: [String] = []
    for attack in others where attack.isOnlyByName {
      let name = attack.name.components(separatedBy: " (")[0]
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// Whether an attack goes by a name that was asked for: its own, its own without what it looks at, as LiRA for LiRA
  /// (pair), or that of all.
  static func isMeant(_ attack: String, by asked: String) -> Bool {
    asked == all || attack == asked || attack.hasPrefix(asked + " (")
  }

  /// The names of those that train classifiers downstream of the encoders.
  static var namesWithDownstreamSet: [String] { others.filter(\.needsDownstreamSet).map(\.name) }

  /// Those that are made where none are named: EncoderMI's, and on images with captions all that are cheap.
  static func isUsual(_ attack: any MembershipAttack, isJoint: Bool) -> Bool {
    attack is InferenceAttack || (isJoint && !attack.isOnlyByName)
  }
}
