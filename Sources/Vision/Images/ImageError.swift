import Files

/// Why a picture could not be read or written.
public enum ImageError: ExplainedError, Equatable {
  /// The file cannot be opened or read.
  case unreadable(file: String, reason: String)
  /// The first bytes are those of no format that is read here.
  case unknownFormat(file: String)
  /// The file ends early or contradicts itself.
  case corrupt(file: String, format: String, reason: String)
  /// The header claims more pixels than are allowed; none were decoded.
  case tooLarge(file: String, width: Int, height: Int, limit: Int)
  /// The file could not be written.
  case notWritten(file: String, reason: String)

  /// A file that cannot be read, as an error about the picture in it.
  package init(_ error: FileError) { self = .unreadable(file: error.file, reason: error.reason) }

  /// The file that the error is about.
  public var file: String {
    switch self {
    case .unreadable(let file, _), .unknownFormat(let file), .corrupt(let file, _, _),
      .tooLarge(let file, _, _, _), .notWritten(let file, _):
      return file
    }
  }

  /// What is wrong, without the file's name.
  public var reason: String {
    switch self {
    case .unreadable(_, let reason):
      return "cannot be read (\(reason)); check that it exists and may be read"
    case .unknownFormat:
      return "is neither PNG nor JPEG by its first bytes; convert it to one of these"
    case .corrupt(_, let format, let reason):
      return "is a damaged \(format) file (\(reason)); replace it or take it out"
    case .tooLarge(_, let width, let height, let limit):
      return "claims \(width)x\(height) pixels, more than the \(limit) allowed; "
        + "scale it down or raise the pixel limit"
    case .notWritten(_, let reason):
      return "cannot be written (\(reason)); check the folder and the free space"
    }
  }

  /// File and reason in one sentence.
  public var description: String { "\(file): \(reason)" }
}
