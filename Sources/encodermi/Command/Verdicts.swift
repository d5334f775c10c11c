import Files
import ArgumentParser
import Attack
import Experiments
import Foundation
import Report

/// What a classifier says of inputs, for people and for programs.
struct Verdicts {
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case table, csv, json
  }

  /// What identifies an input: an image's file, a caption, or both.
  struct Input {
    var file: String?
    var caption: String?
  }

  /// One line of the answer; a file or a caption that was not asked about has no key.
  struct Row: Codable {
    let file: String?
    let caption: String?
    let verdict: String
    let score: Float
    /// Nil where nothing was learned that gives one.
    let threshold: Float?
    /// Of the hypothesis that it is no member; nil without a level of error.
    var p: Double?
    /// Which error rate the verdict supports; nil for the classifier's own, which stands in its attack's results.
    var errorRate: String?
  }

  /// What is said where the attack was not told from chance.
  static let undecided = "cannot tell"
  /// What is said where nothing is known that a verdict could rest on.
  static let unsupported = "none"

  let rows: [Row]

  /// - Parameter tells: whether the attack was told from chance; without, there are scores and no verdicts.
  init(_ inputs: [Input], scores: [Float], threshold: Float?, tells: Bool) {
    rows = zip(inputs, scores).map { input, score in
      Row(
        file: input.file, caption: input.caption,
        verdict: !tells
          ? Verdicts.undecided : threshold.map { score >= $0 } ?? false ? "member" : "nonmember",
        score: score, threshold: threshold)
    }
  }

  private init(rows: [Row]) { self.rows = rows }

  /// The same inputs judged by scores of others whose membership is known; those without a verdict get none, where the
  /// others are those that the classifier was measured on.
  func judged(by test: ConformalTest, at alpha: Double, isMeasured: Bool) -> Verdicts {
    judged(
      test.verdicts(of: rows.map { Double($0.score) }, at: alpha)[...], by: test, at: alpha,
      isMeasured: isMeasured)
  }

  /// The same where the verdicts of a level, which depend on all inputs together, are there already.
  func judged(
    _ verdicts: ArraySlice<ConformalVerdict>, by test: ConformalTest, at alpha: Double, isMeasured: Bool
  ) -> Verdicts {
    Verdicts(
      rows: zip(rows, verdicts).map { row, judged in
        Row(
          file: row.file, caption: row.caption,
          verdict: isMeasured && row.verdict == Verdicts.undecided ? row.verdict : judged.rawValue,
          score: row.score, threshold: isMeasured ? row.threshold : nil,
          p: test.nonmemberP(Double(row.score)),
          errorRate: isMeasured ? nil : "false discovery rate \(alpha)")
      })
  }

  /// The same scores, for which there is no verdict at all.
  var unjudged: Verdicts {
    Verdicts(
      rows: rows.map {
        Row(
          file: $0.file, caption: $0.caption, verdict: Verdicts.unsupported, score: $0.score, threshold: nil,
          errorRate: Verdicts.unsupported)
      })
  }

  /// How few of some inputs can be called member-like, if any are, where that is more than one and not too many: no p is
  /// below 1 / (n + 1), and by Benjamini and Hochberg k of m inputs are called where k of them have p <= k · alpha / m.
  static func crowded(inputs: Int, nonmembers: Int, at alpha: Double) -> String? {
    let least = (Double(inputs) / (alpha * Double(nonmembers + 1))).rounded(.up)
    guard least >= 2, least <= Double(inputs) else { return nil }
    return
      "of \(inputs) inputs at least \(Int(least)) are called member-like or none, as \(nonmembers) known nonmembers allow no "
      + "smaller p; more of them, or fewer inputs in a call, let fewer be called"
  }

  /// Which error rate verdicts by known inputs support, in a sentence.
  static func support(score: String, nonmembers: Int, members: Int, at alpha: Double) -> String {
    let low =
      members > 0
      ? "; of those called not a member the same holds by \(members) known members"
      : "; without known members nobody can be called not a member"
    return
      "by \(score) and \(nonmembers) known nonmembers: of the inputs called member-like a share of at most \(alpha) is "
      + "expected to be wrong (conformal p, Benjamini and Hochberg), if the known nonmembers are like the inputs but for "
      + "membership" + low
  }

  /// Why nobody can be called member-like.
  static func tooFew(at alpha: Double) -> String {
    "n + 1 < 1 / alpha: with fewer than \(ConformalTest.needed(at: alpha)) known nonmembers nobody can be called "
      + "member-like; take more of them, or a larger alpha"
  }

  /// How many of each verdict, in words.
  var counted: String {
    if rows.contains(where: { $0.p != nil }) {
      return ConformalVerdict.allCases.map { verdict in
        "\(rows.count { $0.verdict == verdict.rawValue }) \(verdict.rawValue)"
      }.joined(separator: ", ")
    }
    if rows.contains(where: { $0.verdict == Verdicts.unsupported }) { return "scores and no verdicts" }
    let members = rows.count { $0.verdict == "member" }
    if rows.contains(where: { $0.verdict == Verdicts.undecided }) {
      return "the attack is not told from chance"
    }
    return "\(members) taken for members, \(rows.count - members) for nonmembers"
  }

  private static func percent(_ value: Double) -> String { String(format: "%.1f", 100 * value) }

  /// An estimate with its interval in percent.
  static func percent(_ estimate: Estimate) -> String {
    "\(percent(estimate.value))% [\(percent(estimate.low)), \(percent(estimate.high))]"
  }

  /// What was measured with a classifier, and on what, in a few lines.
  static func words(for recipe: ClassifierRecipe) -> String {
    let measured = recipe.measured
    var lines = [
      "measured on \(recipe.target.name) (\(recipe.target.fingerprint)), learned on \(recipe.shadow.name):",
      "accuracy \(percent(measured.accuracy)), false positive rate \(percent(measured.falsePositiveRate))%, "
        + "AUC \(percent(measured.auc))",
    ]
    if let obstacle = recipe.obstacle { lines.append("\(obstacle): no verdict can be given") }
    lines += recipe.doubts.map { "control '\($0)' beat chance: the groups differed by themselves" }
    return lines.joined(separator: "\n")
  }

  func text(_ format: Format) throws -> String {
    if format == .json { return String(decoding: try Configuration.encode(rows), as: UTF8.self) }
    // A column stands where a row has something in it.
    typealias Column = (title: String, cell: (Row) -> String?)
    let isTable = format == .table
    func number(_ value: Float) -> String { isTable ? String(format: "%.4f", value) : "\(value)" }
    let all: [Column] = [
      ("file", { $0.file }), ("caption", { $0.caption }),
      // "cannot tell" stays in one line.
      ("verdict", { isTable ? $0.verdict.replacing(" ", with: "\u{A0}") : $0.verdict }),
      ("score", { number($0.score) }),
      ("threshold", { $0.threshold.map(number) }),
      ("p", { $0.p.map { isTable ? String(format: "%.4f", $0) : "\($0)" } }),
      // Beside a table a sentence says it.
      ("errorRate", { isTable ? nil : $0.errorRate }),
    ]
    let columns = all.filter { column in rows.contains { column.cell($0) != nil } }
    let header = columns.map(\.title)
    let lines = rows.map { row in columns.map { $0.cell(row) ?? "" } }
    guard isTable else { return ([header] + lines).map { DelimitedText.line($0, .csv) }.joined() }
    var table = ReportTable(header: header)
    for line in Verdicts.shortened(lines, header, to: Console.outputColumns) { table.append(line) }
    return Console.shown(table) + "\n"
  }

  /// Rows whose captions stand in one line, cut so that a row fits into so many columns beside the other cells; programs get
  /// the whole by the other formats. A file's name stays whole.
  static func shortened(_ rows: [[String]], _ header: [String], to columns: Int) -> [[String]] {
    guard let caption = header.firstIndex(of: "caption") else { return rows }
    let others = header.indices.filter { $0 != caption }.map { column in
      2 + (([header] + rows).map { PrintableText.columns($0[column]) }.max() ?? 0)
    }
    let room = max(narrowestCaption, columns - others.reduce(0, +))
    return rows.map { row in
      var row = row
      let line = row[caption].split(whereSeparator: \.isWhitespace).joined(separator: " ")
      row[caption] = TerminalLine.cut(PrintableText.line(line), to: room)
      return row
    }
  }

  private static let narrowestCaption = 20
}
