import Attack
import Data
import Experiments
import Files

/// Attacks, controls and their comparison by the scores.
extension NumberCheck {
  /// Everything that results say of a finding and that its scores and threshold determine.
  static func numbers(_ metrics: AttackMetrics) -> [(name: String, value: Double?, kind: Kind)] {
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
      [("\(name).value", value?.value), ("\(name).low", value?.low), ("\(name).high", value?.high)].map {
        ($0.0, $0.1, .value)
      }
    } + [("chanceOfArea", metrics.chanceOfArea, .chance)]
      + points.flatMap { name, point in
        [
          ("\(name).realisedFPR", point.realisedFPR, .value), ("\(name).threshold", point.threshold, .value),
        ]
      }
  }

  mutating func compareFindings(
    _ list: [AttackMetrics], _ field: String, in results: AttackResults, _ scores: RecordedScores,
    _ learned: RecordedScores, _ settings: AttackConfiguration
  ) throws {
    let isAttack = field == "attacks"
    var (withoutScores, thresholds, strangers): ([String], [String], [String]) = ([], [], [])
    for metrics in list {
      if !compareKind(metrics, isAttack: isAttack, in: results) { strangers.append(metrics.name) }
      guard let found = try scores.scores(of: metrics) else {
        if isAttack {
          require(
            false, "'\(excerpt(metrics.name))'", "no column", is: "a column of its scores",
            in: ScoresFile.name)
        } else {
          withoutScores.append(metrics.name)
        }
        continue
      }
      compare(metrics, found)
      for recorded in [scores, learned] { compareDecisions(metrics, recorded) }
      if try !compareThreshold(metrics, learned, results.errorRate) { thresholds.append(metrics.name) }
      count(finding: true)
    }
    var unchecked: [String] = []
    if list.isEmpty { unchecked.append("there are none") }
    if !withoutScores.isEmpty {
      unchecked.append("rates of \(NumberCheck.list(withoutScores)), of which scores.csv has no scores")
    }
    if !thresholds.isEmpty {
      unchecked.append(
        "how the thresholds of \(NumberCheck.list(thresholds)) were chosen, which takes what the attack learned"
      )
    }
    if !strangers.isEmpty {
      unchecked.append("what \(NumberCheck.list(strangers)) are, of whose names this program knows none")
    }
    if isAttack {
      let asked = (settings.attacks ?? []).filter { $0 != AttackTable.all }
      let missing = asked.filter { name in
        !list.contains { $0.attack == name || $0.attack.hasPrefix(name + " (") }
      }
      if !missing.isEmpty {
        unchecked.append("why \(NumberCheck.list(missing)), which attack.json asks for, are not there")
      }
    } else {
      let missing = settings.controls.filter { family in !list.contains { $0.family == family } }
      if !missing.isEmpty {
        unchecked.append(
          "why controls of the families \(NumberCheck.list(missing.map(\.rawValue))), which attack.json asks for, are not there"
        )
      }
      for family in ControlFamily.allCases where !settings.controls.contains(family) {
        require(
          !list.contains { $0.family == family }, "controls",
          "some of the family \(family.rawValue)", is: "none of it")
      }
    }
    note(
      field,
      checked: list.isEmpty
        ? nil
        : "\(list.count - withoutScores.count) of \(list.count): every rate, interval and p-value from the scores; kind, "
          + "family, sets and knowledge from names and settings",
      unchecked: unchecked.isEmpty ? nil : unchecked.joined(separator: "; "))
  }

  /// What a finding says that it is.
  /// - Returns: whether this program knows the attack or the control.
  private mutating func compareKind(
    _ metrics: AttackMetrics, isAttack: Bool, in results: AttackResults
  ) -> Bool {
    let name = "'\(excerpt(metrics.name))'"
    require(
      metrics.knowledge.rawValue, is: results.knowledge.rawValue, AttackResults.fileName,
      "knowledge of \(name)")
    require(
      (metrics.family == nil) == isAttack, "family of \(name)", metrics.family?.rawValue ?? "none",
      is: isAttack ? "none" : "one of \(ControlFamily.allCases.map(\.rawValue).joined(separator: ", "))")
    require(
      (metrics.swap != nil) == (metrics.family == .swapped), "swap of \(name)",
      metrics.swap == nil ? "none" : "there", is: metrics.swap == nil ? "there" : "none")
    let held = Set(results.knowledge.featureSets)
    require(
      metrics.sets.allSatisfy(held.contains), "sets of \(name)", FeatureSet.name(of: metrics.sets),
      is: "some of \(results.knowledge.featureSets.map(\.name).joined(separator: ", "))")
    require(
      AttackTable.isName(metrics.name, of: metrics.attack, sets: metrics.sets), "attack of \(name)",
      "'\(excerpt(metrics.attack))' on \(FeatureSet.name(of: metrics.sets))", is: "what its name says")
    if isAttack {
      guard let allowed = AttackTable.sets(ofAttack: metrics.attack, trying: results.featureSets) else {
        return false
      }
      require(
        allowed.contains(metrics.sets), "sets of \(name)", FeatureSet.name(of: metrics.sets),
        is: allowed.map(FeatureSet.name).joined(separator: "; or "))
      return true
    }
    guard let family = ControlFamily(ofControl: metrics.attack) else { return false }
    require(
      metrics.family?.rawValue ?? "none", is: family.rawValue, AttackResults.fileName, "family of \(name)")
    return true
  }

  private mutating func compare(_ metrics: AttackMetrics, _ scores: MembershipScores) {
    let again = AttackMetrics(
      name: metrics.name, attack: metrics.attack, knowledge: metrics.knowledge, family: metrics.family,
      sets: metrics.sets, swap: metrics.swap, scores: scores)
    for (recorded, now) in zip(NumberCheck.numbers(metrics), NumberCheck.numbers(again)) {
      requireNumber(
        recorded.value, is: now.value, "\(recorded.name) of '\(excerpt(metrics.name))'", recorded.kind)
    }
  }

  private mutating func compareDecisions(_ metrics: AttackMetrics, _ recorded: RecordedScores) {
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
  private mutating func compareThreshold(
    _ metrics: AttackMetrics, _ learned: RecordedScores, _ basis: ErrorBasis
  ) throws -> Bool {
    guard let column = learned.column(metrics)?.map({ $0.compactMap { $0 } }) else { return false }
    let what = "threshold of '\(excerpt(metrics.name))'"
    if basis.threshold == .knownNonmembers {
      guard let level = basis.level, level > 0 && level < 1, !column.nonmembers.isEmpty,
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

  /// Scores of which results say nothing.
  mutating func compareColumns(_ results: AttackResults, _ scores: RecordedScores) {
    let named = Set((results.attacks + results.controls).flatMap(RecordedScores.titles).map { ExactText($0) })
    for title in scores.titles where !named.contains(ExactText(title)) {
      require(
        false, "attacks and controls", "silent on '\(excerpt(title))'", is: "some that made its scores")
    }
  }

  mutating func compareComparison(_ results: AttackResults, _ scores: RecordedScores) {
    let field = "comparison"
    var attacks: [(name: String, scores: MembershipScores)] = []
    for metrics in results.attacks {
      guard let groups = scores.column(metrics)?.complete, !groups.members.isEmpty,
        !groups.nonmembers.isEmpty,
        // Scores were read as finite numbers, so what may fail is a group without any, which is excluded.
        let found = try? MembershipScores(groups, threshold: metrics.threshold)
      else {
        return note(field, unchecked: "all of it: '\(excerpt(metrics.name))' does not score every input")
      }
      attacks.append((metrics.name, found))
    }
    let again = PairedComparison(attacks)
    require(
      (results.comparison == nil) == (again == nil), field, results.comparison == nil ? "null" : "there",
      is: again == nil ? "null, of fewer than two attacks," : "one of \(attacks.count) attacks")
    guard let recorded = results.comparison, let again else {
      return note(
        field, checked: again == nil ? "there is none, of fewer than two attacks" : "it is missing")
    }
    require(recorded.reference, is: again.reference, AttackResults.fileName, "comparison.reference")
    requireNumber(Double(recorded.attacks.count), is: Double(again.attacks.count), "rows of comparison")
    for (row, now) in zip(recorded.attacks, again.attacks) {
      let name = "'\(excerpt(row.name))' in comparison"
      require(row.name, is: now.name, AttackResults.fileName, "the name of a row in comparison")
      let values: [(String, Double?, Double?, Kind)] = [
        ("auc.value", row.auc.value, now.auc.value, .value), ("auc.low", row.auc.low, now.auc.low, .value),
        ("auc.high", row.auc.high, now.auc.high, .value), ("auc.p", row.auc.p, now.auc.p, .chance),
        ("auc.adjustedP", row.auc.adjustedP, now.auc.adjustedP, .chance),
        (
          "decisions.onlyAttack", Double(row.decisions.onlyAttack), Double(now.decisions.onlyAttack), .value
        ),
        (
          "decisions.onlyReference", Double(row.decisions.onlyReference),
          Double(now.decisions.onlyReference), .value
        ),
        ("decisions.p", row.decisions.p, now.decisions.p, .chance),
        ("decisions.adjustedP", row.decisions.adjustedP, now.decisions.adjustedP, .chance),
      ]
      for (part, one, other, kind) in values { requireNumber(one, is: other, "\(part) of \(name)", kind) }
    }
    note(field, checked: "every difference, interval, count and p-value from the scores")
  }
}

extension MembershipGroups where Value == [Double?] {
  /// The scores where every input has one.
  var complete: MembershipGroups<[Double]>? {
    let scores = map { $0.compactMap { $0 } }
    return scores.map(\.count) == map(\.count) ? scores : nil
  }
}
