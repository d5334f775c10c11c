import Files

/// Why a data set could not be opened.
public enum DataError: ExplainedError, Equatable {
  /// Nothing is at the path.
  case notFound(path: String)
  /// The name before the colon is that of no format.
  case unknownFormat(name: String, location: String)
  /// No format recognises what is at the path.
  case unknownLayout(path: String)
  /// Captions are needed and the format has none.
  case noCaptions(path: String, format: String)
  /// The folder holds no pictures in the expected layout.
  case noPictures(path: String, expected: String)
  /// The files that a format consists of are not there.
  case incomplete(path: String, expected: String)
  /// A part was asked for that the data set does not have.
  case unknownPart(path: String, part: String, known: [String])
  /// There are no captions in the language asked for.
  case unknownLanguage(path: String, language: String, known: [String])
  /// A table lacks a column.
  case missingColumn(file: String, wanted: [String], found: [String])
  /// A file, or a line of it counted from 1, contradicts its format.
  case malformed(file: String, line: Int? = nil, reason: String)
  /// A file's size is no multiple of its records' size.
  case wrongRecordSize(file: String, recordBytes: Int, found: Int)
  /// Bytes are not UTF-8; the offset is counted from the start of the file.
  case brokenText(file: String, line: Int?, offset: Int)
  /// An escape in JSON is half of a surrogate pair; the offset is counted from the start of the file.
  case halfSurrogate(file: String, line: Int?, offset: Int)
  /// An archive ends before its end.
  case cutShort(shard: String, offset: Int, expected: String, found: String)
  /// An archive's bytes are not what the format says.
  case damagedShard(shard: String, offset: Int, reason: String)
  /// An archive is packed by gzip.
  case packedShard(shard: String)
  /// Something other than zeros follows an archive's end.
  case furtherArchive(shard: String, offset: Int)
  /// An archive's member cannot be used.
  case badMember(shard: String, member: String, reason: String)
  /// Something was found that the options refuse.
  case refused(Omission)
  /// No picture could be decoded.
  case nothingReadable(path: String, first: String)
  /// No pair is left.
  case noPairs(path: String, omitted: String)
  /// Two pictures differ in size and no common size was asked for.
  case mixedSizes(path: String, first: String, second: String)
  /// The pixels do not fit into memory.
  case outOfMemory(path: String, bytes: Int)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .notFound(let path):
      return
        "\(path): no such file or folder; check the path, which may follow the name of a format and a colon, as in "
        + "folder:PATH"
    case .unknownFormat(let name, let location):
      let names = DataFormat.all.map(\.name)
      let (near, known) = (nearest(to: name, among: names), names.joined(separator: ", "))
      return "\(location): no data format is called '\(name)'; "
        + (near.isEmpty ? "the" : "did you mean \(near.joined(separator: " or "))? The")
        + " formats are \(known), as in folder:PATH"
    case .unknownLayout(let path):
      return "\(path): no known layout of pictures; name its format, as in folder:PATH: "
        + DataFormat.all.map(\.name).joined(separator: ", ")
    case .noCaptions(let path, let format):
      return "\(path): the format \(format) has no captions; give one of "
        + DataFormat.listing(withCaptions: true)
    case .noPictures(let path, let expected):
      return "\(path): no pictures found, expected \(expected)"
    case .incomplete(let path, let expected):
      return "\(path): expected \(expected); fetch the missing files, or name another format"
    case .unknownPart(let path, let part, let known):
      return known == ["all"]
        ? "\(path): has no official splits, so “\(part)” cannot be chosen; leave parts out"
        : "\(path): has no part “\(part)”; its parts are \(excerpt(known))"
    case .unknownLanguage(let path, let language, let known):
      return "\(path): has no captions in “\(language)”; its languages are \(excerpt(known))"
    case .missingColumn(let file, let wanted, let found):
      return "\(file): has no column \(wanted.map { "“\($0)”" }.joined(separator: " or ")); its columns are "
        + "\(excerpt(found)); name one of these"
    case .malformed(let file, nil, let reason):
      return "\(file): \(reason)"
    case .malformed(let file, .some(let line), let reason):
      return "\(file), line \(line): \(reason); correct the line, or skip damaged records"
    case .wrongRecordSize(let file, let recordBytes, let found):
      return "\(file): \(found) bytes are not a whole, positive number of \(recordBytes)-byte records; "
        + "the file is incomplete or of another format, so fetch it again"
    case .brokenText(let file, let line, let offset):
      return "\(file)\(line.map { ", line \($0)" } ?? ""): byte \(offset) does not continue UTF-8 text; "
        + "save the file as UTF-8, or have broken text repaired"
    case .halfSurrogate(let file, let line, let offset):
      return
        "\(file)\(line.map { ", line \($0)" } ?? ""): the escape at byte \(offset) is half of a surrogate "
        + "pair; correct it, or have broken text repaired"
    case .cutShort(let shard, let offset, let expected, let found):
      return
        "\(shard): cut short at byte \(offset), expected \(expected), found \(found); fetch it again, or "
        + "skip damaged records to use what comes before"
    case .damagedShard(let shard, let offset, let reason):
      return
        "\(shard): no tar header at byte \(offset) (\(reason)); fetch it again, or skip damaged records to "
        + "use what comes before"
    case .packedShard(let shard):
      return
        "\(shard): is packed by gzip, in which pictures cannot be found by their place; unpack it by gunzip"
    case .furtherArchive(let shard, let offset):
      return
        "\(shard): more follows the archive's end mark at byte \(offset), as where archives were joined by cat; "
        + "give each as a file of its own, or skip damaged records to use the first"
    case .badMember(let shard, let member, let reason):
      return "\(shard): member “\(member)” \(reason); pack the archive anew, or skip damaged records"
    case .refused(let omission):
      return "\(omission.name): \(omission.kind.words) (\(omission.reason)); correct the data, or set "
        + "\(omission.kind.option) to skip"
    case .nothingReadable(let path, let first):
      return "\(path): none of the pictures could be decoded; the first: \(first)"
    case .noPairs(let path, let omitted):
      return "\(path): no pair of an image and a caption is left; \(omitted)"
    case .mixedSizes(let path, let first, let second):
      return "\(path): pictures differ in size (\(first), \(second)); name one image size for all"
    case .outOfMemory(let path, let bytes):
      return
        "\(path): \(bytes) bytes for pixels could not be had; lower the memory limit so that it is streamed"
    }
  }
}
