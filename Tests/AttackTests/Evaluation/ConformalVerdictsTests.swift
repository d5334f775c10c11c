import Networks
import Testing

@testable import Attack

@Suite struct ConformalVerdictsTests {
  @Test("p counts the input itself and the known nonmembers that score at least as high")
  func values() throws {
    let test = try ConformalTest(nonmembers: [3, 1, 2, 2], members: [4, 6, 5])
    #expect([0.5, 1, 2, 2.5, 3, 3.5].map(test.nonmemberP) == [1, 1, 0.8, 0.4, 0.4, 0.2])
    #expect([3.5, 4, 5.5, 9].map(test.memberP) == [0.25, 0.5, 0.75, 1])
    #expect(try ConformalTest(nonmembers: [1]).memberP(3) == nil)
  }

  @Test("A score is called member-like exactly where it reaches the level's threshold, ties or none")
  func threshold() throws {
    for known in [[3.0, 1, 2, 2], (0..<40).map { Double($0 % 13) }, [5]] {
      let test = try ConformalTest(nonmembers: known)
      for alpha in [0.02, 0.05, 0.2, 0.3, 0.5, 0.9] {
        let threshold = test.threshold(at: alpha)
        #expect((threshold == nil) == !test.canTell(at: alpha))
        for score in known + known.map(\.nextUp) + [99] {
          #expect((test.nonmemberP(score) <= alpha) == (threshold.map { score >= $0 } ?? false))
        }
      }
    }
  }

  @Test("p of nonmembers is uniform: each level is reached as often as it says, ties or none")
  func uniform() throws {
    var stream = RandomStream(seed: 4, name: "conformal")
    for grain: Float in [0, 0.5] {
      func score() -> Double {
        let value = stream.normal()
        return Double(grain == 0 ? value : (value / grain).rounded() * grain)
      }
      let draws = 20_000
      var reached = [Int](repeating: 0, count: 20)
      for _ in 0..<draws {
        let p = try ConformalTest(nonmembers: (0..<19).map { _ in score() }).nonmemberP(score())
        reached[Int((20 * p).rounded()) - 1] += 1
      }
      var sum = 0
      for step in 0..<20 {
        sum += reached[step]
        let level = Double(step + 1) / 20
        // Five deviations of a binomial share; with ties p is too large and never too small.
        let room = 5 * (level * (1 - level) / Double(draws)).squareRoot()
        let share = Double(sum) / Double(draws)
        #expect(share <= level + room, "\(level): \(share)")
        if grain == 0 { #expect(share >= level - room, "\(level): \(share)") }
      }
    }
  }

  @Test(
    "without known members nobody is called no member, and below 1 / alpha - 1 nonmembers nobody a member")
  func silent() throws {
    let few = try ConformalTest(nonmembers: [Double](repeating: 0, count: 18))
    #expect(!few.canTell(at: 0.05) && few.verdicts(of: [100], at: 0.05) == [.cannotTell])
    let enough = try ConformalTest(nonmembers: [Double](repeating: 0, count: 19))
    #expect(enough.canTell(at: 0.05) && enough.verdicts(of: [100], at: 0.05) == [.memberLike])
    #expect(enough.verdicts(of: [-100], at: 0.05) == [.cannotTell])
    #expect(ConformalTest.needed(at: 0.05) == 19 && ConformalTest.needed(at: 0.3) == 3)
    #expect(ConformalTest.needed(at: 1e-30) == 999_999_999_999_999)
    let both = try ConformalTest(
      nonmembers: [Double](repeating: 0, count: 19), members: [Double](repeating: 1, count: 19))
    #expect(
      [-1, 0.5, 2].flatMap { both.verdicts(of: [$0], at: 0.05) } == [.notAMember, .cannotTell, .memberLike])
  }

  @Test("adjusted p-values of many inputs are those of Benjamini and Hochberg")
  func adjusted() {
    let found = BenjaminiHochberg.adjusted([0.01, 0.04, 0.03, 0.005, 0.9])
    for (a, b) in zip(found, [0.025, 0.05, 0.05, 0.025, 0.9]) { #expect(abs(a - b) < 1e-12) }
    #expect(BenjaminiHochberg.adjusted([]).isEmpty)
  }

  @Test("among many nonmembers the share called member-like wrongly stays below the level")
  func falseDiscoveries() throws {
    var stream = RandomStream(seed: 5, name: "discoveries")
    var (wrong, found) = (0.0, 0)
    let rounds = 400
    for _ in 0..<rounds {
      let test = try ConformalTest(nonmembers: (0..<200).map { _ in Double(stream.normal()) })
      let scores = (0..<40).map { Double(stream.normal()) + ($0 < 20 ? 4 : 0) }
      let called = test.verdicts(of: scores, at: 0.1).enumerated().filter { $1 == .memberLike }.map(\.offset)
      wrong += Double(called.count { $0 >= 20 }) / Double(max(1, called.count))
      found += called.count { $0 < 20 }
    }
    // Half of the inputs are no members, so half of the level is expected; its error is about 0.003.
    #expect(wrong / Double(rounds) < 0.065, "\(wrong / Double(rounds))")
    #expect(Double(found) > 0.8 * Double(rounds * 20), "\(found)")
  }

  @Test("scores that are missing or no numbers are refused")
  func refused() {
    #expect(throws: EvaluationError.self) { try ConformalTest(nonmembers: []) }
    #expect(throws: EvaluationError.self) { try ConformalTest(nonmembers: [1, .nan]) }
    #expect(throws: EvaluationError.self) { try ConformalTest(nonmembers: [1], members: []) }
  }
}
