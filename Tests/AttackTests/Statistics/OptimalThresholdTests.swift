import Networks
import Testing

@testable import Attack

@Suite struct OptimalThresholdTests {
  /// Members missed and nonmembers accepted.
  private func mistakes(_ threshold: Float, _ members: [Float], _ nonmembers: [Float]) -> (Int, Int) {
    (members.count { $0 < threshold }, nonmembers.count { $0 >= threshold })
  }

  @Test("the sweep finds error rates whose sum is as small as that of the best of all cuts")
  func naiveTwin() {
    var stream = RandomStream(seed: 8, name: "threshold")
    for trial in 0..<200 {
      let levels = [3, 10, 1000][trial % 3]
      let members = (0..<(1 + trial % 17)).map { _ in
        Float(stream.integer(below: levels)) + 0.3 * Float(levels)
      }
      let nonmembers = (0..<(1 + trial % 13)).map { _ in Float(stream.integer(below: levels)) }
      let cuts = members + nonmembers + [Float.infinity]
      func cost(_ threshold: Float) -> Int {
        let (missed, accepted) = mistakes(threshold, members, nonmembers)
        return missed * nonmembers.count + accepted * members.count
      }
      let found = OptimalThreshold(members: members, nonmembers: nonmembers)
      #expect(cost(found.threshold) == cuts.map(cost).min())
      let (missed, accepted) = mistakes(found.threshold, members, nonmembers)
      #expect(found.mistakes == missed + accepted)
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

  @Test("a group that is copied moves no threshold, since rates count and not inputs")
  func unlikeSizes() {
    let (members, nonmembers): ([Float], [Float]) = ([2, 4, 6, 8, 9], [1, 3, 5, 5.5, 7])
    let found = OptimalThreshold(members: members, nonmembers: nonmembers)
    let twice = OptimalThreshold(members: members + members, nonmembers: nonmembers)
    #expect(twice.threshold == found.threshold)
  }

  @Test("equal scores give a finite threshold, at which all are members")
  func allEqual() {
    let more = OptimalThreshold(members: [1, 1, 1], nonmembers: [1, 1])
    #expect(more.mistakes == 2 && more.threshold == 1)
    let fewer = OptimalThreshold(members: [1], nonmembers: [1, 1])
    #expect(fewer.mistakes == 2 && fewer.threshold == 1)
  }

  @Test("neighbouring floats are still told apart")
  func neighbours() {
    let a = Float(0.9)
    #expect(OptimalThreshold(members: [a.nextUp], nonmembers: [a]).mistakes == 0)
    #expect(OptimalThreshold.middle(a, a.nextUp) == a.nextUp)
  }
}
