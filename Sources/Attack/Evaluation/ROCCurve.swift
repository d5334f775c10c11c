import Data

/// The receiver operating characteristic: what each threshold gives.
///
/// There is one point for each distinct score, so members and nonmembers of equal score enter together; nothing is
/// interpolated between points.
public struct ROCCurve: Sendable {
  /// What one threshold gives.
  public struct Point: Sendable, Equatable {
    /// Inputs of at least this score are taken for members; at the first point just above the highest score.
    public let threshold: Double
    /// Members taken for members.
    public let truePositives: Int
    /// Nonmembers taken for members.
    public let falsePositives: Int
  }

  /// Points by falling threshold, from "nobody is a member" to "everybody is".
  public let points: [Point]
  /// Group sizes.
  public let counts: MembershipGroups<Int>

  init(_ scores: MembershipScores) {
    counts = scores.groups.map(\.count)
    let sorted = scores.groups.map { $0.sorted(by: >) }
    let highest = max(sorted.members[0], sorted.nonmembers[0])
    var points = [Point(threshold: highest.nextUp, truePositives: 0, falsePositives: 0)]
    var (members, nonmembers) = (0, 0)
    while members < counts.members || nonmembers < counts.nonmembers {
      let first = members < counts.members ? sorted.members[members] : -.infinity
      let second = nonmembers < counts.nonmembers ? sorted.nonmembers[nonmembers] : -.infinity
      let threshold = max(first, second)
      while members < counts.members && sorted.members[members] == threshold { members += 1 }
      while nonmembers < counts.nonmembers && sorted.nonmembers[nonmembers] == threshold { nonmembers += 1 }
      points.append(Point(threshold: threshold, truePositives: members, falsePositives: nonmembers))
    }
    self.points = points
  }

  /// True positive rate at a point.
  public func tpr(_ point: Point) -> Double { Double(point.truePositives) / Double(counts.members) }

  /// False positive rate at a point.
  public func fpr(_ point: Point) -> Double { Double(point.falsePositives) / Double(counts.nonmembers) }

  /// The area under the curve: the share of (member, nonmember) pairs that the score orders rightly, ties half.
  ///
  /// It is Mann and Whitney's U over the number of pairs, counted in integers.
  public var area: Double {
    var twice = 0
    for (before, point) in zip(points, points.dropFirst()) {
      twice += (point.falsePositives - before.falsePositives) * (point.truePositives + before.truePositives)
    }
    return Double(twice) / (2 * Double(counts.members) * Double(counts.nonmembers))
  }

  /// The point of most true positives whose realised false positive rate is at most `nominal`.
  public func point(atMostFPR nominal: Double) -> Point {
    // A rate of k / N written in decimals must admit k, whatever its binary rounding.
    let allowed = Int((nominal * Double(counts.nonmembers) * (1 + 1e-12)).rounded(.down))
    let admitted = points.prefix { $0.falsePositives <= allowed }
    return admitted[admitted.endIndex - 1]
  }

  /// True positive rate at the largest realised false positive rate that is at most `nominal`.
  public func tpr(atMostFPR nominal: Double, confidence: Double = Estimate.confidence) -> OperatingPoint {
    let point = point(atMostFPR: nominal)
    return OperatingPoint(
      tpr: .rate(point.truePositives, of: counts.members, confidence: confidence), realisedFPR: fpr(point),
      threshold: point.threshold)
  }
}

/// A true positive rate, with the false positive rate and threshold it was really measured at.
///
/// Its interval is that of the rate at this threshold; that the threshold was chosen on the same nonmembers is not in it.
public struct OperatingPoint: Codable, Sendable, Equatable {
  /// The share of members found.
  public let tpr: Estimate
  /// The share of nonmembers taken for members, at most the nominal rate.
  public let realisedFPR: Double
  /// The threshold; just above the highest score if even that one has too many nonmembers.
  public let threshold: Double

  /// A rate with where it was measured.
  public init(tpr: Estimate, realisedFPR: Double, threshold: Double) {
    self.tpr = tpr
    self.realisedFPR = realisedFPR
    self.threshold = threshold
  }

  private enum CodingKeys: String, CodingKey { case value, low, high, realisedFPR, threshold }

  /// Reads `{value, low, high, realisedFPR, threshold}`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    tpr = try Estimate(from: decoder)
    realisedFPR = try container.decode(Double.self, forKey: .realisedFPR)
    threshold = try container.decode(Double.self, forKey: .threshold)
  }

  /// Writes `{value, low, high, realisedFPR, threshold}`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(tpr.value, forKey: .value)
    try container.encode(tpr.low, forKey: .low)
    try container.encode(tpr.high, forKey: .high)
    try container.encode(realisedFPR, forKey: .realisedFPR)
    try container.encode(threshold, forKey: .threshold)
  }
}
