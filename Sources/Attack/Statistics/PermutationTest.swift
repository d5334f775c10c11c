import Data
import Files
import Networks

/// Whether the units of one group score higher than those of another, by what labels that were drawn at random would have
/// given: labels are exchanged within strata, so that the groups' sizes there stay.
///
/// Where the labels were drawn so, the test is valid whatever the scores are: p is at most alpha with probability at most
/// alpha if the scores do not depend on the labels.
public struct PermutationTest: Codable, Sendable, Equatable {
  /// The probability, if the scores do not depend on the labels, of a difference at least as large: labellings with such
  /// a one, that which was seen among them, over all that were looked at.
  public let p: Double
  /// How many labellings were looked at, that which was seen among them.
  public let labellings: Int
  /// Whether these are all that there are; else all but the one that was seen were drawn at random.
  public let isExact: Bool

  /// A test by its parts.
  init(p: Double, labellings: Int, isExact: Bool) {
    (self.p, self.labellings, self.isExact) = (p, labellings, isExact)
  }

  /// Looks at all labellings where there are at most `permutations` of them beside the one that was seen, else at so many
  /// random ones.
  /// - Parameters:
  ///   - scores: of the units.
  ///   - isFirst: for each unit whether it belongs to the group that is to score higher.
  ///   - strata: for each unit the number of its stratum.
  ///   - permutations: at least 1.
  public init(
    _ scores: [Double], isFirst: [Bool], strata: [Int], permutations: Int = 99_999, seed: UInt64 = 0
  ) {
    precondition(
      scores.count == isFirst.count && scores.count == strata.count && permutations >= 1,
      "PermutationTest: \(scores.count) scores, \(isFirst.count) labels, \(strata.count) strata, "
        + "\(permutations) permutations")
    // With sizes kept in each stratum, the sum over the first group orders labellings as the difference of means does.
    let parts = Dictionary(grouping: scores.indices, by: { strata[$0] }).sorted { $0.key < $1.key }.map {
      Part(scores: $0.value.map { scores[$0] }, chosen: $0.value.map { isFirst[$0] })
    }
    let size = parts.reduce(0) { $0 + $1.size }
    // Equal sums that were added up in another order are equal.
    let seen = parts.reduce(0) { $0 + $1.seen } - 1e-9 * (size + .leastNormalMagnitude)
    let all = PermutationTest.count(parts.map { (units: $0.values.count, first: $0.first) })
    if all <= Double(permutations) + 1 {
      let sums = parts.reduce([0.0]) { sums, part in
        let own = part.sums()
        return sums.flatMap { sum in own.map { sum + $0 } }
      }
      let extreme = sums.count { $0 >= seen }
      self.init(p: Double(extreme) / Double(sums.count), labellings: sums.count, isExact: true)
      return
    }
    var (drawn, extreme) = (parts, 1)
    var stream = RandomStream(seed: seed, name: "permutations")
    for _ in 0..<permutations {
      var sum = 0.0
      for index in drawn.indices { sum += drawn[index].drawnSum(&stream) }
      if sum >= seen { extreme += 1 }
    }
    self.init(
      p: Double(extreme) / Double(permutations + 1), labellings: permutations + 1, isExact: false)
  }

  /// How many labellings there are: the product of the binomial coefficients of the strata.
  static func count(_ strata: [(units: Int, first: Int)]) -> Double {
    strata.reduce(1) { product, stratum in
      let few = min(stratum.first, stratum.units - stratum.first)
      return (0..<max(0, few)).reduce(product) { $0 * Double(stratum.units - $1) / Double($1 + 1) }
    }.rounded()
  }

  /// The units of a stratum; their mean is 0, which changes no order of labellings and keeps sums small.
  private struct Part {
    private(set) var values: [Double]
    let first: Int
    let seen: Double
    let size: Double

    init(scores: [Double], chosen: [Bool]) {
      let mean = scores.reduce(0, +) / Double(scores.count)
      values = scores.map { $0 - mean }
      first = chosen.count { $0 }
      seen = zip(values, chosen).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
      size = values.reduce(0) { $0 + abs($1) }
    }

    /// The sum over each choice of a first group.
    func sums() -> [Double] {
      var sums: [Double] = []
      func choose(_ left: Int, from start: Int, _ sum: Double) {
        guard left > 0 else { return sums.append(sum) }
        for index in start...(values.count - left) {
          choose(left - 1, from: index + 1, sum + values[index])
        }
      }
      choose(first, from: 0, 0)
      return sums
    }

    /// The sum over a first group drawn at random (Fisher and Yates, as far as needed).
    mutating func drawnSum(_ stream: inout RandomStream) -> Double {
      // What the smaller group has, the larger lacks: all sum up to 0.
      let few = min(first, values.count - first)
      var sum = 0.0
      for index in 0..<few {
        values.swapAt(index, index + stream.integer(below: values.count - index))
        sum += values[index]
      }
      return few == first ? sum : -sum
    }
  }
}

/// How far two groups of units lie apart.
public struct GroupDifference: Codable, Sendable, Equatable {
  /// The mean of the first group less that of the second.
  public let means: Double
  /// That over the pooled deviation within the groups (Cohen's d); nil where nothing varies within them.
  @OrNull public private(set) var standardised: Double?
  /// The probability that a unit of the first group scores higher than one of the second, ties counted half, with the
  /// interval of ``MembershipScores/auc(confidence:)``. One half is no difference.
  public let superiority: Estimate

  /// The difference between two groups.
  /// - Throws: ``EvaluationError`` where a group is empty or a score is not finite.
  public init(first: [Double], second: [Double]) throws {
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    func squares(_ values: [Double]) -> Double {
      let centre = mean(values)
      return values.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
    }
    superiority = try MembershipScores(
      MembershipGroups(members: first, nonmembers: second), threshold: 0
    ).auc()
    means = mean(first) - mean(second)
    let freedom = Double(max(1, first.count + second.count - 2))
    let deviation = ((squares(first) + squares(second)) / freedom).squareRoot()
    standardised = deviation > 0 ? means / deviation : nil
  }
}
