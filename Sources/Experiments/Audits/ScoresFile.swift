import Attack
import Data
import Files
import Foundation

/// `scores.csv` of an attack: a line for each input that was tested, with each attack's score and decision.
///
/// A score orders inputs, higher for surer members; it is no probability, and scores of two attacks do not compare.
public enum ScoresFile {
  /// The name of the file in a run folder.
  public static let name = "scores.csv"

  /// The text of the file: members first, then nonmembers.
  ///
  /// - Parameters:
  ///   - inputs: names of the inputs, as many as there are scores in each group.
  ///   - attacks: names and scores.
  public static func text(
    inputs: MembershipGroups<[String]>, attacks: [(name: String, scores: MembershipScores)]
  ) -> String {
    for attack in attacks {
      precondition(
        attack.scores.groups.map(\.count) == inputs.map(\.count),
        "ScoresFile: \(attack.scores.groups.map(\.count)) scores for \(inputs.map(\.count)) inputs")
    }
    let titles = ["input", "group"] + attacks.flatMap { ["\($0.name) score", "\($0.name) decision"] }
    var text = DelimitedText.line(titles, .csv)
    func append(
      _ group: String, _ names: [String], _ scores: KeyPath<MembershipGroups<[Double]>, [Double]>
    ) {
      for (index, name) in names.enumerated() {
        let verdicts = attacks.flatMap { attack in
          let score = attack.scores.groups[keyPath: scores][index]
          return [String(Float(score)), score >= attack.scores.threshold ? "member" : "nonmember"]
        }
        text += DelimitedText.line([name, group] + verdicts, .csv)
      }
    }
    append("member", inputs.members, \.members)
    append("nonmember", inputs.nonmembers, \.nonmembers)
    return text
  }

  /// Writes `scores.csv` into a run folder, whole or not at all.
  /// - Throws: `FileError`.
  public static func write(
    inputs: MembershipGroups<[String]>, attacks: [(name: String, scores: MembershipScores)], to folder: URL
  ) throws {
    try makeFolder(folder)
    try atomicWrite(Data(text(inputs: inputs, attacks: attacks).utf8), to: folder.appending(path: name))
  }
}
