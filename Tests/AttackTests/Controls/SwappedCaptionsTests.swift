import Testing

@testable import Attack

@Suite struct SwappedCaptionsTests {
  @Test("each caption's partner is the next of another text, even where the other group is smaller")
  func partners() {
    #expect(SwappedCaptions.partners(of: ["a", "b", "c"], among: ["a", "b", "c"]) == [1, 2, 0])
    #expect(SwappedCaptions.partners(of: ["a", "a", "b"], among: ["a", "a", "b"]) == [2, 2, 0])
    #expect(SwappedCaptions.partners(of: ["a", "b", "c", "d"], among: ["x", "y"]) == [1, 0, 1, 0])
  }

  @Test("captions that are all one text are swapped all the same")
  func allEqual() {
    #expect(SwappedCaptions.partners(of: ["a", "a"], among: ["a", "a"]) == [1, 0])
  }
}
