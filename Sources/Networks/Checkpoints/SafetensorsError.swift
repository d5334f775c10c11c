import Files

/// A file is not in safetensors format, or does not hold what is asked for.
public enum SafetensorsError: ExplainedError, Equatable {
  /// The file ends before what its header says.
  case truncated(file: String, expected: Int, found: Int)
  /// The header breaks the format's rules.
  case badHeader(file: String, reason: String)
  /// One entry of the header breaks the format's rules.
  case badEntry(file: String, tensor: String, reason: String)
  /// There is no tensor of that name.
  case noTensor(file: String, name: String)
  /// The numbers cannot be had in the form asked for.
  case unreadable(file: String, tensor: String, reason: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .truncated(let file, let expected, let found):
      return "\(file): cut off: \(expected) bytes expected, \(found) found. Copy or write it again."
    case .badHeader(let file, let reason):
      return "\(file): not a valid safetensors file: \(reason). Check that it is one, or write it again."
    case .badEntry(let file, let tensor, let reason):
      return "\(file): not a valid safetensors file: tensor “\(excerpt(tensor))”: \(reason). Write it again."
    case .noTensor(let file, let name):
      return "\(file): holds no tensor “\(excerpt(name))”. Check that it is the file meant."
    case .unreadable(let file, let tensor, let reason):
      return "\(file): tensor “\(excerpt(tensor))” cannot be read: \(reason). Convert it to F32 first."
    }
  }
}
