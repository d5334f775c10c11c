import Data
import Files

/// Why results of an audit cannot be shown.
public enum ReportError: ExplainedError, Equatable {
  /// A folder without results.
  case noResults(String, experiments: [String] = [])
  /// A file of scores that cannot be read.
  case scores(file: String, line: Int, reason: String)
  /// Results, scores and settings that do not fit each other.
  case unlike(folder: String, NumberCheck.Disagreement, count: Int)
  /// An experiment whose results are not those of its trials.
  case unlikeTrials(folder: String, NumberCheck.Disagreement, count: Int)
  /// Scores of other inputs than the results count.
  case otherCounts(folder: String, recorded: MembershipGroups<Int>, found: MembershipGroups<Int>)
  /// A number that cannot be: a rate outside 0...1, an interval that does not hold its value, a name that is there twice.
  case impossible(folder: String, name: String, reason: String)
  /// Audits of more than a bundle may hold.
  case tooLarge(what: String, found: Int, limit: Int)
  /// Two audits without an input in both groups that is in both.
  case nothingInCommon(String, String)
  /// A run whose encoder is not the one that was audited.
  case otherEncoder(folder: String, run: String)
  /// A run whose groups are not those that were audited.
  case otherInputs(folder: String, run: String)
  /// A place where nothing may be overwritten.
  case occupied(String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .noResults(let folder, let experiments) where !experiments.isEmpty:
      "\(folder) holds experiments; give one or more of them: "
        + excerpt(experiments.map { "\(folder)/\($0)" }.joined(separator: " "), most: 1000)
    case .noResults(let folder, _):
      "\(folder): it has no results.json, nor has a folder in it, and no experiment.json. Give a folder that `encodermi "
        + "attack` wrote, or one of an experiment."
    case .scores(let file, let line, let reason):
      "\(file), line \(line): \(excerpt(reason, most: 300)). Make the results again by `encodermi attack`."
    case .unlike(let folder, let first, let count):
      "\(folder)/\(first.description)\(count > 1 ? "; \(count - 1) more do not fit" : ""). The files belong to different "
        + "audits or were changed. Make the results again by `encodermi attack`."
    case .unlikeTrials(let folder, let first, let count):
      "\(folder)/\(first.description)\(count > 1 ? "; \(count - 1) more do not fit" : ""). It was changed, or made of other "
        + "trials. Put them together again by `encodermi experiment merge`."
    case .otherCounts(let folder, let recorded, let found):
      "\(folder): results.json counts \(recorded.members) members and \(recorded.nonmembers) nonmembers of the target, "
        + "scores.csv \(found.members) and \(found.nonmembers). Make the results again by `encodermi attack`."
    case .impossible(let folder, let name, let reason):
      "\(folder): of '\(excerpt(name))' results.json says what cannot be: \(excerpt(reason)). Make the results again by "
        + "`encodermi attack`."
    case .tooLarge(let what, let found, let limit):
      "\(what): \(found), and a bundle that `encodermi verify` reads has at most \(limit). Bundle fewer audits at once."
    case .nothingInCommon(let before, let after):
      "\(before) and \(after): no member, or no nonmember, has the same name in both. Give two audits of the same inputs."
    case .otherEncoder(let folder, let run):
      "\(run): its encoder is not the one that \(folder) is of. Give the run that was attacked."
    case .otherInputs(let folder, let run):
      "\(run): its members and nonmembers are not those in \(folder)/scores.csv. Give the run that was attacked, with its own "
        + "split."
    case .occupied(let path): "\(path): it is not empty. Name a folder that is empty or not there."
    }
  }
}
