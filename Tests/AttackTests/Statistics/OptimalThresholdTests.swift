import Networks
import Testing

@testable import Attack

@Suite struct OptimalThresholdTests {
  private func mistakes(_ threshold: Float, _ members: [Float], _ nonmembers: [Float]) -> Int {
    members.filter { $0 < threshold }.count + nonmembers.filter { $0 >= threshold }.count
  }

  @Test("the sweep makes as few mistakes as the best of all cuts, and as many as it says")
  func naiveTwin() {
    var stream = RandomStream(seed: 8, name: "threshold")
    for trial in 0..<200 {
      let levels = [3, 10, 1000][trial % 3]
      let members = (0..<(1 + trial % 17)).map { _ in
        Float(stream.integer(below: levels)) + 0.3 * Float(levels)
      }
      let nonmembers = (0..<(1 + trial % 13)).map { _ in Float(stream.integer(below: levels)) }
      let cuts = members + nonmembers + [Float.infinity]
      let best = cuts.map { mistakes($0, members, nonmembers) }.min()
      let found = OptimalThreshold(members: members, nonmembers: nonmembers)
      #expect(found.mistakes == best)
      #expect(mistakes(found.threshold, members, nonmembers) == best)
    }
  }

  @Test("between separated groups it is the middle of the gap")
  func separated() {
    let found = OptimalThreshold(members: [0.75, 0.875], nonmembers: [0.25, 0.125])
    #expect(found == OptimalThreshold(members: [0.75], nonmembers: [0.25]))
    #expect(found.threshold == 0.5 && found.mistakes == 0)
  }

  @Test("of equally good cuts the one in the wider gap is taken")
  func margin() {
    // One mistake each between 1 and 2 and between 3 and 10.
    let found = OptimalThreshold(members: [2, 10], nonmembers: [1, 3])
    #expect(found.threshold == 6.5 && found.mistakes == 1)
  }

  @Test("equal scores give a finite threshold and the smaller group's number of mistakes")
  func allEqual() {
    let more = OptimalThreshold(members: [1, 1, 1], nonmembers: [1, 1])
    #expect(more.mistakes == 2 && more.threshold == 1)
    let fewer = OptimalThreshold(members: [1], nonmembers: [1, 1])
    #expect(fewer.mistakes == 1 && fewer.threshold == Float(1).nextUp)
  }

  @Test("neighbouring floats are still told apart")
  func neighbours() {
    let a = Float(0.9)
    #expect(OptimalThreshold(members: [a.nextUp], nonmembers: [a]).mistakes == 0)
    #expect(OptimalThreshold.middle(a, a.nextUp) == a.nextUp)
  }
}
