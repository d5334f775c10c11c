import Data
import Files
import Networks

/// Whether two groups of works differ by themselves: a classifier that never asks an encoder tells them apart.
///
/// Half of each group's units fit it, it judges the others, and the other way round. Each direction is a
/// ``PermutationTest`` of its own on units that it was not fitted to; the smaller p is doubled.
public struct BlindComparison: Codable, Sendable, Equatable {
  /// What the classifier looks at, as the blind control of an attack; see ``BlindControl`` and ``CaptionControl``.
  public let name: String
  /// How well units are told apart: the mean area of both directions.
  public let auc: Estimate
  /// The probability of as much where the groups are exchangeable.
  public let p: Double

  /// Below this p the groups are said to differ.
  public static let level = 0.01
  /// Whether the groups differ by themselves.
  public var separates: Bool { p <= Self.level }

  /// Compares rows of statistics.
  /// - Parameters:
  ///   - groups: of each unit its works' rows.
  ///   - penalty: see ``LogisticRegression``.
  /// - Returns: nil where the groups have so few units that no p could be as low as ``level``.
  /// - Throws: ``EvaluationError``.
  static func made(
    _ name: String, _ groups: MembershipGroups<[[[Double]]]>, penalty: Double, permutations: Int,
    seed: UInt64
  ) throws -> BlindComparison? {
    func least(_ members: Int, _ nonmembers: Int) -> Double {
      2 / PermutationTest.count([(units: members + nonmembers, first: members)])
    }
    let (members, nonmembers) = (groups.members.count / 2, groups.nonmembers.count / 2)
    guard members >= 2, nonmembers >= 2, least(members, nonmembers) <= level else { return nil }
    var stream = RandomStream(seed: seed, name: "blind comparison")
    let shuffled = groups.map { units in stream.permutation(units.count).map { units[$0] } }
    let halves = [0, 1].map { half in
      shuffled.map { units in
        let middle = units.count / 2
        return Array(half == 0 ? units[..<middle] : units[middle...])
      }
    }
    let found = try [(0, 1), (1, 0)].map { fitted, judged -> (auc: Estimate, p: Double) in
      let classifier = LogisticRegression(halves[fitted].map { $0.flatMap { $0 } }, penalty: penalty)
      let scores = halves[judged].map { units in
        units.map { rows in rows.reduce(0) { $0 + classifier.score($1) } / Double(rows.count) }
      }
      let test = PermutationTest(
        scores.pooled, isFirst: scores.labels, strata: scores.pooled.map { _ in 0 },
        permutations: permutations, seed: seed)
      return (try MembershipScores(scores, threshold: 0).auc(), test.p)
    }
    return BlindComparison(
      name: name, auc: .mean(found[0].auc, found[1].auc), p: min(1, 2 * min(found[0].p, found[1].p)))
  }

  /// What images and, where they are asked about, captions tell by themselves.
  /// - Parameter sides: each side's images, and its units as indices of these.
  /// - Throws: an error of reading images, or ``EvaluationError``.
  static func all(
    _ sides: MembershipGroups<(images: Images, units: [[Int]])>, captions: Bool, permutations: Int,
    seed: UInt64
  ) throws -> [BlindComparison] {
    let images = try sides.map { side in
      let statistics = try ImageStatistics.of(side.images, side.units.flatMap { $0 })
      var place = 0
      return side.units.map { unit in
        unit.map { _ in
          place += 1
          return statistics[place - 1].values
        }
      }
    }
    var found = [
      try made(BlindControl.name, images, penalty: 0.01, permutations: permutations, seed: seed)
    ]
    if captions {
      let rows = sides.map { side in
        let texts = side.images.dataset.captions ?? []
        return side.units.map { unit in unit.flatMap { texts[$0].map { CaptionStatistics($0).values } } }
      }
      found.append(
        try made(
          CaptionControl.name, rows, penalty: CaptionControl.penalty, permutations: permutations, seed: seed))
    }
    return found.compactMap { $0 }
  }
}
