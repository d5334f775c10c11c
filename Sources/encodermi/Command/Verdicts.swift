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
    let threshold: Float
    /// Of the hypothesis that it is no member; nil without a level of error.
    var p: Double?
  }

  /// What is said where the attack was not told from chance.
  static let undecided = "cannot tell"

  let rows: [Row]

  /// - Parameter tells: whether the attack was told from chance; without, there are scores and no verdicts.
  init(_ inputs: [Input], scores: [Float], threshold: Float, tells: Bool) {
    rows = zip(inputs, scores).map { input, score in
      Row(
        file: input.file, caption: input.caption,
        verdict: !tells ? Verdicts.undecided : score >= threshold ? "member" : "nonmember", score: score,
        threshold: threshold)
    }
  }

  private init(rows: [Row]) { self.rows = rows }

  /// The same inputs judged by scores of others whose membership is known; those without a verdict get none.
  func judged(by test: ConformalTest, at alpha: Double) -> Verdicts {
    let scores = rows.map { Double($0.score) }
    return Verdicts(
      rows: zip(rows, zip(scores, test.verdicts(of: scores, at: alpha))).map { row, judged in
        Row(
          file: row.file, caption: row.caption,
          verdict: row.verdict == Verdicts.undecided ? row.verdict : judged.1.rawValue, score: row.score,
          threshold: row.threshold, p: test.nonmemberP(judged.0))
      })
  }

  /// Why nobody can be called member-like.
  static func tooFew(at alpha: Double) -> String {
    "with fewer than \(ConformalTest.needed(at: alpha)) known nonmembers nobody can be called member-like; attack with more "
      + "--members, or take a larger one"
  }

  /// How many of each verdict, in words.
  var counted: String {
    if rows.contains(where: { $0.p != nil }) {
      return ConformalVerdict.allCases.map { verdict in
        "\(rows.count { $0.verdict == verdict.rawValue }) \(verdict.rawValue)"
      }.joined(separator: ", ")
    }
    let members = rows.count { $0.verdict == "member" }
    if rows.contains(where: { $0.verdict == Verdicts.undecided }) {
      return "the attack is not told from chance"
    }
    return "\(members) taken for members, \(rows.count - members) for nonmembers"
  }

  /// What was measured with a classifier, and on what, in a few lines.
  static func words(for recipe: ClassifierRecipe) -> String {
    let measured = recipe.measured
    func percent(_ value: Double) -> String { String(format: "%.1f", 100 * value) }
    func percent(_ estimate: Estimate) -> String {
      "\(percent(estimate.value))% [\(percent(estimate.low)), \(percent(estimate.high))]"
    }
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
    var header = ["verdict", "score", "threshold"]
    if rows.contains(where: { $0.p != nil }) { header.append("p") }
    if rows.contains(where: { $0.caption != nil }) { header.insert("caption", at: 0) }
    if rows.contains(where: { $0.file != nil }) { header.insert("file", at: 0) }
    switch format {
    case .json: return String(decoding: try Configuration.encode(rows), as: UTF8.self)
    case .csv:
      let lines = rows.map {
        [$0.file, $0.caption, $0.verdict, "\($0.score)", "\($0.threshold)", $0.p.map { "\($0)" }]
          .compactMap { $0 }
      }
      return ([header] + lines).map { DelimitedText.line($0, .csv) }.joined()
    case .table:
      var table = ReportTable(header: header)
      for row in rows {
        table.append(
          [
            row.file, row.caption.map(Verdicts.inOneLine), row.verdict, String(format: "%.4f", row.score),
            String(format: "%.4f", row.threshold), row.p.map { String(format: "%.4f", $0) },
          ].compactMap { $0 })
      }
      return Console.shown(table) + "\n"
    }
  }

  /// A caption short enough for a row of a table; programs get the whole.
  private static func inOneLine(_ caption: String) -> String {
    let line = caption.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let limit = 80
    return line.count > limit ? line.prefix(limit - 1) + "…" : line
  }
}
