import Data
import Foundation
import Networks

/// How surely ``PermutationTest`` finds that a published half was used, before anybody is asked: simulated with scores that
/// members and nonmembers of a shadow have.
///
/// Each published unit has, with the probability of the share that is used, a score drawn from the members', else from the
/// nonmembers'; each secret one has a nonmember's.
public struct PowerSimulation: Sendable {
  /// Scores of a shadow's members and nonmembers.
  public let scores: MembershipGroups<[Double]>
  /// The level of the test.
  public let alpha: Double
  /// Tests that are simulated for each size.
  public let simulations: Int
  private let seed: UInt64

  /// The most units that are tried.
  public static let most = 20_000
  /// Up to so many units labels are permuted; beyond, Student's test stands in, as permutations of a mean are then normal.
  private static let permuted = 60
  private static let permutations = 999

  /// A simulation by its parts.
  /// - Parameters:
  ///   - alpha: at least 0.002, so that the permutations made here resolve it.
  /// - Throws: ``EvaluationError`` where a group is empty or a score is not finite.
  public init(
    _ scores: MembershipGroups<[Double]>, alpha: Double = 0.01, simulations: Int = 1000, seed: UInt64 = 0
  ) throws {
    _ = try MembershipScores(scores, threshold: 0)
    precondition(
      alpha >= 0.002 && alpha < 1 && simulations >= 1, "PowerSimulation: level \(alpha), \(simulations) tests"
    )
    (self.scores, self.alpha, self.simulations, self.seed) = (scores, alpha, simulations, seed)
  }

  /// The share of simulated tests with p below alpha.
  /// - Parameters:
  ///   - units: in both halves together, an even number from 4 up.
  ///   - share: of the published units that is used, from 0 to 1.
  public func power(units: Int, share: Double) -> Double {
    precondition(
      units >= 4 && units % 2 == 0, "PowerSimulation: \(units) units, an even number from 4 up is needed")
    let critical = StudentT.quantile(1 - alpha, freedom: units - 2)
    let stream = RandomStream(seed: seed, name: "power")
    let found = (0..<simulations).count { simulation in
      // The first units are the same for any number of them, so that power grows smoothly.
      var draws = stream.substream(simulation)
      var (published, secret) = ([Double](), [Double]())
      for _ in 0..<(units / 2) {
        let isUsed = draws.uniformDouble() < share
        published.append(drawn(isUsed ? scores.members : scores.nonmembers, &draws))
        secret.append(drawn(scores.nonmembers, &draws))
      }
      if units > Self.permuted { return Self.student(published, secret) > critical }
      let test = PermutationTest(
        published + secret, isFirst: published.map { _ in true } + secret.map { _ in false },
        strata: Array(repeating: 0, count: units), permutations: Self.permutations, seed: UInt64(simulation))
      return test.p < alpha
    }
    return Double(found) / Double(simulations)
  }

  private func drawn(_ values: [Double], _ draws: inout RandomStream) -> Double {
    values[draws.integer(below: values.count)]
  }

  /// Student's statistic of two samples with a common variance.
  private static func student(_ first: [Double], _ second: [Double]) -> Double {
    func moments(_ values: [Double]) -> (mean: Double, squares: Double) {
      let mean = values.reduce(0, +) / Double(values.count)
      return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) })
    }
    let (a, b) = (moments(first), moments(second))
    let variance = (a.squares + b.squares) / Double(first.count + second.count - 2)
    let error = (variance * (1 / Double(first.count) + 1 / Double(second.count))).squareRoot()
    return error > 0 ? (a.mean - b.mean) / error : a.mean > b.mean ? .infinity : 0
  }

  /// The least number of units, in both halves together, with which a share is found with a probability of at least
  /// `power`; nil where ``most`` are too few.
  public func needed(share: Double, power: Double = 0.9) -> Int? {
    func suffices(_ half: Int) -> Bool { self.power(units: 2 * half, share: share) >= power }
    // Begin at a quarter of what normal scores would need.
    let expected = normalUnits(share: share, power: power) ?? Double(Self.most)
    // Scores that hardly differ, or are beyond all measure, ask for no whole number.
    let begin = expected / 8 < Double(Self.most / 2) ? Int(max(2, expected / 8)) : Self.most / 2
    var high = begin
    var low = 1
    while !suffices(high) {
      if high == Self.most / 2 { return nil }
      (low, high) = (high, min(Self.most / 2, 2 * high))
    }
    while high - low > max(1, high / 100) {
      let middle = (low + high) / 2
      if suffices(middle) { high = middle } else { low = middle }
    }
    return 2 * high
  }

  /// The same by the normal approximation: 2 (z(1 - alpha) + z(power))² (V + V₀) / (share · difference)², where V₀ is the
  /// nonmembers' variance and V that of the mixture; nil where members do not score higher.
  func normalUnits(share: Double, power: Double) -> Double? {
    let (present, absent) = (NormalDensity(of: scores.members), NormalDensity(of: scores.nonmembers))
    let difference = present.mean - absent.mean
    guard difference > 0, share > 0 else { return nil }
    func square(_ x: Double) -> Double { x * x }
    let mixed =
      share * square(present.deviation) + (1 - share) * square(absent.deviation)
      + share * (1 - share) * square(difference)
    let reach = Normal.quantile(1 - alpha) + Normal.quantile(power)
    return 2 * square(reach / (share * difference)) * (mixed + square(absent.deviation))
  }
}
