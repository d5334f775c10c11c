import Foundation

/// A file could not be read or written.
public enum FileError: ExplainedError, Equatable {
  /// There is no such file or folder.
  case absent(file: String)
  /// The system refused; `reason` is its message.
  case refused(file: String, operation: String, reason: String)
  /// The disk is full, or the user's quota or file size limit is reached.
  case noSpace(file: String)

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
