import Files

/// Attacks on the same inputs, each compared with one of them that was chosen beforehand: the first in the table, which
/// is EncoderMI-V where it is made.
///
/// Areas are compared by DeLong's test for correlated areas, decisions by McNemar's exact test. All p-values of one table
/// are corrected together (Holm): the probability that any difference in it is called real by mere chance is at most the
/// level that they are read at.
public struct PairedComparison: Codable, Sendable, Equatable {
  /// The name of the attack that the others are compared with.
  public let reference: String
  /// The other attacks, in the order of results.
  public let attacks: [Row]

  /// One attack beside the reference.
  public struct Row: Codable, Sendable, Equatable {
    /// The attack's name in results.
    public let name: String
    /// Its area less the reference's.
    public internal(set) var auc: AreaDifference
    /// How its decisions differ from the reference's.
    public internal(set) var decisions: UnlikeDecisions
  }

  /// A difference of areas under ROC curves. Interval and p are nil where nothing varies although the areas differ, as
  /// those of perfect separation and of equal scores, or a group has one input.
  public struct AreaDifference: Codable, Sendable, Equatable {
    /// The attack's area less the reference's, from -1 to 1.
    public let value: Double
    /// Lower end of the 95% interval.
    @OrNull public private(set) var low: Double?
    /// Upper end of the 95% interval.
    @OrNull public private(set) var high: Double?
    /// The two-sided p-value of no difference.
    @OrNull public private(set) var p: Double?
    /// The same after Holm's correction over the table.
    @OrNull public internal(set) var adjustedP: Double?

    init(_ areas: CorrelatedAreas) {
      let interval = areas.interval()
      value = areas.difference
      low = interval?.low
      high = interval?.high
      p = areas.p
      adjustedP = nil
    }
  }

  /// Inputs that one of two attacks tells rightly and the other wrongly.
  public struct UnlikeDecisions: Codable, Sendable, Equatable {
    /// Inputs that the attack alone tells rightly.
    public let onlyAttack: Int
    /// Inputs that the reference alone tells rightly.
    public let onlyReference: Int
    /// The two-sided exact p-value of no difference.
    public let p: Double
    /// The same after Holm's correction over the table.
    public internal(set) var adjustedP: Double

    init(_ test: McNemar) {
      (onlyAttack, onlyReference) = (test.onlyFirst, test.onlySecond)
      (p, adjustedP) = (test.p, test.p)
    }
  }

  /// Compares all attacks with the first; nil where there are none to compare.
  /// - Parameter attacks: scores of the same inputs in the same order, in the order of the table.
  public init?(_ attacks: [(name: String, scores: MembershipScores)]) {
    guard let first = attacks.first, attacks.count > 1 else { return nil }
    reference = first.name
    self.attacks = PairedComparison.differences(
      attacks.dropFirst().map { (name: $0.name, scores: $0.scores, reference: first.scores) })
  }

  /// Differences of scores from others, each pair of the same inputs in the same order; all p-values are corrected together.
  public static func differences(
    _ pairs: [(name: String, scores: MembershipScores, reference: MembershipScores)]
  ) -> [Row] {
    var rows = pairs.map { pair in
      Row(
        name: pair.name, auc: AreaDifference(CorrelatedAreas(pair.scores, pair.reference)),
        decisions: UnlikeDecisions(McNemar(pair.scores, pair.reference)))
    }
    // A test that is not defined is not made, and corrects nothing.
    let tested = rows.indices.filter { rows[$0].auc.p != nil }
    let adjusted = Holm.adjusted(tested.compactMap { rows[$0].auc.p } + rows.map(\.decisions.p))
    for (index, p) in zip(tested, adjusted) { rows[index].auc.adjustedP = p }
    for (index, p) in zip(rows.indices, adjusted.dropFirst(tested.count)) {
      rows[index].decisions.adjustedP = p
    }
    return rows
  }
}
