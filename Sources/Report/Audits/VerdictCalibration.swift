import Attack
import Data
import Foundation

/// How often the three answers of `infer --alpha` are wrong at a level of error, tried on the inputs of an audit: half of each
/// group, those at even places of `scores.csv`, are known, the other half are asked about, and the other way round.
///
/// Of those called member-like, and of those called no members, a share of at most the level is expected to be wrong
/// (``ConformalTest``), on average over audits, where one that calls nobody so counts as one without a wrong answer.
public struct VerdictCalibration: Sendable, Equatable {
  /// What was answered at one level.
  public struct Level: Sendable, Equatable {
    /// The level of error.
    public let alpha: Double
    /// How many members and nonmembers got each answer.
    public internal(set) var counts: [ConformalVerdict: MembershipGroups<Int>] = [:]

    /// How many got an answer.
    func total(_ verdict: ConformalVerdict) -> Int {
      counts[verdict].map { $0.members + $0.nonmembers } ?? 0
    }

    /// The share of wrong ones of an answer, with Clopper and Pearson's interval; nil where nobody got it, and of the answer
    /// that cannot be wrong. Answers of one audit depend on each other, so that the interval's coverage is not exact by
    /// theory: simulated, it holds the share that is wrong over many audits at least 95 times in 100.
    public func wrong(_ verdict: ConformalVerdict) -> Estimate? {
      guard let groups = counts[verdict], total(verdict) > 0 else { return nil }
      switch verdict {
      case .memberLike: return .rate(groups.nonmembers, of: total(verdict))
      case .notAMember: return .rate(groups.members, of: total(verdict))
      case .cannotTell: return nil
      }
    }
  }

  /// By rising level.
  public let levels: [Level]
  /// The levels that are tried.
  static let tried = [0.01, 0.05, 0.1, 0.2]

  /// Tries the answers on scores; nil where a group has fewer than two.
  init?(_ scores: MembershipScores) throws {
    let halves = (0..<2).map { parity in
      scores.groups.map { group in group.indices.filter { $0 % 2 == parity }.map { group[$0] } }
    }
    guard halves.allSatisfy({ !$0.members.isEmpty && !$0.nonmembers.isEmpty }) else { return nil }
    var levels = VerdictCalibration.tried.map { Level(alpha: $0) }
    for (known, asked) in [(halves[0], halves[1]), (halves[1], halves[0])] {
      let test = try ConformalTest(nonmembers: known.nonmembers, members: known.members)
      for index in levels.indices {
        let verdicts = test.verdicts(of: asked.pooled, at: levels[index].alpha)
        for (verdict, isMember) in zip(verdicts, asked.labels) {
          var groups = levels[index].counts[verdict] ?? MembershipGroups(members: 0, nonmembers: 0)
          if isMember { groups.members += 1 } else { groups.nonmembers += 1 }
          levels[index].counts[verdict] = groups
        }
      }
    }
    self.levels = levels
  }

  /// A line for each level.
  var table: ReportTable {
    var table = ReportTable(header: [
      "level", "member-like", "wrongly, %", "not a member", "wrongly so, %", "cannot tell",
    ])
    func wrong(_ level: Level, _ verdict: ConformalVerdict) -> String {
      level.wrong(verdict).map {
        "\(Verdict.percent($0.value)) [\(Verdict.percent($0.low)), \(Verdict.percent($0.high))]"
      } ?? "-"
    }
    for level in levels {
      table.append([
        String(format: "%g%%", 100 * level.alpha), "\(level.total(.memberLike))", wrong(level, .memberLike),
        "\(level.total(.notAMember))", wrong(level, .notAMember), "\(level.total(.cannotTell))",
      ])
    }
    return table
  }
}
