@testable import Data
import Foundation
import Kernels
import Testing

@Suite struct SplitTests {
  @Test("the four groups have the sizes asked for, are disjoint and within the data set")
  func disjoint() throws {
    let sizes = SplitSizes(
      target: MembershipGroups(members: 30, nonmembers: 20),
      shadow: MembershipGroups(members: 25, nonmembers: 25))
    let split = try Split(count: 100, sizes: sizes, seed: 7)
    try split.validate()
    #expect(split.target.map(\.count) == sizes.target)
    #expect(split.shadow.map(\.count) == sizes.shadow)
    #expect(Set(split.target.pooled + split.shadow.pooled) == Set(0..<100))
  }

  @Test("one seed gives one split and another seed another")
  func seeds() throws {
    let sizes = SplitSizes(each: 10)
    #expect(try Split(count: 60, sizes: sizes, seed: 1) == Split(count: 60, sizes: sizes, seed: 1))
    #expect(
      try Split(count: 60, sizes: sizes, seed: 1).target != Split(count: 60, sizes: sizes, seed: 2).target)
  }

  @Test("each item is a target member about equally often")
  func uniform() throws {
    var times = [Int](repeating: 0, count: 8)
    for seed in 0..<2000 {
      for item in try Split(count: 8, sizes: SplitSizes(each: 2), seed: UInt64(seed)).target.members {
        times[item] += 1
      }
    }
    // Expected 500 with deviation 19.4.
    #expect(times.allSatisfy { abs($0 - 500) < 90 })
  }

  @Test("with the paper's pools target nonmembers are test images and all others training images")
  func paperPools() throws {
    let pools = SplitPools.paper(training: Array(0..<50), test: Array(50..<70))
    let split = try Split(count: 70, sizes: SplitSizes(each: 15), pools: pools, seed: 3)
    #expect(split.target.nonmembers.allSatisfy { $0 >= 50 })
    #expect((split.target.members + split.shadow.pooled).allSatisfy { $0 < 50 })
    try split.validate()
  }

  @Test("too few items are an error that names the needed and the found count")
  func tooFew() {
    let error = #expect(throws: SplitError.self) {
      try Split(count: 39, sizes: SplitSizes(each: 10), seed: 1)
    }
    #expect(error?.description.contains("need 40, the data has 39") == true)
  }

  @Test("pools that share only some items are refused")
  func overlappingPools() {
    let pools = SplitPools.paper(training: Array(0..<50), test: Array(49..<70))
    #expect(throws: SplitError.self) {
      try Split(count: 70, sizes: SplitSizes(each: 5), pools: pools, seed: 3)
    }
  }

  @Test("a pool that leaves the data set is refused")
  func outside() {
    #expect(throws: SplitError.self) {
      try Split(count: 40, sizes: SplitSizes(each: 5), pools: .one(Array(10..<50)), seed: 3)
    }
  }

  @Test("groups with a common item do not validate")
  func commonItem() {
    let split = Split(
      seed: 1, count: 10, target: MembershipGroups(members: [1, 2], nonmembers: [3]),
      shadow: MembershipGroups(members: [4], nonmembers: [2]))
    let error = #expect(throws: SplitError.self) { try split.validate() }
    #expect(error?.description.contains("item 2 is in target members and in shadow nonmembers") == true)
  }

  @Test("groups map both sides by one closure")
  func mapping() {
    let groups = MembershipGroups(members: [1, 2], nonmembers: [3])
    #expect(groups.map { $0.map { $0 * 2 } } == MembershipGroups(members: [2, 4], nonmembers: [6]))
    #expect(groups.pooled == [1, 2, 3])
    #expect(groups.labels == [true, true, false])
  }

  @Test("The first of each group are the same however many the others keep")
  func first() throws {
    let split = try Split(count: 40, sizes: SplitSizes(each: 8), seed: 3)
    func sizes(_ target: Int, _ shadow: Int) -> SplitSizes {
      SplitSizes(
        target: MembershipGroups(members: target, nonmembers: target),
        shadow: MembershipGroups(members: shadow, nonmembers: shadow))
    }
    let (small, wide) = (split.first(sizes(2, 8)), split.first(sizes(2, 3)))
    #expect(small.target == wide.target && small.target.members == Array(split.target.members.prefix(2)))
    #expect(
      small.shadow == split.shadow && wide.shadow.nonmembers == Array(split.shadow.nonmembers.prefix(3)))
    #expect(small.seed == 3 && small.count == 40)
  }
}
