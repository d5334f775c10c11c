import Files
import Foundation

/// Names of archives: one file, all of a folder, or a pattern with `{000..012}` and `{a,b}`.
enum ShardPattern {
  /// The most names that a pattern may stand for.
  static let largest = 100_000
  /// The most bytes that all of them may take together.
  static let mostBytes = 1 << 25

  /// The archives that a path stands for, in order.
  /// - Throws: ``DataError``, `FileError`.
  static func shards(_ path: String) throws -> [String] {
    if Paths.isFile(path) { return [path] }
    if Paths.isFolder(path) {
      let shards = try Paths.names(in: path).filter { Paths.suffix($0) == "tar" }.map { "\(path)/\($0)" }
      guard !shards.isEmpty else { throw DataError.incomplete(path: path, expected: "archives named *.tar") }
      return shards
    }
    // No system opens a longer path, and an error does not quote it whole.
    guard path.utf8.count < Int(PATH_MAX) else { throw DataError.notFound(path: excerpt(path)) }
    guard let shards = expanded(path) else {
      throw DataError.incomplete(
        path: path,
        expected:
          "a pattern such as shard-{000..012}.tar, at most \(largest) names, of \(mostBytes >> 20) MiB in all"
      )
    }
    for shard in shards where !Paths.isFile(shard) { throw DataError.notFound(path: shard) }
    return shards
  }

  /// All names that a pattern stands for; nil where a brace is not closed, a range is none, or they are too many.
  static func expanded(_ pattern: String) -> [String]? {
    guard let open = pattern.firstIndex(of: "{") else { return [pattern] }
    guard let close = pattern[open...].firstIndex(of: "}"),
      let choices = choices(pattern[pattern.index(after: open)..<close]),
      let rests = expanded(String(pattern[pattern.index(after: close)...])),
      choices.count * rests.count <= largest,
      choices.count * rests.count * pattern.utf8.count <= mostBytes
    else { return nil }
    let front = pattern[..<open]
    return choices.flatMap { choice in rests.map { front + choice + $0 } }
  }

  private static func choices(_ text: Substring) -> [String]? {
    guard let dots = text.firstRange(of: "..") else {
      return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let (first, last) = (text[..<dots.lowerBound], text[dots.upperBound...])
    guard let from = UInt32(first), let to = UInt32(last), from <= to, Int(to - from) < largest else {
      return nil
    }
    // As in a shell, the first number's leading zeros tell the width of all.
    return (from...to).map { number in
      let digits = String(number)
      return String(repeating: "0", count: max(0, first.count - digits.count)) + digits
    }
  }
}
