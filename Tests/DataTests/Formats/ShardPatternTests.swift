@testable import Data
import Testing

@Suite("Patterns of archives") struct ShardPatternTests {
  @Test("Ranges keep the width of their first number, lists are taken as they stand, braces multiply")
  func expanded() {
    #expect(
      ShardPattern.expanded("s-{008..011}.tar") == ["s-008.tar", "s-009.tar", "s-010.tar", "s-011.tar"])
    #expect(ShardPattern.expanded("{a,b}/{1..2}") == ["a/1", "a/2", "b/1", "b/2"])
    #expect(ShardPattern.expanded("plain") == ["plain"])
  }

  @Test(
    "What is no pattern stands for nothing",
    arguments: ["{1..", "{2..1}", "{a..b}", "{0..99999999}", "{0..999}{0..999}"])
  func refused(pattern: String) {
    #expect(ShardPattern.expanded(pattern) == nil)
  }

  @Test("Names that would take more than is allowed in all are no pattern, however few of them there may be")
  func longNames() {
    let many = "{00000..19999}.tar"
    #expect(ShardPattern.expanded("s-" + many)?.count == 20_000)
    #expect(ShardPattern.expanded(String(repeating: "d/", count: 1000) + many) == nil)
    #expect(ShardPattern.expanded(String(repeating: "d/", count: 1000) + "{0..9}.tar")?.count == 10)
  }
}
