import Files

/// What error rates the numbers of an audit support, and what they rest on.
public struct ErrorBasis: Codable, Sendable, Equatable {
  /// Where the groups come from that were tested.
  public enum Groups: String, Codable, Sendable, CaseIterable {
    /// A coin drew them from one data set before pre-training.
    case drawn
    /// They are lists of the auditor's own, which may differ by themselves.
    case given
  }

  /// Where thresholds come from.
  public enum Threshold: String, Codable, Sendable, CaseIterable {
    /// They make the fewest mistakes on a shadow's groups.
    case shadow
    /// A level of known nonmembers.
    case knownNonmembers
  }

  /// Where the groups come from.
  public let groups: Groups
  /// Where thresholds come from.
  public let threshold: Threshold
  /// The share of nonmembers that are expected to be taken for members, at most; nil where nothing bounds it beforehand.
  @OrNull public private(set) var level: Double?
  /// Nonmembers that gave thresholds and served for nothing else; nil where a shadow did.
  @OrNull public private(set) var calibrating: Int?
  /// The same in a sentence.
  public let statement: String

  private init(
    _ groups: Groups, _ threshold: Threshold, level: Double?, calibrating: Int?, _ statement: String
  ) {
    (self.groups, self.threshold, self.statement) = (groups, threshold, statement)
    self.level = level
    self.calibrating = calibrating
  }

  /// A shadow, and groups that a coin drew.
  static let drawn = ErrorBasis(
    .drawn, .shadow, level: nil, calibrating: nil,
    "error rates are those measured on the target's groups, which were drawn at random; thresholds come from the shadow "
      + "and bound none beforehand")

  /// A shadow, and lists of the auditor's own.
  static let given = ErrorBasis(
    .given, .shadow, level: nil, calibrating: nil,
    "error rates are those measured on the lists given: they hold for inputs like these, if the lists are right and "
      + "differ in nothing but membership, which the controls within the groups test; thresholds come from the shadow"
  )

  /// No shadow, and lists of the auditor's own.
  static func known(level: Double, calibrating: Int) -> ErrorBasis {
    ErrorBasis(
      .given, .knownNonmembers, level: level, calibrating: calibrating,
      "of nonmembers like the \(calibrating) calibrating ones a share of at most \(level) is expected to be taken for "
        + "members; rates and areas are those measured on the rest of the lists, if these are right and differ in nothing "
        + "but membership, which the controls within the groups test")
  }
}
