import Attack
import Data
import Experiments
import Files

/// The numbers of an audit that its scores determine, computed anew, and what its settings must agree with.
///
/// Whatever it names in ``unchecked`` cannot be computed from the scores: it stands as the results say.
public struct NumberCheck: Sendable {
  /// A place where the files of an audit do not fit each other.
  public struct Disagreement: Sendable, Equatable, CustomStringConvertible {
    /// The file, with a line where there is one.
    public let file: String
    /// What it says there: "auc.low of 'EncoderMI-V'".
    public let what: String
    /// As it stands there.
    public let recorded: String
    /// As it follows from the other files.
    public let expected: String

    /// The place with both values.
    public var description: String { "\(file): \(what) is \(recorded), and \(expected) by the other files" }
  }

  /// Where the files do not fit, in the order of results.
  public private(set) var disagreements: [Disagreement] = []
  /// How many numbers and decisions were computed anew.
  public private(set) var compared = 0
  /// How many attacks and controls were computed anew from their scores.
  public private(set) var findings = 0
  /// What the scores do not determine, each with what it would take.
  public private(set) var unchecked: [String] = []

  private let results: AttackResults
  /// Numbers that differ by less are the same: libraries of mathematics differ in the last digits.
  private static let tolerance = 1e-9

  /// Compares results, scores and settings.
  /// - Parameters:
  ///   - scores: of the target's inputs.
  ///   - learned: of the shadow's, or of the nonmembers that gave thresholds.
  /// - Throws: `EvaluationError`.
  init(
    _ results: AttackResults, scores: RecordedScores, learned: RecordedScores,
    _ configuration: AttackConfiguration
  ) throws {
    self.results = results
    compareCounts(scores, learned)
    compareSettings(configuration)
    var (withoutScores, thresholds): ([String], [String]) = ([], [])
    for metrics in results.attacks + results.controls {
      guard let found = try scores.scores(of: metrics) else {
        if results.attacks.contains(where: { $0.name == metrics.name }) {
          require("no column", is: "a column of its scores", ScoresFile.name, "'\(excerpt(metrics.name))'")
        } else {
          withoutScores.append(metrics.name)
        }
        continue
      }
      compare(metrics, found)
      for (recorded, whose) in [(scores, AuditGroup.target), (learned, .shadow)] {
        compareDecisions(metrics, recorded, of: whose)
      }
      if try !compareThreshold(metrics, learned) { thresholds.append(metrics.name) }
      findings += 1
    }
    compareComparison(scores)
    if !withoutScores.isEmpty {
      unchecked.append(
        "rates of \(NumberCheck.list(withoutScores)): scores.csv has no scores of them")
    }
    if !thresholds.isEmpty {
      unchecked.append(
        "how the thresholds of \(NumberCheck.list(thresholds)) were chosen: that takes what the attack learned; what "
          + "follows from them was computed anew")
    }
    if !results.byQueries.isEmpty {
      unchecked.append("accuracy and AUC with fewer questions (byQueries): that takes the answers to each")
    }
    unchecked.append(
      "scores themselves, fingerprints, counts of questions, usefulness, seeds of pre-training, versions and warnings: "
        + "that takes the encoders, the data and the attack made anew")
  }

  private mutating func requireNumber(
    _ recorded: Double?, is expected: Double?, _ what: @autoclosure () -> String,
    in file: String = AttackResults.fileName
  ) {
    compared += 1
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "null" }
    switch (recorded, expected) {
    case (nil, nil): return
    case (let one?, let other?) where abs(one - other) <= NumberCheck.tolerance * max(1, abs(other)): return
    default:
      disagreements.append(
        Disagreement(file: file, what: what(), recorded: text(recorded), expected: text(expected)))
    }
  }

  private mutating func require(
    _ recorded: String, is expected: String, _ file: String, _ what: @autoclosure () -> String
  ) {
    compared += 1
    if recorded.isExactly(expected) { return }
    disagreements.append(Disagreement(file: file, what: what(), recorded: recorded, expected: expected))
  }

  // MARK: Parts

  private mutating func compareCounts(_ scores: RecordedScores, _ learned: RecordedScores) {
    let (tested, others) = (scores.inputs.map(\.count), learned.inputs.map(\.count))
    let counts = results.counts
    requireNumber(Double(counts.target.members), is: Double(tested.members), "counts.target.members")
    requireNumber(Double(counts.target.nonmembers), is: Double(tested.nonmembers), "counts.target.nonmembers")
    if let shadow = counts.shadow {
      requireNumber(Double(shadow.members), is: Double(others.members), "counts.shadow.members")
      requireNumber(Double(shadow.nonmembers), is: Double(others.nonmembers), "counts.shadow.nonmembers")
    } else {
      requireNumber(
        results.errorRate.calibrating.map(Double.init), is: Double(others.nonmembers),
        "errorRate.calibrating")
    }
    for (name, encoder) in [("target", results.target)] + (results.shadow.map { [("shadow", $0)] } ?? []) {
      guard let epochs = encoder.epochs, let members = encoder.members, members > 0 else { continue }
      requireNumber(encoder.epochsPerMember, is: Double(epochs) / Double(members), "T/N of the \(name)")
    }
  }

  private mutating func compareSettings(_ settings: AttackConfiguration) {
    let file = AttackJob.configurationName
    func name<Value: RawRepresentable<String>>(_ value: Value) -> String { value.rawValue }
    require(settings.knowledge.map(name) ?? "none", is: name(results.knowledge), file, "knowledge")
    require(name(settings.layer), is: name(results.layer), file, "layer")
    require(name(settings.similarity), is: name(results.similarity), file, "similarity")
    if let views = results.views {
      requireNumber(Double(settings.views), is: Double(views), "views", in: file)
    }
    if let variants = results.variants {
      requireNumber(Double(settings.variants), is: Double(variants), "variants", in: file)
    }
    if let seed = results.seeds["attack"] { require("\(settings.seed)", is: "\(seed)", file, "seed") }
  }

  /// Everything that results say of a finding and that its scores and threshold determine.
  static func numbers(_ metrics: AttackMetrics) -> [(name: String, value: Double?)] {
    let estimates: [(String, Estimate?)] = [
      ("accuracy", metrics.accuracy), ("balancedAccuracy", metrics.balancedAccuracy),
      ("precision", metrics.precision), ("recall", metrics.recall), ("auc", metrics.auc),
      ("tprAt1PercentFPR", metrics.tprAt1PercentFPR.tpr),
      ("tprAt01PercentFPR", metrics.tprAt01PercentFPR.tpr),
    ]
    let points = [
      ("tprAt1PercentFPR", metrics.tprAt1PercentFPR), ("tprAt01PercentFPR", metrics.tprAt01PercentFPR),
    ]
    return estimates.flatMap { name, value in
      [("\(name).value", value?.value), ("\(name).low", value?.low), ("\(name).high", value?.high)]
    } + [("chanceOfArea", metrics.chanceOfArea)]
      + points.flatMap { name, point in
        [("\(name).realisedFPR", point.realisedFPR), ("\(name).threshold", point.threshold)]
      }
  }

  private mutating func compare(_ metrics: AttackMetrics, _ scores: MembershipScores) {
    let again = AttackMetrics(
      name: metrics.name, attack: metrics.attack, knowledge: metrics.knowledge, family: metrics.family,
      sets: metrics.sets, swap: metrics.swap, scores: scores)
    for (recorded, now) in zip(NumberCheck.numbers(metrics), NumberCheck.numbers(again)) {
      requireNumber(recorded.value, is: now.value, "\(recorded.name) of '\(excerpt(metrics.name))'")
    }
  }

  private mutating func compareDecisions(
    _ metrics: AttackMetrics, _ recorded: RecordedScores, of whose: AuditGroup
  ) {
    guard let column = recorded.whole(metrics) else { return }
    for group in Membership.allCases {
      let (scores, decisions) = (column.scores[group], column.decisions[group])
      for (index, line) in recorded.lines[group].enumerated() {
        let expected = scores[index].map { $0 >= metrics.threshold ? "member" : "nonmember" } ?? "empty"
        require(
          decisions[index]?.rawValue ?? "empty", is: expected, "\(ScoresFile.name), line \(line)",
          "the decision of '\(excerpt(metrics.name))'")
      }
    }
  }

  /// - Returns: whether the threshold is determined by the scores of what it was learned from.
  private mutating func compareThreshold(_ metrics: AttackMetrics, _ learned: RecordedScores) throws -> Bool {
    guard let column = learned.column(metrics)?.map({ $0.compactMap { $0 } }) else { return false }
    let what = "threshold of '\(excerpt(metrics.name))'"
    if results.errorRate.threshold == .knownNonmembers {
      guard let level = results.errorRate.level, !column.nonmembers.isEmpty,
        let threshold = try ConformalTest(nonmembers: column.nonmembers).threshold(at: level)
      else { return false }
      requireNumber(metrics.threshold, is: threshold, what)
      return true
    }
    guard !column.members.isEmpty, !column.nonmembers.isEmpty else { return false }
    let floats = column.map { $0.map(Float.init) }
    let threshold = Double(
      OptimalThreshold(members: floats.members, nonmembers: floats.nonmembers).threshold)
    // Other attacks have rules of their own; that of EncoderMI-T is this one.
    guard metrics.attack == NumberCheck.byThreshold || threshold == metrics.threshold else { return false }
    requireNumber(metrics.threshold, is: threshold, what)
    return true
  }

  private static let byThreshold = "EncoderMI-T"

  private mutating func compareComparison(_ scores: RecordedScores) {
    guard let recorded = results.comparison else { return }
    var attacks: [(name: String, scores: MembershipScores)] = []
    for metrics in results.attacks {
      guard let column = scores.column(metrics),
        let groups = column.complete, let found = try? MembershipScores(groups, threshold: metrics.threshold)
      else {
        // What cannot be compared is said; the attack's own rates were refused or named before.
        return unchecked.append("the comparison of attacks: '\(metrics.name)' does not score every input")
      }
      attacks.append((metrics.name, found))
    }
    guard let again = PairedComparison(attacks) else {
      return require("a comparison", is: "none, of a single attack", AttackResults.fileName, "comparison")
    }
    require(recorded.reference, is: again.reference, AttackResults.fileName, "comparison.reference")
    requireNumber(Double(recorded.attacks.count), is: Double(again.attacks.count), "rows of comparison")
    for (row, now) in zip(recorded.attacks, again.attacks) {
      let name = "'\(excerpt(row.name))' in comparison"
      require(row.name, is: now.name, AttackResults.fileName, "the name of a row in comparison")
      for (part, one, other) in [
        ("auc.value", row.auc.value, now.auc.value), ("auc.low", row.auc.low, now.auc.low),
        ("auc.high", row.auc.high, now.auc.high), ("auc.p", row.auc.p, now.auc.p),
        ("auc.adjustedP", row.auc.adjustedP, now.auc.adjustedP),
        ("decisions.onlyAttack", Double(row.decisions.onlyAttack), Double(now.decisions.onlyAttack)),
        ("decisions.onlyReference", Double(row.decisions.onlyReference), Double(now.decisions.onlyReference)),
        ("decisions.p", row.decisions.p, now.decisions.p),
        ("decisions.adjustedP", row.decisions.adjustedP, now.decisions.adjustedP),
      ] as [(String, Double?, Double?)] {
        requireNumber(one, is: other, "\(part) of \(name)")
      }
    }
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(4).map { "'\(excerpt($0))'" }.joined(separator: ", ")
    return names.count > 4 ? "\(shown) and \(names.count - 4) more" : shown
  }
}

extension MembershipGroups where Value == [Double?] {
  /// The scores where every input has one.
  var complete: MembershipGroups<[Double]>? {
    let scores = map { $0.compactMap { $0 } }
    return scores.map(\.count) == map(\.count) ? scores : nil
  }
}
