import Attack
import Data
import Foundation
import TestSupport
import Testing

@testable import Report

/// How often the intervals of wrong answers hold the share that is wrong over many audits, simulated.
@Suite("Coverage of wrong answers by simulation") struct CalibrationCoverageTests {
  /// Normal numbers from a fixed sequence.
  private struct Normals {
    var generator = Sequence64(state: 17)

    mutating func next() -> Double {
      // Box and Muller; one of the two is enough.
      (-2 * log(generator.uniform())).squareRoot() * cos(2 * .pi * generator.uniform())
    }
  }

  /// SplitMix64.
  private struct Sequence64 {
    var state: UInt64

    mutating func uniform() -> Double {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      z ^= z >> 31
      return (Double(z >> 11) + 0.5) / 9_007_199_254_740_992
    }
  }

  @Test(
    "Of those called member-like the interval holds the share that is wrong over all audits at least 95 times in 100, and a level bounds the mean share of an audit",
    arguments: [50, 200], [0.8, 0.95])
  func shares(size: Int, area: Double) throws {
    // The distance of two normal groups with such an area.
    let shift = area == 0.8 ? 1.190_232_2 : 2.326_174_3
    var normals = Normals()
    var found: [[(wrong: Int, total: Int)]] = VerdictCalibration.tried.map { _ in [] }
    for _ in 0..<Coverage.sets {
      let groups = MembershipGroups<[Double]>(
        members: (0..<size).map { _ in shift + normals.next() },
        nonmembers: (0..<size).map { _ in normals.next() })
      let scores = try MembershipScores(groups, threshold: 0)
      guard let calibration = try VerdictCalibration(scores) else {
        Issue.record("there are too few inputs")
        return
      }
      for (place, level) in calibration.levels.enumerated() {
        let counts = level.counts[.memberLike] ?? MembershipGroups(members: 0, nonmembers: 0)
        found[place].append((counts.nonmembers, counts.members + counts.nonmembers))
      }
    }
    for (alpha, audits) in zip(VerdictCalibration.tried, found) {
      let called = audits.filter { $0.total > 0 }
      // The mean share of an audit, where one that calls nobody counts as none, and three of its deviations.
      let shares = audits.map { $0.total == 0 ? 0 : Double($0.wrong) / Double($0.total) }
      let mean = shares.reduce(0, +) / Double(shares.count)
      let squares = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      #expect(mean <= alpha + 3 * squares.squareRoot() / Double(shares.count))
      // Levels at which hardly anybody is called say nothing of an interval.
      guard called.count > Coverage.sets / 4 else { continue }
      let truth =
        Double(called.map(\.wrong).reduce(0, +)) / Double(called.map(\.total).reduce(0, +))
      let held = called.count { Estimate.rate($0.wrong, of: $0.total).covers(truth) }
      let share = Double(held) / Double(called.count)
      #expect(share >= 0.95 - Coverage.slack, "\(alpha): \(share)")
      Coverage.note(
        "wrong among called member-like, Clopper-Pearson",
        "\(size) + \(size) inputs, AUC \(area), level \(alpha), \(called.count) that call somebody",
        share: share)
    }
  }
}
