/// What known nonmembers, and with a shadow known members, allow to say of an input at a level of error.
public enum ConformalVerdict: String, Codable, Sendable, CaseIterable {
  /// Few known nonmembers score as high.
  case memberLike = "member-like"
  /// Few known members score as low; said only where there are some.
  case notAMember = "not a member"
  /// Neither.
  case cannotTell = "cannot tell"
}

/// Verdicts with a bound on how often a nonmember is called member-like, whatever the score is: conformal p-values of
/// an input's score among those of inputs that are known to be no members (Vovk, Gammerman and Shafer 2005; Bates et al.
/// 2023, "Testing for outliers with conformal p-values").
///
/// The bound holds if the known nonmembers are exchangeable with the input under the hypothesis that it is none either,
/// and if they served for nothing else: no classifier was fitted to them, no score standardised by them, and they are
/// in no bank.
public struct ConformalTest: Sendable, Equatable {
  /// Scores of known nonmembers, ascending.
  private let nonmembers: [Double]
  /// Scores of known members, such as a shadow's, ascending; nil where there are none.
  private let members: [Double]?

  /// A test by scores of inputs that served for nothing else; higher is a surer member.
  /// - Throws: ``EvaluationError`` where a group is empty or a score is not finite.
  public init(nonmembers: [Double], members: [Double]? = nil) throws {
    for (name, scores) in [("known nonmembers", nonmembers), ("known members", members ?? [0])] {
      if scores.isEmpty { throw EvaluationError.emptyGroup(name) }
      if let index = scores.firstIndex(where: { !$0.isFinite }) {
        throw EvaluationError.notFinite(group: name, index: index)
      }
    }
    (self.nonmembers, self.members) = (nonmembers.sorted(), members?.sorted())
  }

  /// p of the hypothesis that an input is no member: (1 + known nonmembers that score at least as high) / (1 + all).
  public func nonmemberP(_ score: Double) -> Double {
    Double(1 + nonmembers.count - ConformalTest.count(below: score, in: nonmembers))
      / Double(1 + nonmembers.count)
  }

  /// p of the hypothesis that an input is a member: (1 + known members that score at most as high) / (1 + all); nil
  /// where no members are known.
  public func memberP(_ score: Double) -> Double? {
    members.map { members in
      Double(1 + ConformalTest.count(below: score.nextUp, in: members)) / Double(1 + members.count)
    }
  }

  /// Whether any score could be called member-like: n + 1 known nonmembers allow no p below 1 / (n + 1).
  public func canTell(at alpha: Double) -> Bool { Double(nonmembers.count + 1) * alpha >= 1 }

  /// The least score above which a single input is called member-like at a level; nil where none would be. Of nonmembers
  /// that are like the known ones a share of at most alpha is expected to score so high.
  /// - Parameter alpha: the level, in (0, 1).
  public func threshold(at alpha: Double) -> Double? {
    guard canTell(at: alpha) else { return nil }
    let total = Double(nonmembers.count + 1)
    // As many known nonmembers may score at least as high.
    let allowed = (0..<nonmembers.count).last { Double($0 + 1) / total <= alpha } ?? 0
    return nonmembers[nonmembers.count - 1 - allowed].nextUp
  }

  /// Known nonmembers that a level needs, at least; of levels that nobody could reach, 10^15.
  public static func needed(at alpha: Double) -> Int { max(1, Int(min(1e15, (1 / alpha).rounded(.up))) - 1) }

  /// Verdicts on many inputs: among those called member-like, and among those called no members, at most a share of
  /// alpha is expected to be called so wrongly (Benjamini and Hochberg 1995; conformal p-values of one set of known
  /// scores depend on each other in a way that it allows). An input for which both hypotheses fall is not told.
  /// - Parameter alpha: the level, in (0, 1).
  public func verdicts(of scores: [Double], at alpha: Double) -> [ConformalVerdict] {
    precondition(alpha > 0 && alpha < 1, "ConformalTest: level \(alpha) is outside (0, 1)")
    let high = BenjaminiHochberg.adjusted(scores.map(nonmemberP)).map { $0 <= alpha }
    let low = BenjaminiHochberg.adjusted(scores.map { memberP($0) ?? 1 }).map { $0 <= alpha }
    return zip(high, low).map { isHigh, isLow in
      isHigh == isLow ? .cannotTell : isHigh ? .memberLike : .notAMember
    }
  }

  /// How many of ascending scores lie below a value.
  private static func count(below value: Double, in scores: [Double]) -> Int {
    var (low, high) = (0, scores.count)
    while low < high {
      let middle = (low + high) / 2
      if scores[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Benjamini and Hochberg's correction for many tests at once (1995).
public enum BenjaminiHochberg {
  /// Adjusted p-values, in the order given: of those rejected at most alpha, a share of alpha is expected to be wrong.
  ///
  /// The k-th smallest of m values becomes its m / k-fold, at most what those after it became, at most 1.
  public static func adjusted(_ values: [Double]) -> [Double] {
    var (result, most) = (values, 1.0)
    let order = values.indices.sorted { values[$0] < values[$1] }
    for (place, index) in order.enumerated().reversed() {
      most = min(most, values[index] * Double(values.count) / Double(place + 1))
      result[index] = most
    }
    return result
  }
}
