import Foundation
import TestSupport
import Testing

@testable import Data

@Suite struct ReferenceDrawTests {
  private func split(_ seed: UInt64 = 7, count: Int = 400) throws -> Split {
    try Split(count: count, sizes: SplitSizes(each: 50), seed: seed)
  }

  @Test("a reference is drawn from what no group has, the same each time, another for each number and seed")
  func reference() throws {
    let split = try split()
    let drawn = try split.reference(2, members: 60)
    #expect(Set(drawn.members).count == 60)
    #expect(Set(drawn.members).isDisjoint(with: split.target.pooled + split.shadow.pooled))
    #expect(drawn.nonmembers == split.shadow.nonmembers)
    #expect(try self.split().reference(2, members: 60) == drawn)
    #expect(try split.reference(3, members: 60) != drawn)
    #expect(try self.split(8).reference(2, members: 60) != drawn)
  }

  @Test("a reference keeps to the pool that it is given")
  func pool() throws {
    let drawn = try split().reference(1, members: 20, from: Array(0..<200))
    #expect(drawn.members.allSatisfy { $0 < 200 })
  }

  @Test("too few items beside the groups are an error with the numbers")
  func tooFew() throws {
    let error = try #require(throws: SplitError.self) { try split(count: 230).reference(4, members: 50) }
    #expect(
      error.description.contains("reference 4 needs 50 items beside the four groups")
        && error.description.contains("of the data's 230 30 are left"), "\(error)")
  }

  @Test("an ensemble's coin is fair, and knows neither the groups nor the other coins")
  func coin() throws {
    let split = try split()
    let audited = split.target.pooled + split.shadow.pooled
    var counts = [Int](repeating: 0, count: 4)
    var both = 0
    let rounds = 100
    for number in 1...rounds {
      let drawn = split.ensemble(number)
      #expect((drawn.members + drawn.nonmembers).sorted() == audited.sorted())
      let members = Set(drawn.members)
      for (place, (_, items)) in split.named.enumerated() {
        counts[place] += items.count { members.contains($0) }
      }
      let next = Set(split.ensemble(number + 1).members)
      both += audited.count { members.contains($0) && next.contains($0) }
    }
    // 5,000 coins a group: a deviation is 35; 20,000 coins twice: a deviation is 61.
    for count in counts { #expect(abs(count - 2500) < 5 * 35, "\(counts)") }
    #expect(abs(both - 5000) < 5 * 61, "\(both)")
    // Of another draw with the same items the same items are in.
    let swapped = Split(
      seed: split.seed, count: split.count, target: split.shadow,
      shadow: MembershipGroups(members: split.target.nonmembers, nonmembers: split.target.members))
    #expect(swapped.ensemble(5) == split.ensemble(5))
  }

  @Test("split.json keeps a reference's members, and groups that share an item are refused")
  func file() throws {
    try withTemporaryFolder { folder in
      let split = try split()
      let whole = SplitFile(split: split, reference: split.ensemble(1), dataFingerprints: ["data": "x"])
      try whole.write(to: folder)
      #expect(try SplitFile.read(from: folder) == whole)
      let item = split.target.members[0]
      try SplitFile(
        split: split, reference: MembershipGroups(members: [item], nonmembers: [item]), dataFingerprints: [:]
      ).write(to: folder)
      #expect(throws: SplitError.self) { try SplitFile.read(from: folder) }
    }
  }
}
