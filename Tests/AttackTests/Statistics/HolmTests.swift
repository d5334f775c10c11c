import Testing

@testable import Attack

@Suite struct HolmTests {
  @Test("Adjusted values equal those of Holm's paper's procedure, worked by hand")
  func byHand() {
    // Ordered .005, .01, .03, .04 times 4, 3, 2, 1, and never below what came before.
    let found = Holm.adjusted([0.01, 0.04, 0.03, 0.005])
    for (value, expected) in zip(found, [0.03, 0.06, 0.06, 0.02]) { #expect(abs(value - expected) < 1e-12) }
  }

  @Test("A single test is left as it is, no value passes 1, and none are none")
  func ends() {
    #expect(Holm.adjusted([0.04]) == [0.04])
    #expect(Holm.adjusted([0.9, 0.8]) == [1, 1])
    #expect(Holm.adjusted([]).isEmpty)
  }
}
