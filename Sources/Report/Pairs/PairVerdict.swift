import Attack
import Data
import Files
import Foundation

/// What two audits of the same inputs say in plain words, before any table. It rests on the first attack of both, which was
/// chosen before anything was seen.
public struct PairVerdict: Sendable, Equatable {
  /// The answers.
  public enum Answer: String, Sendable {
    /// The area of the first attack fell.
    case less
    /// It rose.
    case more
    /// Neither was shown.
    case notShown
    /// The groups of an audit differ by themselves, so that nothing follows.
    case doubtful
  }

  /// The answer.
  public let answer: Answer
  /// The answer in a sentence.
  public let headline: String
  /// Differences, what is left after, and what else must be said.
  public let sentences: [String]

  /// The verdict on a pair.
  public init(_ pair: AuditPair) {
    let doubts = [("before", pair.before), ("after", pair.after)].flatMap { when, record in
      AttackMetrics.aboveChance(record.results.controls.filter { $0.family != .swapped }).map {
        "\($0.name) (\(when))"
      }
    }
    guard let first = pair.rows.first else {
      (answer, headline) = (.notShown, "No attack was made in both audits, so nothing is compared.")
      sentences = pair.leftOut
      return
    }
    let difference = first.difference.auc
    var sentences: [String] = []
    if !doubts.isEmpty {
      answer = .doubtful
      headline = "Nothing follows for the encoders: the two groups differ by themselves."
      sentences.append(
        "Controls that must be at chance are not: \(doubts.prefix(3).joined(separator: ", ")).")
    } else if let high = difference.high, high < 0 {
      answer = .less
      headline =
        first.after.beatsChance
        ? "After, the encoder reveals less of its training data, but still reveals some."
        : "After, the encoder reveals less of its training data, and it is not shown that it still reveals any."
    } else if let low = difference.low, low > 0 {
      (answer, headline) = (.more, "After, the encoder reveals more of its training data.")
    } else {
      (answer, headline) = (.notShown, "It was not shown that the encoders reveal unlike amounts.")
      sentences.append(
        difference.low == nil
          ? "This is no proof that they reveal the same: with these inputs the difference has no interval, since nothing varies "
            + "in one of them or a group has a single input."
          : "This is no proof that they reveal the same: the interval below says what else is possible.")
    }
    sentences += PairVerdict.words(first)
    let others = pair.rows.dropFirst()
    if !others.isEmpty {
      func count(_ sign: FloatingPointSign) -> Int {
        others.count { row in
          (row.difference.auc.adjustedP ?? 1) < 1 - Estimate.confidence
            && row.difference.auc.value.sign == sign
        }
      }
      sentences.append(
        "Of \(others.count) other attack\(others.count == 1 ? "" : "s"), \(count(.minus)) find less and "
          + "\(count(.plus)) more after Holm's correction.")
    }
    self.sentences = sentences + PairVerdict.conditions(pair)
  }

  private static func words(_ first: AuditPair.Row) -> [String] {
    let auc = first.difference.auc
    let interval =
      auc.low.flatMap { low in auc.high.map { " [\(points(low)), \(points($0))]" } }
      ?? " (without an interval, since nothing varies)"
    let decisions = first.difference.decisions
    return [
      "The area under the curve of \(first.before.name), the attack chosen beforehand, is \(Verdict.range(first.before.auc)) "
        + "before and \(Verdict.range(first.after.auc)) after, a difference of \(points(auc.value)) points\(interval) on the "
        + "same inputs.",
      "It tells \(Verdict.range(first.before.accuracy)) of them rightly before and \(Verdict.range(first.after.accuracy)) "
        + "after; \(decisions.onlyReference) are told rightly before alone and \(decisions.onlyAttack) after alone "
        + "(p \(decisions.p < 0.001 ? "below 0.001" : String(format: "%.3f", decisions.p)), McNemar).",
      "Where at most 1% of nonmembers may be accused, it finds \(Verdict.range(first.before.tprAt1PercentFPR.tpr)) of "
        + "members before and \(Verdict.range(first.after.tprAt1PercentFPR.tpr)) after.",
    ]
  }

  /// What the comparison rests on.
  private static func conditions(_ pair: AuditPair) -> [String] {
    var sentences = [
      "\(pair.common.members) members and \(pair.common.nonmembers) nonmembers are in both audits."
    ]
    let missing = (pair.onlyBefore, pair.onlyAfter)
    func count(_ groups: MembershipGroups<Int>) -> String {
      "\(groups.members) members and \(groups.nonmembers) nonmembers"
    }
    if missing.0.members + missing.0.nonmembers + missing.1.members + missing.1.nonmembers > 0 {
      sentences.append(
        "Not compared, since they are in one alone: \(count(missing.0)) before, \(count(missing.1)) after.")
    }
    if pair.switched > 0 {
      sentences.append(
        "\(pair.switched) inputs are a member in one audit and a nonmember in the other, and are not compared."
      )
    }
    let data = [pair.before, pair.after].map { $0.results.dataFingerprints["target"] ?? "" }
    if data[0] != data[1] {
      sentences.append(
        "The data have other fingerprints: that inputs of one name are the same pictures must be known otherwise."
      )
    }
    let changed = pair.differences
    if !changed.isEmpty {
      sentences.append(
        "Beside the encoder under audit the audits differ in \(changed.joined(separator: ", ")); the difference may come from "
          + "that.")
    }
    return sentences + pair.leftOut.map { "Not compared: \($0)." }
  }

  static func points(_ value: Double) -> String { String(format: "%+.1f", 100 * value) }
}
