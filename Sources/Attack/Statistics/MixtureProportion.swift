import Data
import Foundation
import Networks

/// Which share of some works was used, by their scores alone: the proportion of members' scores in a mixture with
/// nonmembers'.
///
/// The density of nonmembers' scores comes from known nonmembers of the same encoder. That of members' scores nobody has
/// seen; a shadow's members stand in, in units of the shadow's nonmembers: a score less their mean, over their deviation.
/// The share maximises the likelihood, which is concave in it; its interval holds the middle of the shares of a bootstrap
/// that draws units, shadow's members and shadow's nonmembers anew.
public struct MixtureProportion: Codable, Sendable, Equatable {
  /// The share, from 0 to 1, with its interval.
  public let share: Estimate
  /// How well members and nonmembers are told apart on the shadow: the area under the ROC curve.
  public let separation: Estimate

  /// Below this separation, or where its interval holds one half, the densities hardly differ and the share says little.
  public static let leastSeparation = 0.6

  /// Whether the densities differ enough for the share to say something.
  public var isTold: Bool { separation.value >= Self.leastSeparation && separation.low > 0.5 }

  /// The share of works that were used.
  /// - Parameters:
  ///   - suspects: scores of the works, each unit's together.
  ///   - nonmembers: scores of known nonmembers by the same encoder, each unit's together.
  ///   - shadow: scores of a shadow's members and nonmembers, by the shadow.
  ///   - replicates: of the bootstrap, at least 1.
  /// - Throws: ``EvaluationError`` where a group is empty or a score is not finite.
  public init(
    of suspects: [[Double]], nonmembers: [[Double]], shadow: MembershipGroups<[Double]>,
    replicates: Int = 400, seed: UInt64 = 0
  ) throws {
    precondition(replicates >= 1, "MixtureProportion: \(replicates) replicates, at least 1 is needed")
    _ = try MembershipScores(
      MembershipGroups(members: suspects.flatMap { $0 }, nonmembers: nonmembers.flatMap { $0 }), threshold: 0)
    separation = try MembershipScores(shadow, threshold: 0).auc()
    let value = Self.share(
      suspects.flatMap { $0 }, nonmembers: nonmembers.flatMap { $0 }, shadow: shadow)
    let stream = RandomStream(seed: seed, name: "mixture bootstrap")
    var shares = (0..<replicates).map { replicate in
      var draws = stream.substream(replicate)
      func drawn<Value>(_ values: [Value]) -> [Value] {
        values.map { _ in values[draws.integer(below: values.count)] }
      }
      let (works, others) = (drawn(suspects), drawn(nonmembers))
      let members = drawn(shadow.members)
      return Self.share(
        works.flatMap { $0 }, nonmembers: others.flatMap { $0 },
        shadow: MembershipGroups(members: members, nonmembers: drawn(shadow.nonmembers)))
    }
    shares.sort()
    func percentile(_ part: Double) -> Double {
      shares[min(replicates - 1, max(0, Int((part * Double(replicates)).rounded(.down))))]
    }
    let tail = (1 - Estimate.confidence) / 2
    share = Estimate(
      value: value, low: min(value, percentile(tail)), high: max(value, percentile(1 - tail)))
  }

  /// The most likely share.
  static func share(
    _ suspects: [Double], nonmembers: [Double], shadow: MembershipGroups<[Double]>
  ) -> Double {
    let (own, foreign) = (NormalDensity(of: nonmembers), NormalDensity(of: shadow.nonmembers))
    func scaled(_ values: [Double], _ density: NormalDensity) -> [Double] {
      values.map { ($0 - density.mean) / density.deviation }
    }
    let works = scaled(suspects, own)
    let (zeros, ones) = (scaled(nonmembers, own), scaled(shadow.members, foreign))
    let grid = DensityGrid(covering: works + zeros + ones)
    let (absent, present) = (grid.density(of: zeros), grid.density(of: ones))
    var ratio = zip(present, absent).map { $0 / $1 }
    // Higher scores are surer members: beyond the middle of a group, where the densities are of few scores or none, the
    // ratio does not turn back.
    let (low, high) = (grid.bin(median(zeros)), grid.bin(median(ones)))
    if low < high {
      for bin in 0..<low { ratio[bin] = min(ratio[bin], ratio[low]) }
      for bin in (high + 1)..<DensityGrid.bins { ratio[bin] = max(ratio[bin], ratio[high]) }
    }
    let counts = grid.counts(works)
    // The derivative of the log-likelihood falls in the share.
    func slope(_ share: Double) -> Double {
      counts.indices.reduce(0.0) { sum, bin in
        guard counts[bin] > 0 else { return sum }
        return sum + counts[bin] * (ratio[bin] - 1) / (share * ratio[bin] + 1 - share)
      }
    }
    if slope(0) <= 0 { return 0 }
    if slope(1) >= 0 { return 1 }
    var (least, most) = (0.0, 1.0)
    for _ in 0..<40 {
      let middle = (least + most) / 2
      if slope(middle) > 0 { least = middle } else { most = middle }
    }
    return (least + most) / 2
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// Kernel densities on equal bins.
private struct DensityGrid {
  static let bins = 256
  let low: Double
  let step: Double

  init(covering values: [Double]) {
    let (least, most) = (values.min() ?? 0, values.max() ?? 1)
    let margin = 0.05 * max(most - least, 1e-9)
    low = least - margin
    step = (most - least + 2 * margin) / Double(Self.bins)
  }

  func counts(_ values: [Double]) -> [Double] {
    var counts = [Double](repeating: 0, count: Self.bins)
    for value in values { counts[bin(value)] += 1 }
    return counts
  }

  func bin(_ value: Double) -> Int { min(Self.bins - 1, max(0, Int((value - low) / step))) }

  /// Gaussian kernels of Silverman's width, 0.9 · min(deviation, range of the middle half / 1.34) · n^(-1/5); at least a
  /// millionth of the mass is spread evenly, so that no score is impossible.
  func density(of values: [Double]) -> [Double] {
    let sorted = values.sorted()
    func quantile(_ part: Double) -> Double { sorted[Int(part * Double(sorted.count - 1))] }
    let deviation = NormalDensity(of: values).deviation
    let middle = (quantile(0.75) - quantile(0.25)) / 1.34
    let spread = middle > 0 ? min(deviation, middle) : deviation
    let width = max(0.9 * spread * pow(Double(values.count), -0.2), step / 2)
    let reach = min(Self.bins - 1, Int((4 * width / step).rounded(.up)))
    let kernel = (0...reach).map { exp(-pow(Double($0) * step / width, 2) / 2) }
    let total = 2 * kernel.reduce(0, +) - kernel[0]
    var density = [Double](repeating: 1e-6 / Double(Self.bins), count: Self.bins)
    for (bin, count) in counts(values).enumerated() where count > 0 {
      let share = count / Double(values.count) / total
      for other in max(0, bin - reach)...min(Self.bins - 1, bin + reach) {
        density[other] += share * kernel[abs(other - bin)]
      }
    }
    return density
  }
}
