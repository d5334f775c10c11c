/// The threshold at which false negative and false positive rate together are least (paper, section 4.2, EncoderMI-T).
public struct OptimalThreshold: Equatable {
  /// An input is a member if its score is at least this.
  public let threshold: Float
  /// Members below the threshold and nonmembers at or above it.
  public let mistakes: Int

  /// Sweeps all distinct cuts in O(N log N) for N scores.
  ///
  /// A cut lies midway between neighbouring distinct scores; one lies below all scores and one above. Of equally good
  /// cuts the one in the widest gap is taken, then the lowest; the two outer cuts have no gap and come last.
  /// - Parameters: scores of each group, at least one.
  public init(members: [Float], nonmembers: [Float]) {
    precondition(!members.isEmpty && !nonmembers.isEmpty, "OptimalThreshold: a group without scores")
    let sorted = members.map { (score: $0, isMember: true) } + nonmembers.map { (score: $0, isMember: false) }
    let scores = sorted.sorted { $0.score < $1.score }
    // Below all scores: everyone is a member.
    var (missed, accepted) = (0, nonmembers.count)
    // alpha + beta times both counts, so that groups of unlike size weigh alike and sums are exact.
    func cost() -> Int { missed * nonmembers.count + accepted * members.count }
    var best = (threshold: scores[0].score, cost: cost(), mistakes: accepted, gap: Float(0))
    var index = 0
    while index < scores.count {
      let score = scores[index].score
      while index < scores.count && scores[index].score == score {
        if scores[index].isMember { missed += 1 } else { accepted -= 1 }
        index += 1
      }
      let isLast = index == scores.count
      let gap = isLast ? 0 : scores[index].score - score
      let cut = isLast ? score.nextUp : OptimalThreshold.middle(score, scores[index].score)
      if cost() < best.cost || (cost() == best.cost && gap > best.gap) {
        best = (cut, cost(), missed + accepted, gap)
      }
    }
    threshold = best.threshold
    self.mistakes = best.mistakes
  }

  /// The middle of a < b, never a itself: a must stay below the threshold.
  static func middle(_ a: Float, _ b: Float) -> Float {
    let middle = a + (b - a) / 2
    return middle > a ? middle : b
  }
}
