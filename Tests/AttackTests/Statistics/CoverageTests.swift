import Data
import Foundation
import Networks
import TestSupport
import Testing

@testable import Attack

/// How often intervals hold what they are to hold, over simulated data sets. `scripts/coverage` prints the shares.
@Suite("Coverage by simulation") struct CoverageTests {
  @Test(
    "Exact intervals of rates hold the true rate at least 95 times in 100",
    arguments: [20, 100, 500], [0.01, 0.05, 0.2, 0.5])
  func rates(trials: Int, rate: Double) {
    let share = CoverageTests.share("rate, Clopper-Pearson", "n = \(trials), p = \(rate)") { stream in
      let successes = (0..<trials).count { _ in stream.uniformDouble() < rate }
      return Estimate.rate(successes, of: trials).covers(rate)
    }
    #expect(share >= 0.95 - Coverage.slack)
  }

  @Test(
    "Intervals of areas hold the true area 93 to 97 times in 100", arguments: [50, 250],
    [0.5, 0.6, 0.7, 0.8, 0.9, 0.95])
  func areas(size: Int, area: Double) throws {
    let shift = 2.0.squareRoot() * Normal.quantile(area)
    let share = try CoverageTests.share("AUC, DeLong", "\(size) + \(size) inputs, AUC \(area)") { stream in
      let groups = MembershipGroups(members: shift, nonmembers: 0).map { mean in
        (0..<size).map { _ in mean + Double(stream.normal()) }
      }
      return try MembershipScores(groups, threshold: 0).auc().covers(area)
    }
    #expect((0.93 - Coverage.slack...0.97 + Coverage.slack).contains(share))
  }

  @Test(
    "Intervals of the difference of two areas on the same inputs hold the true difference 93 to 97 times in 100",
    arguments: [50, 250], [0.0, 0.5, 0.9])
  func differences(size: Int, correlation: Double) throws {
    let areas = (0.8, 0.7)
    let shifts = (2.0.squareRoot() * Normal.quantile(areas.0), 2.0.squareRoot() * Normal.quantile(areas.1))
    let own = (1 - correlation * correlation).squareRoot()
    let place = "\(size) + \(size) inputs, AUC 0.8 and 0.7, correlation \(correlation)"
    let share = try CoverageTests.share("difference of AUCs, DeLong", place) { stream in
      func drawn(_ shifts: (Double, Double)) -> (first: [Double], second: [Double]) {
        let pairs = (0..<size).map { _ in (Double(stream.normal()), Double(stream.normal())) }
        return (
          pairs.map { shifts.0 + $0.0 }, pairs.map { shifts.1 + correlation * $0.0 + own * $0.1 }
        )
      }
      let (members, nonmembers) = (drawn(shifts), drawn((0, 0)))
      let found = CorrelatedAreas(
        try MembershipScores(
          MembershipGroups(members: members.first, nonmembers: nonmembers.first), threshold: 0),
        try MembershipScores(
          MembershipGroups(members: members.second, nonmembers: nonmembers.second), threshold: 0)
      ).interval()
      let difference = areas.0 - areas.1
      return found.map { $0.low <= difference && difference <= $0.high } ?? false
    }
    #expect((0.93 - Coverage.slack...0.97 + Coverage.slack).contains(share))
  }

  @Test("An area of 1 has an interval of positive width that reaches 1", arguments: [1, 20, 500])
  func perfect(size: Int) throws {
    let groups = MembershipGroups(
      members: (0..<size).map { 1 + Double($0) }, nonmembers: (0..<size).map { -Double($0) })
    let area = try MembershipScores(groups, threshold: 0).auc()
    #expect(area.value == 1 && area.high == 1 && area.low < 1)
    #expect(abs(area.low - Foundation.pow(0.025, 1 / Double(size))) < 1e-9)
  }

  /// The share of simulated data sets for which `holds`; a row of the table that the environment names a file for.
  private static func share(
    _ interval: String, _ place: String, holds: (inout RandomStream) throws -> Bool
  ) rethrows -> Double {
    let stream = RandomStream(seed: 17, name: "\(interval), \(place)")
    let count = try (0..<Coverage.sets).count { set in
      var draws = stream.substream(set)
      return try holds(&draws)
    }
    let share = Double(count) / Double(Coverage.sets)
    Coverage.note(interval, place, share: share)
    return share
  }
}
