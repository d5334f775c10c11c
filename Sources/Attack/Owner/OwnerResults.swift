import Contrastive
import Encoders
import Files
import Foundation

/// What one statistic says of a whole set of works.
public struct OwnerFinding: Codable, Sendable, Equatable {
  /// What works are scored by.
  public let statistic: FeatureSet
  /// How far the two groups of units lie apart; with strata, of scores less their stratum's mean.
  public let difference: GroupDifference
  /// Whether that could be due to the draw.
  public let test: PermutationTest
  /// p after Holm's correction over the statistics.
  public internal(set) var adjustedP: Double
}

/// A unit with its scores.
public struct ScoredUnit: Codable, Sendable, Equatable {
  /// The name of its first work.
  public let name: String
  /// How many works it has.
  public let works: Int
  /// Its stratum; empty where there is one only.
  public let stratum: String
  /// Whose it is: `published` or `secret`; without a draw `works` or `nonmembers`.
  public let group: String
  /// The mean score of its works by each statistic's name.
  public let scores: [String: Double]
}

/// The answer to an owner's question, as `encodermi owner test` writes it: one for the whole set.
public struct OwnerResults: Codable, Sendable, Equatable, Validated {
  /// What the file is, whatever its name.
  public static let formatName = "encodermi owner results"
  /// The version of its schema.
  public static let schemaVersion = 1

  /// How many works and units a group has.
  public struct Count: Codable, Sendable, Equatable {
    /// Works.
    public let works: Int
    /// Units.
    public let units: Int
  }

  /// ``formatName``.
  public let format: String
  /// ``schemaVersion``.
  public let schema: Int
  /// The digest that the owner committed to before; nil where nothing was drawn, and the answer rests on the belief that
  /// works and nonmembers are alike.
  @OrNull public private(set) var commitment: String?
  /// The encoder under suspicion.
  public let target: EncoderRecord
  /// What was asked and computed.
  public let settings: OwnerSettings
  /// Published works, or without a draw the works.
  public let first: Count
  /// Secret works, or without a draw the known nonmembers.
  public let second: Count
  /// The number of strata within which labels were permuted.
  public let strata: Int
  /// What each statistic says, in the order in which they were named.
  public let findings: [OwnerFinding]
  /// The share of the first group that was used; nil without a shadow.
  @OrNull public private(set) var share: MixtureProportion?
  /// What tells the groups apart without the encoder; none where they were drawn.
  public let blind: [BlindComparison]
  /// What the encoder was asked about.
  public let questions: QuestionCount
  /// Versions of this program and of the libraries it computes with.
  public let versions: [String: String]
  /// What must be known before the answer is quoted.
  public let warnings: [String]
  /// The units with their scores.
  public let units: [ScoredUnit]

  /// Whether the halves were drawn at random, so that p holds whatever the encoder and the works are.
  public var isDrawn: Bool { commitment != nil }

  /// The level at which an answer is given in words.
  public static let level = 0.01

  /// Results by their parts.
  init(
    commitment: String?, target: EncoderRecord, settings: OwnerSettings, first: Count, second: Count,
    strata: Int, findings: [OwnerFinding], share: MixtureProportion?, blind: [BlindComparison],
    questions: QuestionCount, versions: [String: String], warnings: [String], units: [ScoredUnit]
  ) {
    (format, schema) = (OwnerResults.formatName, OwnerResults.schemaVersion)
    (self.commitment, self.target, self.settings) = (commitment, target, settings)
    (self.first, self.second, self.strata) = (first, second, strata)
    (self.findings, self.share, self.blind) = (findings, share, blind)
    (self.questions, self.versions, self.warnings, self.units) = (questions, versions, warnings, units)
  }

  /// Checks that these are results in the schema that this program knows.
  /// - Throws: `InvalidSetting`.
  public func validate() throws(InvalidSetting) {
    try require(format == OwnerResults.formatName, "format", excerpt(format), OwnerResults.formatName)
    try require(
      schema == OwnerResults.schemaVersion, "schema", schema,
      "\(OwnerResults.schemaVersion), the version that this program reads")
  }

  /// Writes the file, whole or not at all.
  /// - Throws: `FileError`.
  public func write(to file: URL) throws { try Configuration.write(self, to: file) }
}
