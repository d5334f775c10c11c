import Attack
import Data
import Files
import Foundation

/// `scores.csv` of an attack: a row for each input of target and shadow, with the score and the decision of each attack and
/// control.
///
/// The columns are `input`, its name; `of`, whose it is, `target` or `shadow`; `group`, what it truly is, `member` or
/// `nonmember`; then `NAME score` and `NAME decision` for each name in `results.json` without commas, with `control: `
/// before those of controls. Cells are empty where an attack does not score an input. The shadow's inputs are those that
/// attacks have learned from.
///
/// A score orders inputs, higher for surer members; it is no probability, and scores of two attacks do not compare.
public enum ScoresFile {
  /// The name of the file in a run folder.
  public static let name = "scores.csv"

  /// The text of the file: the target's inputs before the shadow's, members before nonmembers.
  ///
  /// - Parameters:
  ///   - columns: what is said of the inputs.
  ///   - inputs: names of the inputs, as many as there are scores in each group.
  public static func text(
    _ columns: [ScoreColumn], of inputs: [AuditGroup: MembershipGroups<[String]>]
  ) -> String {
    let titles =
      ["input", "of", "group"] + columns.flatMap { ["\($0.title) score", "\($0.title) decision"] }
    var text = DelimitedText.line(titles, .csv)
    for (group, membership) in AuditGroup.allCases.flatMap({ group in
      Membership.allCases.map { (group, $0) }
    }) {
      guard let names = inputs[group]?[membership] else { continue }
      let scores = columns.map { $0.scores[group]?[membership] }
      precondition(
        scores.allSatisfy { ($0?.count ?? names.count) == names.count },
        "ScoresFile: \(scores.map { $0?.count }) scores for \(names.count) inputs")
      for (index, name) in names.enumerated() {
        let verdicts = zip(columns, scores).flatMap { column, scores in
          guard let score = scores?[index] else { return ["", ""] }
          return [shortest(score), score >= column.threshold ? "member" : "nonmember"]
        }
        text += DelimitedText.line([name, group.rawValue, membership.rawValue] + verdicts, .csv)
      }
    }
    return text
  }

  /// An input of the target with its score.
  struct Scored {
    let input: String
    let score: Double
  }

  /// The target's inputs with their scores by an attack's name without commas, in the order of the file; nil where the
  /// attack has no column, or one of the groups no score.
  /// - Throws: `FileError`.
  static func target(of attack: String, in folder: URL) throws -> MembershipGroups<[Scored]>? {
    var text = try DelimitedText(folder.appending(path: name).path, .csv)
    guard let titles = text.next()?.fields.map({ String(decoding: $0, as: UTF8.self) }),
      let column = titles.firstIndex(of: "\(attack) score")
    else { return nil }
    var found = MembershipGroups<[Scored]>(members: [], nonmembers: [])
    while let row = text.next() {
      let fields = row.fields.map { String(decoding: $0, as: UTF8.self) }
      guard fields.count == titles.count, fields[1] == AuditGroup.target.rawValue,
        let score = Double(fields[column]), let group = Membership(rawValue: fields[2])
      else { continue }
      found[group].append(Scored(input: fields[0], score: score))
    }
    return found.members.isEmpty || found.nonmembers.isEmpty ? nil : found
  }

  /// A number in as few digits as tell it apart: most scores are of single precision, and stand in the digits that tell
  /// them from others of that precision. A number that is none of them gets a zero more where its digits would be taken for
  /// one.
  static func shortest(_ score: Double) -> String {
    let single = Float(score)
    if Double(single) == score { return String(single) }
    let text = String(score)
    guard let taken = Float(text), String(taken) == text else { return text }
    let parts = text.split(separator: "e", maxSplits: 1)
    return parts[0] + (parts[0].contains(".") ? "0" : ".0") + (parts.count > 1 ? "e" + parts[1] : "")
  }

  /// Writes `scores.csv` into a run folder, whole or not at all.
  /// - Throws: `FileError`.
  public static func write(
    _ columns: [ScoreColumn], of inputs: [AuditGroup: MembershipGroups<[String]>], to folder: URL
  ) throws {
    try makeFolder(folder)
    try atomicWrite(Data(text(columns, of: inputs).utf8), to: folder.appending(path: name))
  }
}
