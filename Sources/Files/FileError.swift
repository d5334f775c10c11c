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
  /// The disk is full, or the user's quota or file size limit is reached.
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

  /// The error for a failed system call.
  package static func fromSystem(_ code: Int32, _ file: String, _ operation: String) -> FileError {
    switch code {
    case ENOENT: return .absent(file: file)
    case ENOSPC, EDQUOT, EFBIG: return .noSpace(file: file)
    default: return .refused(file: file, operation: operation, reason: String(cString: strerror(code)))
    }
  }
}
