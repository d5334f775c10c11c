import Data
import Foundation

/// The difference of two areas under ROC curves that were measured on the same inputs (DeLong, DeLong and Clarke-Pearson
/// 1988).
///
/// Both scores judge the same members and nonmembers, so what an input does to one area it does, in part, to the other. The
/// variance of the difference is that of the differences of each input's two placements among the other group; with it
/// the difference is taken to be normal.
struct CorrelatedAreas: Equatable {
  /// The first area less the second.
  let difference: Double
  /// The variance of the difference; nil where a group of one input leaves it unknown.
  let variance: Double?

  /// - Parameters: scores of the same inputs in the same order.
  init(_ first: MembershipScores, _ second: MembershipScores) {
    precondition(
      first.groups.map(\.count) == second.groups.map(\.count),
      "CorrelatedAreas: \(first.groups.map(\.count)) scores and \(second.groups.map(\.count)) of the same inputs"
    )
    difference = first.roc.area - second.roc.area
    let (one, other) = (CorrelatedAreas.placements(first), CorrelatedAreas.placements(second))
    let counts = first.groups.map(\.count)
    guard counts.members > 1 && counts.nonmembers > 1 else {
      // Scores that order everything alike leave no doubt, however few they are.
      variance = one == other ? 0 : nil
      return
    }
    let differences = one.zip(other).map { Swift.zip($0, $1).map(-) }
    variance =
      CorrelatedAreas.variance(differences.members, of: counts.nonmembers) / Double(counts.members)
      + CorrelatedAreas.variance(differences.nonmembers, of: counts.members) / Double(counts.nonmembers)
  }

  /// The interval of the difference, within -1 and 1; nil where the variance is unknown, or 0 although the areas differ, as
  /// those of perfect separation and of equal scores.
  func interval(confidence: Double = Estimate.confidence) -> (low: Double, high: Double)? {
    guard let deviation else { return nil }
    let reach = Normal.quantile((1 + confidence) / 2) * deviation
    return (max(-1, difference - reach), min(1, difference + reach))
  }

  /// The probability of a difference at least as large, either way, where there is none; nil where there is no interval.
  var p: Double? {
    guard let deviation else { return nil }
    return deviation > 0 ? erfc(abs(difference) / deviation / 2.0.squareRoot()) : 1
  }

  private var deviation: Double? {
    guard let variance, variance > 0 || difference == 0 else { return nil }
    return variance.squareRoot()
  }

  /// For each input twice the number of the other group's scores below it, and once that of equal ones. For nonmembers
  /// those above count, so that either group's sum is that of rightly ordered pairs.
  private static func placements(_ scores: MembershipScores) -> MembershipGroups<[Int]> {
    let sorted = scores.groups.map { $0.sorted() }
    func counted(_ values: [Double], among others: [Double]) -> [Int] {
      values.map { value in
        lowerBound(of: value, in: others) + lowerBound(of: value.nextUp, in: others)
      }
    }
    return MembershipGroups(
      members: counted(scores.groups.members, among: sorted.nonmembers),
      nonmembers: counted(scores.groups.nonmembers, among: sorted.members).map {
        2 * sorted.members.count - $0
      })
  }

  /// The variance of differences of placements among `others` inputs; exactly 0 where all are equal.
  private static func variance(_ differences: [Int], of others: Int) -> Double {
    guard differences.contains(where: { $0 != differences[0] }) else { return 0 }
    let mean = Double(differences.reduce(0, +)) / Double(differences.count)
    let squares = differences.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return squares / Double(differences.count - 1) / (4 * Double(others) * Double(others))
  }
}
