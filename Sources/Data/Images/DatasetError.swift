import Foundation

/// Why a data set could not be opened.
public enum DatasetError: Error, Sendable, Equatable, LocalizedError, CustomStringConvertible {
  /// Nothing is at the path.
  case notFound(path: String)
  /// The name before the colon is that of no format.
  case unknownFormat(name: String, location: String)
  /// The folder holds no pictures in the expected layout.
  case empty(path: String, expected: String)
  /// A file's size is no multiple of its records' size.
  case wrongRecordSize(file: String, recordBytes: Int, found: Int)
  /// A file's content contradicts the format.
  case malformed(file: String, reason: String)
  /// Part names were asked for that the data set does not have.
  case unknownPart(path: String, part: String, known: [String])
  /// Two pictures differ in size and no common size was asked for.
  case mixedSizes(path: String, first: String, second: String)
  /// The options contradict themselves.
  case invalidOptions(reason: String)
  /// No picture could be decoded.
  case nothingReadable(path: String, first: String)
  /// The pixels do not fit into memory.
  case outOfMemory(path: String, bytes: Int)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .notFound(let path):
      return "\(path): no such folder; check the path given as data"
    case .unknownFormat(let name, let location):
      let known = DatasetFormat.all.map(\.name).joined(separator: ", ")
      return "\(location): no data format is called '\(name)'; choose one of \(known), as in folder:PATH"
    case .empty(let path, let expected):
      return "\(path): no pictures found, expected \(expected)"
    case .wrongRecordSize(let file, let recordBytes, let found):
      return "\(file): \(found) bytes are not a whole, positive number of \(recordBytes)-byte records; "
        + "the file is incomplete or of another format, so fetch it again"
    case .malformed(let file, let reason):
      return "\(file): \(reason)"
    case .unknownPart(let path, let part, let known):
      return "\(path): has no part '\(part)'; its parts are \(known.joined(separator: ", "))"
    case .mixedSizes(let path, let first, let second):
      return "\(path): pictures differ in size (\(first), \(second)); name one image size for all"
    case .invalidOptions(let reason):
      return "data set options: \(reason)"
    case .nothingReadable(let path, let first):
      return "\(path): none of the pictures could be decoded; the first: \(first)"
    case .outOfMemory(let path, let bytes):
      return
        "\(path): \(bytes) bytes for pixels could not be had; lower the memory limit so that it is streamed"
    }
  }

  /// What is wrong and what to do.
  public var errorDescription: String? { description }
}
