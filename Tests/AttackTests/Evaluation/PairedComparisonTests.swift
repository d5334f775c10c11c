import Data
import Files
import Foundation
import Testing

@testable import Attack

@Suite struct PairedComparisonTests {
  private func scores(_ members: [Double], _ nonmembers: [Double]) throws -> MembershipScores {
    try MembershipScores(MembershipGroups(members: members, nonmembers: nonmembers), threshold: 3)
  }

  @Test("Every attack is compared with the first, and one alone with nothing")
  func reference() throws {
    let first = try scores([4, 5, 6, 2], [1, 2, 3, 4])
    let second = try scores([1, 5, 6, 7], [0, 4, 4, 4])
    #expect(PairedComparison([("a", first)]) == nil && PairedComparison([]) == nil)
    let comparison = try #require(PairedComparison([("a", first), ("b", second), ("c", first)]))
    #expect(comparison.reference == "a" && comparison.attacks.map(\.name) == ["b", "c"])
    let (b, c) = (comparison.attacks[0], comparison.attacks[1])
    #expect(b.auc.value == second.roc.area - first.roc.area)
    // "b" alone finds the last member; "a" alone the first, and the second nonmember.
    #expect(b.decisions.onlyAttack == 1 && b.decisions.onlyReference == 2)
    #expect(c.auc.value == 0 && c.auc.p == 1 && c.decisions.p == 1 && c.decisions.onlyAttack == 0)
  }

  @Test("Holm's correction is over all p-values of the table, and those that are not defined do not count")
  func correction() throws {
    let sure = try scores([9, 9, 9, 9, 9, 9], [0, 0, 0, 0, 0, 0])
    let blind = try scores([1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1])
    let mixed = try scores([9, 9, 9, 1, 1, 2], [0, 1, 0, 2, 0, 4])
    let comparison = try #require(PairedComparison([("sure", sure), ("blind", blind), ("mixed", mixed)]))
    let (undefined, other) = (comparison.attacks[0], comparison.attacks[1])
    #expect(undefined.auc.value == -0.5 && undefined.auc.p == nil && undefined.auc.adjustedP == nil)
    let p = try #require(other.auc.p)
    let adjusted = Holm.adjusted([p, undefined.decisions.p, other.decisions.p])
    #expect([other.auc.adjustedP, undefined.decisions.adjustedP, other.decisions.adjustedP] == adjusted)
    #expect(
      abs(undefined.decisions.p - pow(0.5, 5)) < 1e-12
        && undefined.decisions.adjustedP > undefined.decisions.p)
    let text = String(decoding: try Configuration.encode(comparison), as: UTF8.self)
    #expect(text.contains("\"adjustedP\" : null") && text.contains("\"low\" : null"))
  }
}
