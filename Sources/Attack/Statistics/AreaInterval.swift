import Foundation

extension MembershipScores {
  /// The area under the curve with the interval of DeLong, DeLong and Clarke-Pearson (1988).
  ///
  /// The interval is made on the logit scale, so that it stays within (0, 1) and is asymmetric near the ends. Where
  /// the estimated variance is 0 (perfect separation, all scores equal, one input in a group) the exact interval
  /// over min(m, n) disjoint (member, nonmember) pairs is given: each pair is ordered rightly with probability AUC,
  /// independently of the others.
  public func auc(confidence: Double = Estimate.confidence) -> Estimate {
    let area = roc.area
    let variance = delongVariance()
    guard area > 0 && area < 1 && variance > 0 else {
      let pairs = Double(min(groups.members.count, groups.nonmembers.count))
      return .rate(area * pairs, of: pairs, confidence: confidence)
    }
    let z = Normal.quantile((1 + confidence) / 2)
    let logit = log(area / (1 - area))
    let reach = z * variance.squareRoot() / (area * (1 - area))
    func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    return Estimate(value: area, low: logistic(logit - reach), high: logistic(logit + reach))
  }

  /// The probability of an area at least as large where the true one is one half: the test that belongs to the interval
  /// of ``auc(confidence:)``, one-sided.
  ///
  /// It is below 0.025 exactly where the interval at 95% lies above one half, but for the exact interval's rounding.
  public var chanceOfArea: Double {
    let area = roc.area
    let variance = delongVariance()
    guard area > 0 && area < 1 && variance > 0 else {
      let pairs = Double(min(groups.members.count, groups.nonmembers.count))
      // P(X >= k) of n fair coins is I_1/2(k, n - k + 1).
      return area <= 0 ? 1 : IncompleteBeta.regularized(0.5, area * pairs, pairs - area * pairs + 1)
    }
    let z = log(area / (1 - area)) * area * (1 - area) / variance.squareRoot()
    return 0.5 * erfc(z / 2.0.squareRoot())
  }

  /// The variance of the area: s10 / m + s01 / n, from each input's placement among the other group.
  func delongVariance() -> Double {
    let (members, nonmembers) = (groups.members.sorted(), groups.nonmembers.sorted())
    guard members.count > 1 && nonmembers.count > 1 else { return 0 }
    func variance(_ values: [Double]) -> Double {
      let mean = values.reduce(0, +) / Double(values.count)
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    }
    // The placements of nonmembers count the members above them; the variance is that of the members below.
    return variance(placements(of: members, among: nonmembers)) / Double(members.count)
      + variance(placements(of: nonmembers, among: members)) / Double(nonmembers.count)
  }

  /// For each value, the share of `others` below it, equals half; both arrays ascend.
  private func placements(of values: [Double], among others: [Double]) -> [Double] {
    var (below, through) = (0, 0)
    return values.map { value in
      while below < others.count && others[below] < value { below += 1 }
      through = max(through, below)
      while through < others.count && others[through] == value { through += 1 }
      return Double(below + through) / (2 * Double(others.count))
    }
  }
}

/// The first index of an ascending array whose value is at least `value`.
func lowerBound(of value: Double, in sorted: [Double]) -> Int {
  var (low, high) = (0, sorted.count)
  while low < high {
    let middle = (low + high) / 2
    if sorted[middle] < value { low = middle + 1 } else { high = middle }
  }
  return low
}
