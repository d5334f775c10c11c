/// A configuration could not be read.
public enum ConfigurationError: ExplainedError, Equatable {
  /// The text is not JSON, or says one thing twice.
  case syntax(file: String, line: Int, reason: String)
  /// A key that nothing here knows, by its full path.
  case unknownKey(file: String, path: String, known: [String])
  /// A key that is needed is not there.
  case missingKey(file: String, path: String, present: [String])
  /// A value of the wrong kind or outside what is allowed.
  case invalidValue(file: String, path: String, reason: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .syntax(let file, let line, let reason):
      return "\(file), line \(line): not valid JSON: \(reason). Correct the file."
    case .unknownKey(let file, let path, let known):
      let remedy =
        known.isEmpty ? "Remove it." : "Remove it, or use one of: \(known.joined(separator: ", "))."
      return "\(file): unknown key “\(path)”. \(remedy)"
    case .missingKey(let file, let path, let present):
      let found = present.isEmpty ? "none" : present.joined(separator: ", ")
      return "\(file): the key “\(path)” is missing; the keys there are: \(found). Add it."
    case .invalidValue(let file, let path, let reason):
      let place = path.isEmpty ? "the document" : "“\(path)”"
      return "\(file): \(place) cannot be used: \(reason). Correct the value."
    }
  }
}
