import Data
import Foundation
import Networks
import Testing

@testable import Attack

@Suite struct AreaIntervalTests {
  private func normal(_ count: Int, mean: Double, _ stream: inout RandomStream) -> [Double] {
    (0..<count).map { _ in Double(stream.normal()) + mean }
  }

  @Test("DeLong's variance equals its definition over all pairs")
  func variance() throws {
    let members = [0.3, 0.5, 0.5, 0.9, 1.2]
    let nonmembers = [0.1, 0.5, 0.4, 0.9]
    func psi(_ a: Double, _ b: Double) -> Double { a > b ? 1 : a == b ? 0.5 : 0 }
    let v10 = members.map { a in nonmembers.reduce(0) { $0 + psi(a, $1) } / 4 }
    let v01 = nonmembers.map { b in members.reduce(0) { $0 + psi($1, b) } / 5 }
    func variance(_ values: [Double]) -> Double {
      let mean = values.reduce(0, +) / Double(values.count)
      return values.reduce(0) { $0 + pow($1 - mean, 2) } / Double(values.count - 1)
    }
    let scores = try MembershipScores(
      MembershipGroups(members: members, nonmembers: nonmembers), threshold: 0)
    #expect(abs(scores.delongVariance() - (variance(v10) / 5 + variance(v01) / 4)) < 1e-15)
  }

  @Test("scores of one distribution have an interval that covers one half about 95 times in 100")
  func negativeControl() throws {
    var stream = RandomStream(seed: 4, name: "null")
    var covered = 0
    for _ in 0..<400 {
      let groups = MembershipGroups(
        members: normal(60, mean: 0, &stream), nonmembers: normal(60, mean: 0, &stream))
      if try MembershipScores(groups, threshold: 0).auc().covers(0.5) { covered += 1 }
    }
    #expect(covered >= 366 && covered < 400)
  }

  @Test("far apart scores have an area near 1 whose interval stays within [0, 1]")
  func positiveControl() throws {
    var stream = RandomStream(seed: 5, name: "apart")
    let groups = MembershipGroups(
      members: normal(100, mean: 4, &stream), nonmembers: normal(100, mean: 0, &stream))
    let area = try MembershipScores(groups, threshold: 2).auc()
    #expect(area.value > 0.98 && area.low > 0.95 && area.high <= 1 && area.low < area.value)
  }

  @Test("perfect separation leaves the exact doubt of as many pairs as the smaller group")
  func perfect() throws {
    let groups = MembershipGroups(members: [5.0, 6, 7], nonmembers: [1.0, 2, 3, 4])
    let area = try MembershipScores(groups, threshold: 0).auc()
    #expect(area.value == 1 && area.high == 1)
    #expect(abs(area.low - pow(0.025, 1.0 / 3)) < 1e-12)
  }

  @Test("equal scores give one half with an interval around it")
  func allEqual() throws {
    let groups = MembershipGroups(members: [1.0, 1, 1, 1], nonmembers: [1.0, 1, 1, 1])
    let area = try MembershipScores(groups, threshold: 0).auc()
    #expect(area.value == 0.5 && area.low < 0.5 && area.high > 0.5)
  }

  @Test("The chance of an area is below 2.5% exactly where its interval lies above one half")
  func chanceOfArea() throws {
    var stream = RandomStream(seed: 5, name: "chance")
    var (above, below) = (0, 0)
    for _ in 0..<200 {
      let shift = Double(stream.uniform(0, 0.8))
      let scores = try MembershipScores(
        MembershipGroups(
          members: (0..<40).map { _ in Double(stream.normal()) + shift },
          nonmembers: (0..<40).map { _ in Double(stream.normal()) }), threshold: 0)
      #expect((scores.chanceOfArea < 0.025) == scores.auc().isAbove(0.5))
      if scores.chanceOfArea < 0.025 { above += 1 } else { below += 1 }
    }
    #expect(above > 20 && below > 20)
    // Perfect separation of five pairs is as likely as five heads.
    let perfect = try MembershipScores(
      MembershipGroups(members: [6.0, 7, 8, 9, 10], nonmembers: [1.0, 2, 3, 4, 5]), threshold: 5.5)
    #expect(abs(perfect.chanceOfArea - 1.0 / 32) < 1e-12)
  }
}
