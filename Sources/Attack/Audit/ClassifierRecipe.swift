import Data
import Encoders
import Files
import Foundation

/// All that a saved classifier needs beside an encoder: what is asked and how, and what was measured with it. It lies in
/// the classifier's folder.
public struct ClassifierRecipe: Codable, Sendable, Equatable, Validated {
  /// How the audit was made: views, variants, similarity, layer, seed, and what the auditor held.
  public let configuration: AttackConfiguration
  /// The encoder that the classifier learned from.
  public let shadow: EncoderIdentity
  /// The encoder that it was measured on.
  public let target: EncoderIdentity
  /// What was measured there.
  public let measured: AttackMetrics
  /// Controls of the same audit that beat chance: the groups differ by themselves.
  public let doubts: [String]

  /// A recipe by its parts.
  public init(
    configuration: AttackConfiguration, shadow: EncoderIdentity, target: EncoderIdentity,
    measured: AttackMetrics, doubts: [String]
  ) {
    (self.configuration, self.shadow, self.target) = (configuration, shadow, target)
    (self.measured, self.doubts) = (measured, doubts)
  }

  /// Checks how the audit was made.
  /// - Throws: `InvalidSetting`.
  public func validate() throws(InvalidSetting) { try configuration.validate(under: "configuration") }

  /// Why no verdict can be given; nil where one can: area and balanced accuracy that were measured lie above chance with
  /// their whole intervals. With another kind of shadow the area may, while the threshold fits nobody.
  public var obstacle: String? {
    if !measured.beatsChance { return "the interval of the AUC does not lie above 50%" }
    if !measured.balancedAccuracy.isAbove(0.5) {
      return "the interval of the accuracy does not lie above 50%"
    }
    return nil
  }

  /// The name of the file in a classifier's folder.
  public static let fileName = "recipe.json"

  /// Writes the recipe into a classifier's folder.
  /// - Throws: `FileError`.
  public func write(to folder: URL) throws {
    try Configuration.write(self, to: folder.appending(path: ClassifierRecipe.fileName))
  }

  /// Reads the recipe in a classifier's folder.
  /// - Throws: `FileError` or `ConfigurationError`.
  public static func read(from folder: URL) throws -> ClassifierRecipe {
    try Configuration.read(from: folder.appending(path: fileName), allowsNull: true)
  }
}

/// What a classifier says of the inputs that it was measured on. They served for nothing else, and it is known which of
/// them were members, so that they tell how surprising another input's score is; see ``ConformalTest``. It lies in the
/// classifier's folder.
public struct KnownScores: Codable, Sendable, Equatable {
  /// Scores of the target's members and nonmembers.
  public let groups: MembershipGroups<[Double]>

  /// The name of the file in a classifier's folder.
  public static let fileName = "known-scores.json"

  /// Scores of both groups.
  public init(_ groups: MembershipGroups<[Double]>) { self.groups = groups }

  /// Writes the scores into a classifier's folder.
  /// - Throws: `FileError`.
  public func write(to folder: URL) throws {
    try Configuration.write(self, to: folder.appending(path: KnownScores.fileName))
  }

  /// Reads the scores in a classifier's folder.
  /// - Throws: `FileError` or `ConfigurationError`.
  public static func read(from folder: URL) throws -> KnownScores {
    try Configuration.read(from: folder.appending(path: fileName))
  }

  /// Verdicts that these scores allow.
  /// - Throws: ``EvaluationError`` where a group is empty or a score is not finite.
  public var test: ConformalTest {
    get throws { try ConformalTest(nonmembers: groups.nonmembers, members: groups.members) }
  }
}
