import Attack
import Foundation

/// What an audit says in plain words, before any table: whether the encoder reveals what it was trained on, and how often
/// the attack that says so errs.
///
/// It rests on one attack that was chosen before anything was seen, the first of the table. What others find is said with
/// corrections for their number, so that nothing is won by making many attacks and quoting the best.
public struct Verdict: Sendable, Equatable {
  /// The three answers.
  public enum Answer: String, Sendable {
    /// The attack finds members, or another does after correction, and no control of the groups does.
    case reveals
    /// No attack is told from guessing.
    case notShown
    /// The groups differ by themselves, so that nothing follows for the encoder.
    case doubtful
  }

  /// The answer.
  public let answer: Answer
  /// The answer in a sentence.
  public let headline: String
  /// Error rates and what else must be said with it.
  public let sentences: [String]

  /// The verdict of an audit.
  public init(_ record: AuditRecord) {
    let results = record.results
    let grouped = results.controls.filter { $0.family != .swapped }
    let doubts = AttackMetrics.aboveChance(grouped)
    guard let first = results.attacks.first else {
      answer = .notShown
      headline = "No attack was made, so nothing is said of the encoder."
      sentences = []
      return
    }
    let others = AttackMetrics.aboveChance(results.attacks).filter { $0.name != first.name }
    let best = Verdict.strictest(results)
    var sentences: [String] = []
    if !doubts.isEmpty {
      answer = .doubtful
      headline = "Nothing follows for the encoder: the two groups differ by themselves."
      sentences.append(
        "\(Verdict.list(doubts.map(\.name))) must be at chance and \(doubts.count == 1 ? "is" : "are") not. What "
          + "the attacks find may be the difference that this finds too.")
    } else if first.beatsChance || !others.isEmpty {
      answer = .reveals
      // Better than chance on the average of many inputs is not enough to accuse one.
      headline =
        first.tprAt1PercentFPR.tpr.isAbove(0.01) || best.found.isAbove(0.01)
        ? "The encoder reveals which inputs it was trained on."
        : "The encoder reveals something of its training data, but too little to accuse a single input."
    } else {
      answer = .notShown
      headline = "It was not shown that the encoder reveals what it was trained on."
      sentences.append(
        "This is no proof that it does not: by this audit the area under the attack's curve may be as high as "
          + "\(Verdict.percent(first.auc.high))%, and other attacks may find more.")
    }
    sentences += Verdict.errors(of: first, results)
    if !first.beatsChance { sentences.append("By its area under the curve it is not told from guessing.") }
    let all = results.attacks.count
    if all > 1 {
      sentences.append(
        "Of \(all - 1) other attack\(all == 2 ? "" : "s"), \(others.isEmpty ? "none" : "\(others.count)") "
          + "\(others.count == 1 ? "is" : "are") told from guessing after Holm's correction.")
      if best.attack.name != first.name, best.found.isAbove(0.01) {
        sentences.append(
          "Most is found by \(best.attack.name) where at most 1% of nonmembers may be accused: "
            + "\(Verdict.range(best.found)) of members, the interval corrected for choosing it among \(all) "
            + "(Bonferroni).")
      }
    }
    if doubts.isEmpty {
      sentences.append(
        grouped.isEmpty
          ? "No control of the groups was made, so they may differ by themselves."
          : "Of \(grouped.count) control\(grouped.count == 1 ? "" : "s") that must be at chance, none lies above "
            + "it after Holm's correction.")
    }
    self.sentences = sentences
  }

  /// The attack that finds most members at a realised rate of false positives up to 1%, the first of several, with an
  /// interval that holds for all attacks together.
  static func strictest(_ results: AttackResults) -> (attack: AttackMetrics, found: Estimate) {
    let attacks = results.attacks
    let best = attacks.indices.dropFirst().reduce(0) { best, index in
      attacks[index].tprAt1PercentFPR.tpr.value > attacks[best].tprAt1PercentFPR.tpr.value ? index : best
    }
    let (members, share) = (results.counts.target.members, attacks[best].tprAt1PercentFPR.tpr.value)
    let confidence = 1 - (1 - Estimate.confidence) / Double(attacks.count)
    return (
      attacks[best],
      .rate(Int((share * Double(members)).rounded()), of: members, confidence: confidence)
    )
  }

  /// How often an attack is wrong, by its own decision and where accusations must be rare.
  private static func errors(of first: AttackMetrics, _ results: AttackResults) -> [String] {
    let strict = first.tprAt1PercentFPR
    let tested = results.counts.target
    return [
      "\(first.name), the attack chosen beforehand, tells \(range(first.accuracy)) of \(tested.members) members and "
        + "\(tested.nonmembers) nonmembers rightly; guessing tells "
        + "\(percent(Double(max(tested.members, tested.nonmembers)) / Double(tested.members + tested.nonmembers)))%.",
      "It takes \(percent(first.falsePositiveRate))% of nonmembers for members wrongly, and misses "
        + "\(percent(1 - first.recall.value))% of members.",
      "Where at most 1% of nonmembers may be accused, it finds \(range(strict.tpr)) of members, at a realised rate "
        + "of \(percent(strict.realisedFPR))%.",
    ]
  }

  static func range(_ value: Estimate) -> String {
    "\(percent(value.value))% [\(percent(value.low)), \(percent(value.high))]"
  }

  static func percent(_ value: Double) -> String { String(format: "%.1f", 100 * value) }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(3).joined(separator: ", ")
    return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
  }
}
