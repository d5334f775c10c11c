import Files

/// Why pairs of images and captions could not be opened.
public enum PairError: ExplainedError, Equatable {
  /// Nothing is at the path.
  case notFound(path: String)
  /// No format recognises what is at the path.
  case unknownLayout(path: String)
  /// The files that a format consists of are not there.
  case incomplete(path: String, expected: String)
  /// There are no captions in the language asked for.
  case unknownLanguage(path: String, language: String, known: [String])
  /// There is no official split of the name asked for.
  case unknownPartition(path: String, partition: String, known: [String])
  /// A table lacks a column.
  case missingColumn(file: String, wanted: [String], found: [String])
  /// A line breaks its format; counted from 1.
  case malformed(file: String, line: Int, reason: String)
  /// Bytes are not UTF-8; the offset is counted from the start of the file.
  case brokenText(file: String, line: Int?, offset: Int)
  /// An archive ends before its end.
  case cutShort(shard: String, offset: Int, expected: String, found: String)
  /// An archive's bytes are not what the format says.
  case damagedShard(shard: String, offset: Int, reason: String)
  /// An archive's member cannot be used.
  case badMember(shard: String, member: String, reason: String)
  /// Something was found that the options refuse.
  case refused(PairOmission)
  /// No pair is left.
  case noPairs(path: String, omitted: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .notFound(let path):
      return "\(path): no such file or folder; check the path, which may follow the name of a format and a "
        + "colon: \(PairFormat.listing)"
    case .unknownLayout(let path):
      return "\(path): no known layout of pairs; expected \(PairFormat.listing)"
    case .incomplete(let path, let expected):
      return "\(path): expected \(expected); fetch the missing files, or name another format"
    case .unknownLanguage(let path, let language, let known):
      return "\(path): has no captions in “\(language)”; its languages are \(known.joined(separator: ", "))"
    case .unknownPartition(let path, let partition, let known):
      return known.isEmpty
        ? "\(path): has no official splits, so “\(partition)” cannot be chosen; leave partitions out"
        : "\(path): has no split “\(partition)”; its splits are \(known.joined(separator: ", "))"
    case .missingColumn(let file, let wanted, let found):
      return "\(file): has no column \(wanted.map { "“\($0)”" }.joined(separator: " or ")); its columns are "
        + "\(found.joined(separator: ", ")); name one of these"
    case .malformed(let file, let line, let reason):
      return "\(file), line \(line): \(reason); correct the line, or skip damaged records"
    case .brokenText(let file, let line, let offset):
      return "\(file)\(line.map { ", line \($0)" } ?? ""): byte \(offset) does not continue UTF-8 text; "
        + "save the file as UTF-8, or have broken text repaired"
    case .cutShort(let shard, let offset, let expected, let found):
      return
        "\(shard): cut short at byte \(offset), expected \(expected), found \(found); fetch it again, or "
        + "skip damaged records to use what comes before"
    case .damagedShard(let shard, let offset, let reason):
      return
        "\(shard): no tar header at byte \(offset) (\(reason)); fetch it again, or skip damaged records to "
        + "use what comes before"
    case .badMember(let shard, let member, let reason):
      return "\(shard): member “\(member)” \(reason); pack the archive anew, or skip damaged records"
    case .refused(let omission):
      return "\(omission.name): \(omission.kind.words) (\(omission.reason)); correct the data, or set "
        + "\(omission.kind.option) to skip"
    case .noPairs(let path, let omitted):
      return "\(path): no pair of an image and a caption is left; \(omitted)"
    }
  }
}
