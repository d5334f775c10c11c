import Data
import Files

/// Why results of an audit cannot be shown.
public enum ReportError: ExplainedError, Equatable {
  /// A folder without results.
  case noResults(String)
  /// A file of scores that cannot be read.
  case scores(file: String, line: Int, reason: String)
  /// Scores that give other numbers than the results say.
  case otherNumbers(folder: String, name: String, recorded: Double, recomputed: Double)
  /// Scores of other inputs than the results count.
  case otherCounts(folder: String, recorded: MembershipGroups<Int>, found: MembershipGroups<Int>)
  /// A rate or a probability outside 0...1.
  case noRate(folder: String, name: String, value: Double)
  /// A place where nothing may be overwritten.
  case occupied(String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .noResults(let folder):
      "\(folder): it has no results.json, nor has a folder in it. Give a folder that `encodermi attack` wrote."
    case .scores(let file, let line, let reason):
      "\(file), line \(line): \(excerpt(reason, most: 300)). Make the results again by `encodermi attack`."
    case .otherNumbers(let folder, let name, let recorded, let recomputed):
      "\(folder): a number of '\(excerpt(name))' is \(recorded) in results.json and \(recomputed) by scores.csv; the "
        + "files belong to different audits or were changed. Make the results again by `encodermi attack`."
    case .otherCounts(let folder, let recorded, let found):
      "\(folder): results.json counts \(recorded.members) members and \(recorded.nonmembers) nonmembers of the target, "
        + "scores.csv \(found.members) and \(found.nonmembers). Make the results again by `encodermi attack`."
    case .noRate(let folder, let name, let value):
      "\(folder): a rate of '\(excerpt(name))' is \(value) in results.json, which is outside 0...1. Make the results again "
        + "by `encodermi attack`."
    case .occupied(let path): "\(path): it is not empty. Name a folder that is empty or not there."
    }
  }
}
