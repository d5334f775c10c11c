import Attack
import Foundation

extension AuditRecord {
  /// The report for a terminal of 80 columns: the verdict, the tables of a page, plots of a few lines, limits.
  /// - Parameter isAnonymous: whether names of inputs are left out.
  /// - Throws: `EvaluationError`.
  public func text(isAnonymous: Bool = false) throws -> String {
    let verdict = Verdict(self)
    var parts = [TerminalText.wrapped(verdict.headline.uppercased()).joined(separator: "\n")]
    parts.append(verdict.sentences.flatMap { TerminalText.wrapped($0) }.joined(separator: "\n"))
    func add(_ title: String, _ table: ReportTable) {
      guard !table.rows.isEmpty else { return }
      parts.append("\(TerminalText.wrapped(title).joined(separator: "\n"))\n\n\(table.terminalText)")
    }
    add("Who was asked", encoderTable)
    add("How much", questionTable)
    add("What the attacks find, in percent with 95% intervals", attackTable)
    if let comparison = results.comparison {
      add(
        "On the same inputs, beside \(comparison.reference); p after Holm's correction",
        results.comparisonTable)
    }
    if let calibration = try calibrationTable() {
      add(
        "How often the three answers of infer --alpha are wrong, half of each group being known", calibration)
    }
    add("What the first few of the questions would have found", queryTable)
    let grouped = results.controls.filter { $0.swap == nil }
    if !results.attacks.isEmpty {
      parts.append(TerminalPlots.areas(results.attacks + grouped).joined(separator: "\n"))
    }
    if let first = results.attacks.first, let scores = try scores.scores(of: first) {
      parts.append(
        (["Scores by \(first.name)"].flatMap { TerminalText.wrapped($0) } + TerminalPlots.histogram(scores))
          .joined(separator: "\n"))
    }
    add("Controls, which must be at chance", controlTable)
    add("Captions swapped", results.swappedTable)
    if let surest = surestTable(isAnonymous: isAnonymous) { add("The inputs that it is surest of", surest) }
    add("How it was done", methodTable)
    let limits = (warnings(isAnonymous: isAnonymous) + AuditRecord.limits).flatMap { limit in
      TerminalText.wrapped(limit, indent: "  ").enumerated().map { $0 == 0 ? "- \($1.dropFirst(2))" : $1 }
    }
    parts.append((["Limits"] + limits).joined(separator: "\n"))
    return parts.joined(separator: "\n\n") + "\n"
  }
}

extension AuditPair {
  /// What both say beside each other, for a terminal of 80 columns.
  public var text: String {
    let verdict = PairVerdict(self)
    var parts = [
      TerminalText.wrapped(verdict.headline.uppercased()).joined(separator: "\n"),
      verdict.sentences.flatMap { TerminalText.wrapped($0) }.joined(separator: "\n"),
      "The encoders under audit\n\n\(encoderTable.terminalText)",
    ]
    if !rows.isEmpty {
      parts.append(
        "Areas before and after, in percent; p after Holm's correction\n\n\(areaTable.terminalText)")
      parts.append("Rates before and after, in percent\n\n\(rateTable.terminalText)")
    }
    return parts.joined(separator: "\n\n") + "\n"
  }
}

extension EpochSeries {
  /// The series for a terminal of 80 columns.
  /// - Parameter isAnonymous: whether its name is left out.
  public func text(isAnonymous: Bool = false) -> String {
    let title = isAnonymous ? "Over the epochs" : "Over the epochs: \(title)"
    let omissions = omissions(isAnonymous: isAnonymous).flatMap { TerminalText.wrapped($0) }
    return
      ([TerminalText.wrapped(title).joined(separator: "\n"), table.terminalText]
      + (omissions.isEmpty ? [] : [omissions.joined(separator: "\n")])).joined(separator: "\n\n") + "\n"
  }
}

extension FinishedExperiment {
  /// The experiment for a terminal of 80 columns.
  /// - Parameter isAnonymous: whether what warnings quote is left out.
  public func text(isAnonymous: Bool = false) -> String {
    let verdict = StudyVerdict(self)
    let limits = (warnings(isAnonymous: isAnonymous) + FinishedExperiment.limits).flatMap { limit in
      TerminalText.wrapped(limit, indent: "  ").enumerated().map { $0 == 0 ? "- \($1.dropFirst(2))" : $1 }
    }
    return [
      TerminalText.wrapped(verdict.headline.uppercased()).joined(separator: "\n"),
      verdict.sentences.flatMap { TerminalText.wrapped($0) }.joined(separator: "\n"), results.tablesText,
      "How it was done\n\n\(methodTable.terminalText)", (["Limits"] + limits).joined(separator: "\n"),
    ].joined(separator: "\n\n") + "\n"
  }
}
