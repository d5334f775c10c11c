import Files
import Testing

@testable import Contrastive

@Suite struct BatchPartTests {
  @Test("Parts hold whole groups of batch norm as long as one fits, else pieces of a group")
  func parts() {
    func parts(_ count: Int, _ groups: Int, _ limit: Int?) -> [BatchPart] {
      BatchPart.parts(of: count, groups: groups, atMost: limit)
    }
    #expect(parts(12, 4, nil) == [BatchPart(range: 0..<12, normGroups: 4)])
    #expect(parts(12, 4, 12) == [BatchPart(range: 0..<12, normGroups: 4)])
    #expect(
      parts(12, 4, 8) == [BatchPart(range: 0..<6, normGroups: 2), BatchPart(range: 6..<12, normGroups: 2)])
    #expect(parts(12, 4, 3).map(\.range) == [0..<3, 3..<6, 6..<9, 9..<12])
    #expect(parts(10, 2, 3).map(\.range) == [0..<2, 2..<5, 5..<7, 7..<10])
    #expect(parts(10, 2, 3).allSatisfy { $0.normGroups == 1 })
    #expect(parts(7, 1, 3).map(\.range) == [0..<2, 2..<4, 4..<7])
  }

  @Test("Settings that divide into nothing are refused by name")
  func refused() {
    #expect(throws: InvalidSetting.self) { try SimCLRConfiguration(pairsAtOnce: 2).validate() }
    #expect(throws: InvalidSetting.self) { try SimCLRConfiguration(normGroups: 0).validate() }
  }
}
