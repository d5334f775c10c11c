import Foundation

/// An error whose description is a sentence for the user: what was found, what was expected, and what to do.
public protocol ExplainedError: LocalizedError, CustomStringConvertible, Sendable {}

extension ExplainedError {
  /// The description, so that `localizedDescription` says the same.
  public var errorDescription: String? { description }
}

/// A file could not be read or written.
public enum FileError: ExplainedError, Equatable {
  /// There is no such file or folder.
  case absent(file: String)
  /// The system refused; `reason` is its message.
  case refused(file: String, operation: String, reason: String)
  /// The disk is full, or the user's quota is reached.
  case noSpace(file: String)
  /// The file has fewer bytes than it must have, or than it had when it was opened.
  case endsEarly(file: String, expected: Int, found: Int)
  /// The file has more bytes than are read into memory.
  case tooLarge(file: String, found: Int, limit: Int)
  /// A packed file cannot be unpacked.
  case damaged(file: String, reason: String)

  /// The file or folder that the error is about.
  public var file: String {
    switch self {
    case .absent(let file), .refused(let file, _, _), .noSpace(let file), .endsEarly(let file, _, _),
      .tooLarge(let file, _, _), .damaged(let file, _):
      return file
    }
  }

  /// What was found, without the file's name and a remedy.
  public var reason: String {
    switch self {
    case .absent: return String(cString: strerror(ENOENT))
    case .refused(_, _, let reason), .damaged(_, let reason): return reason
    case .noSpace: return String(cString: strerror(ENOSPC))
    case .endsEarly(_, let expected, let found):
      return "it ends at byte \(found), \(expected) were expected"
    case .tooLarge(_, let found, let limit): return "it has \(found) bytes, at most \(limit) are allowed"
    }
  }

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .absent(let file):
      return "\(file): no such file or folder. Check the path, or make it with the command that writes it."
    case .refused(let file, let operation, let reason):
      return "\(file): \(operation) failed (\(reason)). Check the path, its permissions and its file system."
    case .noSpace(let file):
      return """
        \(file): no space left to write it; what was there before is unchanged. Free some space, or choose \
        another folder.
        """
    case .endsEarly(let file, _, _): return "\(file): \(reason). Fetch or write the file again."
    case .tooLarge(let file, _, _): return "\(file): \(reason). Check that it is the right file, or part it."
    case .damaged(let file, let reason):
      return "\(file): it cannot be unpacked: \(reason). Fetch the file again."
    }
  }

  /// Why Foundation could not do something, in the system's words where there are any: its own name no more than a number.
  package static func words(of error: any Error) -> String {
    var place: NSError? = error as NSError
    while let found = place {
      if found.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(found.code))) }
      place = found.userInfo[NSUnderlyingErrorKey] as? NSError
    }
    return error.localizedDescription
  }

  /// The error for a folder that cannot be made since something else is in its place, or a part of its path is no folder.
  static func inTheWay(_ path: String) -> FileError {
    .refused(
      file: path, operation: "making the folder",
      reason: obstacle(to: path).map { "\($0) is a file, not a folder" } ?? "something is in its place")
  }

  /// The part of a path that is there and no folder, or the path itself; nil where a folder can be made.
  static func obstacle(to path: String) -> String? {
    var place = path
    while !Paths.exists(place), !Paths.folder(of: place).isExactly(place) { place = Paths.folder(of: place) }
    return Paths.exists(place) && !Paths.isFolder(place) ? place : nil
  }

  /// The error for a failed system call.
  package static func fromSystem(_ code: Int32, _ file: String, _ operation: String) -> FileError {
    switch code {
    case ENOENT: return .absent(file: file)
    case ENOSPC, EDQUOT: return .noSpace(file: file)
    case EFBIG:
      return .refused(
        file: file, operation: operation,
        reason: "the limit on the size of files, `ulimit -f`, or that of the file system is reached")
    default: return .refused(file: file, operation: operation, reason: String(cString: strerror(code)))
    }
  }
}
