import Data

/// McNemar's test of two attacks' decisions on the same inputs, in its exact form (McNemar 1947).
///
/// Inputs that both tell rightly or both wrongly say nothing of a difference. Of the others, where the attacks are equally
/// good, each goes to either by a fair coin.
struct McNemar: Equatable {
  /// Inputs that the first alone tells rightly.
  let onlyFirst: Int
  /// Inputs that the second alone tells rightly.
  let onlySecond: Int

  /// A table by its two unlike cells.
  init(onlyFirst: Int, onlySecond: Int) {
    precondition(onlyFirst >= 0 && onlySecond >= 0, "McNemar: \(onlyFirst) and \(onlySecond) inputs")
    (self.onlyFirst, self.onlySecond) = (onlyFirst, onlySecond)
  }

  /// Decisions at each attack's own threshold on the same inputs in the same order.
  init(_ first: MembershipScores, _ second: MembershipScores) {
    precondition(
      first.groups.map(\.count) == second.groups.map(\.count),
      "McNemar: \(first.groups.map(\.count)) scores and \(second.groups.map(\.count)) of the same inputs")
    func right(_ scores: MembershipScores) -> [Bool] {
      scores.groups.members.map { $0 >= scores.threshold }
        + scores.groups.nonmembers.map { $0 < scores.threshold }
    }
    let both = zip(right(first), right(second))
    self.init(onlyFirst: both.count { $0 && !$1 }, onlySecond: both.count { !$0 && $1 })
  }

  /// The probability that fair coins fall at least as unevenly, either way: twice that of at most the smaller count, at
  /// most 1.
  var p: Double {
    let (fewer, coins) = (min(onlyFirst, onlySecond), onlyFirst + onlySecond)
    guard 2 * fewer < coins else { return 1 }
    // P(X <= k) of n fair coins is P(X >= n - k) = I_1/2(n - k, k + 1).
    return min(1, 2 * IncompleteBeta.regularized(0.5, Double(coins - fewer), Double(fewer + 1)))
  }
}
