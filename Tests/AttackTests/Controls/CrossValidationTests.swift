import Data
import Networks
import Testing

@testable import Attack

@Suite struct CrossValidationTests {
  private func rows(shift: Double, count: Int = 60) -> MembershipGroups<[[Double]]> {
    var stream = RandomStream(seed: 2, name: "rows")
    func row(_ shift: Double) -> [Double] { (0..<20).map { _ in Double(stream.normal()) + shift } }
    return MembershipGroups(
      members: (0..<count).map { _ in row(shift) }, nonmembers: (0..<count).map { _ in row(0) })
  }

  @Test(
    "Groups that differ are told apart, groups of one kind are not, although each classifier has as many weights"
  )
  func areas() throws {
    for (shift, isTold) in [(0.7, true), (0.0, false)] {
      let scores = try #require(CrossValidation.scores(rows(shift: shift), penalty: 0.01, seed: 1))
      let auc = try MembershipScores(scores, threshold: 0).auc()
      #expect(isTold ? auc.low > 0.8 : auc.covers(0.5), "\(auc)")
    }
  }

  @Test("With fewer than ten inputs of a group there is no control")
  func tooFew() {
    #expect(CrossValidation.scores(rows(shift: 0, count: 9), penalty: 0.01, seed: 1) == nil)
    #expect(CrossValidation.scores(rows(shift: 0, count: 10), penalty: 0.01, seed: 1) != nil)
    let few = MembershipGroups(
      members: Population(captions: ["a"]), nonmembers: Population(captions: ["b"]))
    #expect(GroupsControl.obstacle(few)?.contains("one has 1") == true)
  }

  @Test("Captions of two styles are told apart without any encoder")
  func captions() throws {
    let groups = MembershipGroups(
      members: Population(captions: (0..<30).map { "a photo of item \($0)" }),
      nonmembers: Population(captions: (0..<30).map { "item \($0), drawn by hand" }))
    let found = try GroupsControl.metrics(groups, seed: 0)
    #expect(found.map(\.name) == ["blind within the groups (caption n-grams)"] && found[0].beatsChance)
  }
}
