import Attack
import Files
import Foundation

/// The tables of a report, the same in a page, in a terminal and in files.
extension AuditRecord {
  /// Who was asked: what is known of each encoder.
  public var encoderTable: ReportTable {
    var table = ReportTable(header: ["encoder", "architecture", "trained by", "T", "N", "T/N", "usefulness"])
    let references = results.references.enumerated().map { ("reference \($0 + 1)", $1) }
    let shadow = results.shadow.map { [("shadow", $0)] } ?? []
    for (role, encoder) in [("target", results.target)] + shadow + references {
      table.append([
        role, encoder.encoder, encoder.algorithm ?? "unknown", encoder.epochs.map { "\($0)" } ?? "unknown",
        encoder.members.map { "\($0)" } ?? "unknown",
        encoder.epochsPerMember.map { String(format: "%.3g", $0) } ?? "-",
        encoder.utility.map { "\($0.measure) \(Verdict.percent($0.value))%" } ?? "not measured",
      ])
    }
    return table
  }

  /// How much each encoder was asked.
  public var questionTable: ReportTable {
    var table = ReportTable(header: ["asked", "pictures", "captions"])
    for (role, count) in results.questions.sorted(by: { $0.key < $1.key }) {
      // A role's name in JSON is one word: untrainedShadow.
      let words = role.map { $0.isUppercase ? " \($0.lowercased())" : "\($0)" }.joined()
      table.append([words, "\(count.pictures)", "\(count.captions)"])
    }
    return table
  }

  /// What EncoderMI-T finds with the first few of the views or variants that were asked about.
  public var queryTable: ReportTable { results.queryTable }

  /// The attacks with every rate.
  public var attackTable: ReportTable { AuditRecord.table("attack", results.attacks) }

  /// The controls with every rate, but those on swapped captions, which have a table of their own in the results.
  public var controlTable: ReportTable {
    AuditRecord.table("control", results.controls.filter { $0.swap == nil })
  }

  private static func table(_ what: String, _ rows: [AttackMetrics]) -> ReportTable {
    var table = ReportTable(header: [
      what, "accuracy", "precision", "recall", "false positives", "AUC", "TPR at 1% FPR", "TPR at 0.1% FPR",
    ])
    func cell(_ value: Estimate) -> String {
      "\(Verdict.percent(value.value)) [\(Verdict.percent(value.low)), \(Verdict.percent(value.high))]"
    }
    func cell(_ point: OperatingPoint) -> String {
      "\(cell(point.tpr)) at \(String(format: "%.2f", 100 * point.realisedFPR))"
    }
    for row in rows {
      table.append([
        row.name, cell(row.accuracy), row.precision.map(cell) ?? "-", cell(row.recall),
        Verdict.percent(row.falsePositiveRate), cell(row.auc), cell(row.tprAt1PercentFPR),
        cell(row.tprAt01PercentFPR),
      ])
    }
    return table
  }

  /// The inputs that the first attack is surest of, with what they truly are.
  /// - Parameter isAnonymous: whether numbers stand in place of their names.
  func surestTable(isAnonymous: Bool, most: Int = 10) -> ReportTable? {
    guard let first = results.attacks.first, let column = scores.column(first) else { return nil }
    let all =
      [("member", scores.inputs.members, column.members)]
      + [("nonmember", scores.inputs.nonmembers, column.nonmembers)]
    let rows = all.flatMap { group, names, scores in
      zip(names, scores).compactMap { name, score in score.map { (name: name, group: group, score: $0) } }
    }
    var table = ReportTable(header: ["input", "score", "taken for", "in truth"])
    // Equal scores stay in the order of the file.
    let order = rows.indices.sorted { (-rows[$0].score, $0) < (-rows[$1].score, $1) }
    for (place, index) in order.prefix(most).enumerated() {
      let row = rows[index]
      table.append([
        isAnonymous ? "input \(place + 1)" : row.name, String(format: "%.4g", row.score),
        row.score >= first.threshold ? "member" : "nonmember", row.group,
      ])
    }
    return table
  }

  /// How it was done: groups, questions, seeds, versions, fingerprints.
  public var methodTable: ReportTable {
    var table = ReportTable(header: ["method", "value"])
    let (counts, results) = (results.counts, results)
    var rows = [
      ("tested on", "\(counts.target.members) members, \(counts.target.nonmembers) nonmembers of the target"),
      (
        "learned from",
        counts.shadow.map { "\($0.members) members, \($0.nonmembers) nonmembers of the shadow" }
          ?? "no shadow; thresholds are of \(results.errorRate.calibrating ?? 0) calibrating nonmembers"
      ),
      ("error rates", results.errorRate.statement),
      (
        "questions an input",
        "\(results.queriesPerInput.pictures) pictures, \(results.queriesPerInput.captions) captions"
      ),
      ("auditor's knowledge", AuditRecord.words(results.knowledge)),
      ("feature sets", results.featureSets.map(FeatureSet.name).joined(separator: "; ")),
      ("embedding", results.layer.rawValue), ("similarity", results.similarity.rawValue),
    ]
    rows += results.views.map { [("views of an image", "\($0)")] } ?? []
    rows += results.variants.map { [("variants of a caption", "\($0)")] } ?? []
    for (title, values) in [
      ("seed", results.seeds.mapValues { "\($0)" }), ("version", results.versions),
      ("fingerprint of data", results.dataFingerprints),
      (
        "fingerprint of weights",
        ["target": results.target.fingerprint, "shadow": results.shadow?.fingerprint].compactMapValues { $0 }
      ),
    ] {
      rows += values.sorted { $0.key < $1.key }.map { ("\(title), \($0.key)", $0.value) }
    }
    rows.append(
      (
        "recomputed",
        "\(recomputed) of \(results.attacks.count + results.controls.count) attacks and controls "
          + "anew from the scores, equal to the results"
      ))
    for row in rows { table.append([row.0, row.1]) }
    return table
  }

  /// All settings, flat.
  /// - Parameter isAnonymous: whether paths of data are left out.
  func settingsTable(isAnonymous: Bool) throws -> ReportTable {
    var (table, settings) = (ReportTable(header: ["setting", "value"]), configuration)
    if isAnonymous { settings.downstream.data = nil }
    func add(_ value: JSONValue, _ path: String) {
      guard case .object(let members) = value else {
        if case .string(let text) = value { return table.append([path, text]) }
        return table.append([path, value.text])
      }
      for member in members { add(member.value, path.isEmpty ? member.key : "\(path).\(member.key)") }
    }
    add(try JSONParser.parse(try Configuration.encode(settings)), "")
    return table
  }

  private static func words(_ knowledge: CaptionKnowledge) -> String {
    switch knowledge {
    case .exact: "the image and the caption of pre-training"
    case .other: "the image and another caption of it"
    case .template: "the image and a caption made by a template"
    case .imageOnly: "the image alone"
    case .captionOnly: "the caption of pre-training alone"
    }
  }

  /// What must be said of every audit.
  static let limits = [
    "Intervals are of 95% and cover which inputs were drawn. They do not cover that an encoder trained anew, with other "
      + "seeds, would remember other inputs.",
    "Members and nonmembers were tested in the numbers given above. Where members are rarer, more of those that are "
      + "taken for members are none.",
    "A score orders inputs. It is no probability that one was a member, and a verdict on a single input errs as often "
      + "as the rates above say.",
    "TPR at a rate of false positives is measured at the rate that is written behind \u{201C}at\u{201D}; its threshold "
      + "was chosen on the same nonmembers, which its interval does not cover.",
    "An attack that finds nothing shows that this attack finds nothing.",
  ]

  /// How often the three answers of `infer --alpha` are wrong by the first attack's scores; nil where there are too few.
  /// - Throws: `EvaluationError`.
  public func calibrationTable() throws -> ReportTable? {
    guard let first = results.attacks.first, let scores = try scores.scores(of: first) else { return nil }
    return try VerdictCalibration(scores)?.table
  }

  /// Accuracy and AUC with the first few of the questions, of the first attack that has them.
  private var queryChart: Chart? {
    let name = results.byQueries.first?.attack
    let points = results.byQueries.filter { $0.attack == name }
    guard let name, points.count > 1 else { return nil }
    func curve(_ what: String, _ value: (QueryPoint) -> Estimate) -> LineChart.Curve {
      LineChart.Curve(
        name: what,
        points: points.map { point in
          let found = value(point)
          return LineChart.Point(x: Double(point.queries), y: found.value, interval: (found.low, found.high))
        })
    }
    return LineChart.chart(
      "queries", "AUC and accuracy of \(name) by the questions about an input, with the 95% band of the AUC",
      [curve("AUC", \.auc), curve("accuracy", \.accuracy)], axis: "views or variants asked about")
  }

  /// ROC curves of the first attack, of the one that finds most at 1% false positives and of a control, precision and recall of the same, scores of the
  /// first attack, how often the three answers by them are wrong, what fewer questions would have found, areas of all.
  /// - Throws: `EvaluationError`.
  public func charts() throws -> [Chart] {
    var charts: [Chart] = []
    let grouped = results.controls.filter { $0.swap == nil }
    var attacks = results.attacks
    if let first = attacks.first {
      let (best, others) = (Verdict.strictest(results).attack.name, attacks.dropFirst())
      attacks = [first] + others.filter { $0.name == best } + others.filter { $0.name != best }
    }
    let shown = attacks.prefix(Chart.curveStyles.count - 1) + grouped.prefix(1)
    let curves = try shown.compactMap { metrics in
      try scores.scores(of: metrics).map {
        ROCChart.Curve(name: (metrics.family == nil ? "" : "control: ") + metrics.name, roc: $0.roc)
      }
    }
    if !curves.isEmpty { charts += [ROCChart.chart(curves), PrecisionChart.chart(curves)] }
    if let first = results.attacks.first, let scores = try scores.scores(of: first) {
      charts.append(ScoreHistogram.chart(first.name, scores))
      if let calibration = try VerdictCalibration(scores) {
        charts.append(CalibrationChart.chart(first.name, calibration))
      }
    }
    if let chart = queryChart { charts.append(chart) }
    if !results.attacks.isEmpty || !grouped.isEmpty {
      charts.append(AreaChart.chart(attacks: results.attacks, controls: grouped))
    }
    return charts
  }
}
