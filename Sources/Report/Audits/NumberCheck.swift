import Attack
import Data
import Experiments
import Files

/// The numbers of an audit that its scores determine, computed anew, and what its settings must agree with.
///
/// Every field of `results.json` is in ``fields``, with what of it was computed or compared and what was not: what no file of
/// the audit determines stands as the results say.
public struct NumberCheck: Sendable {
  /// A place where the files of an audit do not fit each other.
  public struct Disagreement: Sendable, Equatable, CustomStringConvertible {
    /// The file, with a line where there is one.
    public let file: String
    /// What it says there: "auc.low of 'EncoderMI-V'".
    public let what: String
    /// As it stands there.
    public let recorded: String
    /// As it follows from the other files.
    public let expected: String

    /// The place with both values.
    public var description: String { "\(file): \(what) is \(recorded), and \(expected) by the other files" }
  }

  /// What was done with a field of `results.json`.
  public struct Field: Sendable, Equatable {
    /// Its key.
    public let name: String
    /// What of it was computed anew, or compared with the other files; nil for nothing.
    public let checked: String?
    /// What of it was not, with what that would take; nil for nothing.
    public let unchecked: String?
  }

  /// Where the files do not fit, in the order of results, the first ``most`` of them.
  public private(set) var disagreements: [Disagreement] = []
  /// In how many places they do not fit.
  public private(set) var disagreeing = 0
  /// How many numbers and decisions were computed anew.
  public private(set) var compared = 0
  /// How many attacks and controls were computed anew from their scores.
  public private(set) var findings = 0
  /// What was done with each field of `results.json`, and with `scores.csv` itself.
  public private(set) var fields: [Field] = []

  /// What could not be checked, by field.
  public var unchecked: [String] {
    fields.compactMap { field in field.unchecked.map { "\(field.name): \($0)" } }
  }
  /// What was computed anew or compared, by field.
  public var checked: [String] { fields.compactMap { field in field.checked.map { "\(field.name): \($0)" } } }

  /// As many places as are kept.
  static let most = 1000

  /// Compares results, scores and settings.
  /// - Parameters:
  ///   - scores: of the target's inputs.
  ///   - learned: of the shadow's, or of the nonmembers that gave thresholds.
  /// - Throws: `EvaluationError`.
  init(
    _ results: AttackResults, scores: RecordedScores, learned: RecordedScores,
    _ configuration: AttackConfiguration
  ) throws {
    try compareFindings(results.attacks, "attacks", in: results, scores, learned, configuration)
    try compareFindings(results.controls, "controls", in: results, scores, learned, configuration)
    compareColumns(results, scores)
    compareComparison(results, scores)
    compareEncoders(results)
    compareCounts(results, scores, learned)
    compareErrorRate(results)
    compareSettings(results, configuration)
    compareQueries(results)
    compareWarnings(results)
    note("format", checked: "it is one that this program reads")
    note("schema", checked: "it is one that this program reads")
    note("questions", unchecked: "how much was asked, which takes the audit made anew")
    note("queriesPerInput", unchecked: "how much was asked, which takes the audit made anew")
    note("versions", unchecked: "which programs made the audit, which nothing here tells")
    note("dataFingerprints", unchecked: "digests of the data, which takes the data")
    note(
      ScoresFile.name, checked: "every decision follows from its score and threshold",
      unchecked:
        "the scores and names of inputs themselves, which takes the encoders, the data and the attack made anew"
    )
  }

  // MARK: What is noted

  mutating func note(_ field: String, checked: String? = nil, unchecked: String? = nil) {
    fields.append(Field(name: field, checked: checked, unchecked: unchecked))
  }

  mutating func count(finding: Bool) { if finding { findings += 1 } }

  private mutating func fail(_ disagreement: Disagreement) {
    disagreeing += 1
    if disagreements.count < NumberCheck.most { disagreements.append(disagreement) }
  }

  /// A kind of number, by how exactly it must come out: libraries of mathematics differ in the last digits.
  enum Kind {
    /// A rate, a count or a threshold.
    case value
    /// A probability, which may be very small and is compared by its own size.
    case chance
  }

  /// Whether two numbers are the same but for the last digits.
  static func areEqual(_ one: Double, _ other: Double, _ kind: Kind = .value) -> Bool {
    if one == other { return true }
    let (difference, size) = (abs(one - other), max(abs(one), abs(other)))
    switch kind {
    // Differences of nearly equal rates lose digits, so that little is left of them.
    case .value: return difference <= 1e-9 * size + 1e-13
    case .chance: return difference <= 1e-6 * size || size < 1e-300
    }
  }

  mutating func requireNumber(
    _ recorded: Double?, is expected: Double?, _ what: @autoclosure () -> String, _ kind: Kind = .value,
    in file: String = AttackResults.fileName
  ) {
    compared += 1
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "null" }
    switch (recorded, expected) {
    case (nil, nil): return
    case (let one?, let other?) where NumberCheck.areEqual(one, other, kind): return
    default:
      fail(
        Disagreement(file: file, what: what(), recorded: text(recorded), expected: text(expected)))
    }
  }

  mutating func require(
    _ recorded: String, is expected: String, _ file: String, _ what: @autoclosure () -> String
  ) {
    compared += 1
    if recorded.isExactly(expected) { return }
    fail(
      Disagreement(
        file: file, what: what(), recorded: excerpt(recorded), expected: excerpt(expected)))
  }

  mutating func require(
    _ holds: Bool, _ what: @autoclosure () -> String, _ recorded: @autoclosure () -> String,
    is expected: @autoclosure () -> String, in file: String = AttackResults.fileName
  ) {
    compared += 1
    if holds { return }
    fail(Disagreement(file: file, what: what(), recorded: recorded(), expected: expected()))
  }

  static func list(_ names: [String]) -> String {
    let shown = names.prefix(4).map { "'\(excerpt($0))'" }.joined(separator: ", ")
    return names.count > 4 ? "\(shown) and \(names.count - 4) more" : shown
  }
}
