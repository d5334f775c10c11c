import Encoders
import Kernels

/// What an audit costs, before it is spent.
extension Evidence {
  /// The most similarities that are held at once: 1 GiB of them.
  static let mostScores = 1 << 28

  /// Checks that the similarities that some needs are made of can be held: with the number of views they grow by its square.
  /// - Throws: ``AttackError/tooManyScores(views:variants:inputs:scores:most:)``.
  func requireRoom(for needs: [Need]) throws {
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
    guard scores <= Evidence.mostScores else {
      throw AttackError.tooManyScores(
        views: configuration.views, variants: configuration.variants, inputs: inputs, scores: scores,
        most: Evidence.mostScores)
    }
  }

  /// Inputs whose embeddings are computed at once: of many views fewer, so that memory does not grow with them.
  static func chunk(of asked: Set<Question>) -> Int {
    let rows = asked.map(\.rows).max() ?? 1
    return rows <= 32 ? chunk : max(1, 32 * chunk / rows)
  }

  /// All similarities that were made of answers, for whoever wants to go on from there: for each role, group, membership and
  /// feature set, such as `target.target.member.imageImage`, a row for each input in the order of `scores.csv`. A name ends
  /// in whose caption stood beside an image where that was not its own.
  var similarities: [String: Tensor] {
    var result: [String: Tensor] = [:]
    for (place, extracts) in found {
      let roles = encoders.filter { ObjectIdentifier($0.value) == place.encoder }.map(\.key.name).sorted()
      guard let role = roles.first else { continue }
      for (extract, tensor) in extracts {
        guard case .similarities(let set, let use) = extract else { continue }
        let captions = use.map { use in
          (use.holding == .exact ? [] : ["\(use.holding)"]) + (use.partner.map { ["caption of \($0)"] } ?? [])
        }
        let parts = [role, place.group.rawValue, place.membership.rawValue, set.rawValue] + (captions ?? [])
        result[parts.joined(separator: ".")] = tensor
      }
    }
    return result
  }
}
