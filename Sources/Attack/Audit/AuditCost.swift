import Encoders
import Kernels

/// What an audit costs, before it is spent.
extension Evidence {
  /// The most similarities that are held at once: 1 GiB of them.
  static let mostScores = 1 << 28

  /// Checks that the similarities that some needs are made of can be held: with the number of views they grow by its square.
  /// - Throws: ``AttackError/tooManyScores(views:variants:inputs:scores:most:)``.
  func requireRoom(for needs: [Need]) throws {
    let (configuration, (scores, inputs)) = (questions.configuration, scores(of: needs))
    guard scores <= Evidence.mostScores else {
      throw AttackError.tooManyScores(
        views: configuration.views, variants: configuration.variants, inputs: inputs, scores: scores,
        most: Evidence.mostScores)
    }
  }

  /// About how many bytes the similarities of some needs take, and what the attacks learn: for each similarity of an input
  /// EncoderMI-V has a weight to each neuron of its first layer, with a gradient and Adam's two means.
  func memory(_ needs: [Need], _ attacks: [any MembershipAttack]) -> Int {
    let widest = attacks.compactMap { $0 as? InferenceAttack }.filter { $0.kind == .vector }.map {
      questions.configuration.features(of: $0.sets).scores
    }.max()
    return (scores(of: needs).scores + 4 * VectorClassifier.width * (widest ?? 0)) * MemoryLayout<Float>.size
  }

  /// How many similarities some needs are made of, of how many inputs at most.
  private func scores(of needs: [Need]) -> (scores: Int, inputs: Int) {
    let configuration = questions.configuration
    var (scores, inputs) = (0, 0)
    var seen: Set<Need> = []
    for need in needs where seen.insert(need).inserted {
      guard case .similarities(let set, _) = need.extract else { continue }
      let groups = population(need.group)
      let count = groups.members.count + groups.nonmembers.count
      let (more, isBeyond) = count.multipliedReportingOverflow(
        by: configuration.features(of: [set]).scores(of: set))
      scores = isBeyond ? .max : scores.addingReportingOverflow(more).overflow ? .max : scores + more
      inputs = max(inputs, count)
    }
    return (scores, inputs)
  }

  /// Inputs whose embeddings are computed at once: of many views fewer, so that memory does not grow with them.
  static func chunk(of asked: Set<Question>) -> Int {
    let rows = asked.map(\.rows).max() ?? 1
    return rows <= 32 ? chunk : max(1, 32 * chunk / rows)
  }
}
