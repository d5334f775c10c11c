import Data
import Foundation
import Networks
import Testing

@testable import Attack

@Suite struct CorrelatedAreasTests {
  private func scores(_ members: [Double], _ nonmembers: [Double]) throws -> MembershipScores {
    try MembershipScores(MembershipGroups(members: members, nonmembers: nonmembers), threshold: 0)
  }

  @Test("Difference, variance, interval and p are those of numpy and scipy")
  func golden() throws {
    let cases = try PairedGolden.read().areas
    #expect(cases.count == 4)
    for golden in cases {
      let areas = CorrelatedAreas(
        try MembershipScores(golden.first, threshold: 0), try MembershipScores(golden.second, threshold: 0))
      let interval = try #require(areas.interval())
      for (found, expected) in [
        (areas.difference, golden.difference), (areas.variance ?? .nan, golden.variance),
        (interval.low, max(-1, golden.low)), (interval.high, min(1, golden.high)),
        (areas.p ?? .nan, golden.p),
      ] { #expect(abs(found - expected) < 1e-12 * max(1, abs(expected)), "\(found), not \(expected)") }
    }
  }

  @Test("Scores that order all inputs alike do not differ, and that is certain")
  func alike() throws {
    let one = try scores([0.3, 2, 2, 5], [0.3, 1, -4])
    let same = try scores([exp(0.3), exp(2), exp(2), exp(5)], [exp(0.3), exp(1), exp(-4)])
    for other in [one, same] {
      let areas = CorrelatedAreas(one, other)
      let interval = try #require(areas.interval())
      #expect(areas.difference == 0 && areas.variance == 0 && areas.p == 1)
      #expect(interval.low == 0 && interval.high == 0)
    }
    let single = CorrelatedAreas(try scores([1], [0, 2]), try scores([10], [5, 20]))
    #expect(single.p == 1 && single.difference == 0)
  }

  @Test("The other order of the two turns the sign and leaves p")
  func antisymmetric() throws {
    let one = try scores([0.1, 0.9, 0.8, 0.4, 0.4], [0.3, 0.2, 0.5, 0.4])
    let other = try scores([0.5, 0.1, 0.9, 0.3, 0.3], [0.4, 0.35, 0.3, 0.3])
    let (there, back) = (CorrelatedAreas(one, other), CorrelatedAreas(other, one))
    #expect(there.difference == -back.difference && there.difference != 0)
    #expect(there.p == back.p && there.variance == back.variance)
  }

  @Test("Unrelated scores have the sum of both areas' variances, as far as chance relates them")
  func unrelated() throws {
    var stream = RandomStream(seed: 8, name: "unrelated")
    func draw(_ shift: Double) -> [Double] { (0..<4000).map { _ in Double(stream.normal()) + shift } }
    let one = try scores(draw(1), draw(0))
    let other = try scores(draw(0.5), draw(0))
    let sum = one.delongVariance() + other.delongVariance()
    let variance = try #require(CorrelatedAreas(one, other).variance)
    #expect(abs(variance / sum - 1) < 0.06)
  }

  @Test("Where nothing varies although the areas differ, or a group has one input, there is no test")
  func undefined() throws {
    let constant = CorrelatedAreas(try scores([3, 3], [1, 1]), try scores([1, 1], [1, 1]))
    #expect(constant.difference == 0.5 && constant.p == nil && constant.interval() == nil)
    let single = CorrelatedAreas(try scores([3], [1, 4, 2]), try scores([0], [1, 4, 2]))
    #expect(single.variance == nil && single.p == nil && single.interval() == nil)
  }

  @Test(
    "Where two attacks are equally good, p is uniform: a tenth of it lies in each tenth, as far as chance allows"
  )
  func uniform() throws {
    let stream = RandomStream(seed: 21, name: "equally good")
    let trials = 1000
    var tenths = [Int](repeating: 0, count: 10)
    var below = 0
    for trial in 0..<trials {
      var draws = stream.substream(trial)
      func both(_ count: Int, _ shift: Double) -> (first: [Double], second: [Double]) {
        let common = (0..<count).map { _ in Double(draws.normal()) + shift }
        return (common.map { $0 + Double(draws.normal()) }, common.map { $0 + Double(draws.normal()) })
      }
      let (members, nonmembers) = (both(80, 1), both(80, 0))
      let p = try #require(
        CorrelatedAreas(
          try scores(members.first, nonmembers.first), try scores(members.second, nonmembers.second)
        ).p)
      tenths[min(9, Int(p * 10))] += 1
      if p < 0.05 { below += 1 }
    }
    // Chi-squared with nine degrees of freedom lies above 27.9 once in a thousand.
    let expected = Double(trials) / 10
    #expect(tenths.reduce(0.0) { $0 + pow(Double($1) - expected, 2) / expected } < 27.9, "\(tenths)")
    #expect((30...73).contains(below), "\(below)")
  }
}
