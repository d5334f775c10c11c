import Data
import Networks
import Testing

@testable import Attack

@Suite struct ROCCurveTests {
  private func scores(_ members: [Double], _ nonmembers: [Double]) throws -> MembershipScores {
    try MembershipScores(MembershipGroups(members: members, nonmembers: nonmembers), threshold: 0)
  }

  @Test("members and nonmembers of one score enter together")
  func ties() throws {
    let roc = try scores([3, 2, 2, 1], [2, 1, 0]).roc
    #expect(roc.points.map(\.truePositives) == [0, 1, 3, 4, 4])
    #expect(roc.points.map(\.falsePositives) == [0, 0, 1, 2, 3])
    #expect(roc.points.dropFirst().map(\.threshold) == [3, 2, 1, 0])
  }

  @Test("the area counts ordered pairs, ties half")
  func area() throws {
    // Of 12 pairs 3 + 2.5 + 2.5 + 1.5 are ordered rightly.
    #expect(try scores([3, 2, 2, 1], [2, 1, 0]).roc.area == 9.5 / 12)
  }

  @Test("the area equals a count over all pairs")
  func areaTwin() throws {
    var stream = RandomStream(seed: 2, name: "area")
    for size in [1, 2, 7, 40] {
      let members = (0..<size).map { _ in Double(stream.integer(below: 9)) }
      let nonmembers = (0..<(size + 3)).map { _ in Double(stream.integer(below: 8)) }
      var won = 0.0
      for a in members { for b in nonmembers { won += a > b ? 1 : a == b ? 0.5 : 0 } }
      let area = try scores(members, nonmembers).roc.area
      #expect(abs(area - won / Double(members.count * nonmembers.count)) < 1e-15)
    }
  }

  @Test("perfect scores have area 1, reversed scores 0, equal scores one half")
  func extremes() throws {
    #expect(try scores([5, 6], [1, 2, 3]).roc.area == 1)
    #expect(try scores([1, 2], [4, 5, 6]).roc.area == 0)
    #expect(try scores([1, 1, 1], [1, 1]).roc.area == 0.5)
    #expect(try scores([1, 1, 1], [1, 1]).roc.points.count == 2)
  }

  @Test("the rate at a nominal false positive rate is taken at a realised one, never between points")
  func realised() throws {
    // 100 nonmembers 0..<100: one above 98.5, two of equal score 97.
    let nonmembers = (0..<97).map(Double.init) + [97, 97, 99]
    let roc = try scores([99.5, 98, 97, 50], nonmembers).roc
    let one = roc.tpr(atMostFPR: 0.01)
    #expect(one.realisedFPR == 0.01 && one.threshold == 98 && one.tpr.value == 0.5)
    let two = roc.tpr(atMostFPR: 0.02)
    #expect(two == one)
    let three = roc.tpr(atMostFPR: 0.03)
    #expect(three.realisedFPR == 0.03 && three.threshold == 97 && three.tpr.value == 0.75)
    let tenth = roc.tpr(atMostFPR: 0.001)
    #expect(tenth.realisedFPR == 0 && tenth.threshold == 99.5 && tenth.tpr.value == 0.25)
  }

  @Test("if the highest score is a nonmember's too, the threshold lies just above it")
  func noThreshold() throws {
    let point = try scores([1, 1], [1, 1, 1]).roc.tpr(atMostFPR: 0.01)
    #expect(point.threshold == 1.0.nextUp && point.tpr.value == 0 && point.realisedFPR == 0)
  }

  @Test("empty groups and scores that are not finite are errors")
  func badInput() {
    #expect(throws: EvaluationError.self) { try scores([], [1]) }
    #expect(throws: EvaluationError.self) { try scores([1], []) }
    #expect(throws: EvaluationError.self) { try scores([1, .nan], [1]) }
    #expect(throws: EvaluationError.self) { try scores([1], [.infinity]) }
  }
}
