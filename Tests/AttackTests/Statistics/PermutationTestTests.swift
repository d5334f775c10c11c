import Networks
import Testing

@testable import Attack

@Suite struct PermutationTestTests {
  @Test("Of few units all labellings are looked at, and p is the share of them that differ as much")
  func exact() {
    // Of the 6 choices of two among 1, 2, 3, 4 only 3 + 4 is as large as what was seen; then 2 + 4 and 3 + 4.
    let strata = [0, 0, 0, 0]
    let largest = PermutationTest([1, 2, 3, 4], isFirst: [false, false, true, true], strata: strata)
    #expect(largest == PermutationTest(p: 1.0 / 6, labellings: 6, isExact: true))
    let second = PermutationTest([1, 2, 3, 4], isFirst: [false, true, false, true], strata: strata)
    #expect(second.p == 2.0 / 6)
    let ties = PermutationTest([0.1, 0.1, 0.1, 0.1], isFirst: [false, true, false, true], strata: strata)
    #expect(ties.p == 1)
  }

  @Test("Labels are exchanged within strata only")
  func strata() {
    // Between strata the scores differ by far; within each the published unit is the lower one.
    let scores = [10.0, 11, 1, 2]
    let labels = [true, false, true, false]
    let test = PermutationTest(scores, isFirst: labels, strata: [0, 0, 1, 1])
    #expect(test == PermutationTest(p: 1, labellings: 4, isExact: true))
    #expect(PermutationTest(scores, isFirst: labels, strata: [0, 0, 0, 0]).p < 1)
    // A stratum in one half only allows one labelling.
    #expect(PermutationTest([5, 1, 2], isFirst: [true, true, false], strata: [0, 1, 1]).labellings == 2)
  }

  @Test("Random labellings give the p of all labellings but for simulation error")
  func monteCarlo() {
    var random = RandomStream(seed: 3, name: "scores")
    for round in 0..<5 {
      let scores = (0..<17).map { Double(random.normal()) + ($0 < 8 ? 0.6 : 0) }
      let labels = (0..<17).map { $0 < 8 }
      let strata = (0..<17).map { $0 % 2 }
      let exact = PermutationTest(scores, isFirst: labels, strata: strata, permutations: 20_000)
      let drawn = PermutationTest(
        scores, isFirst: labels, strata: strata, permutations: 4000, seed: UInt64(round))
      #expect(exact.isExact && exact.labellings == 126 * 70 && !drawn.isExact && drawn.labellings == 4001)
      let error = (exact.p * (1 - exact.p) / 4000).squareRoot()
      #expect(abs(drawn.p - exact.p) < 4 * error + 1.0 / 4001, "\(exact.p), \(drawn.p)")
    }
  }

  @Test("p of random labellings is never 0, and at most 1")
  func bounds() {
    let scores = (0..<60).map(Double.init)
    let low = PermutationTest(
      scores, isFirst: scores.map { $0 >= 30 }, strata: scores.map { _ in 0 }, permutations: 9999)
    #expect(low.p == 1.0 / 10_000)
    let high = PermutationTest(
      scores, isFirst: scores.map { $0 < 30 }, strata: scores.map { _ in 0 }, permutations: 9999)
    #expect(high.p == 1)
  }

  @Test("The number of labellings is the product of binomial coefficients")
  func count() {
    #expect(PermutationTest.count([(units: 6, first: 3)]) == 20)
    #expect(PermutationTest.count([(units: 50, first: 25)]) == 126_410_606_437_752)
    #expect(PermutationTest.count([(units: 4, first: 2), (units: 3, first: 3), (units: 5, first: 1)]) == 30)
  }

  @Test("A difference is that of means, over the pooled deviation, and as the chance of scoring higher")
  func difference() throws {
    let found = try GroupDifference(first: [3, 5], second: [1, 3])
    #expect(found.means == 2)
    #expect(abs((found.standardised ?? 0) - 2.0.squareRoot()) < 1e-12)
    #expect(found.superiority.value == 0.875)
    #expect(try GroupDifference(first: [1, 1], second: [1, 1]).standardised == nil)
  }
}
