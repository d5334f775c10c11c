import Files

/// A tokenizer's files cannot be used.
public enum TokenizerError: ExplainedError, Equatable {
  /// A line that is wrong, counted from 1.
  case line(file: String, line: Int, reason: String)
  /// A vocabulary without a piece that it must have.
  case missing(file: String, piece: String, purpose: String)
  /// Ids that are not `0..<count`, each once.
  case ids(file: String, reason: String)
  /// Something that is no tokenizer.
  case unknownForm(file: String, found: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .line(let file, let line, let reason):
      return "\(file), line \(line): \(reason). Fetch the file again, or correct the line."
    case .missing(let file, let piece, let purpose):
      return
        "\(file): the vocabulary lacks “\(piece)”, \(purpose). Use the vocabulary that belongs to the encoder."
    case .ids(let file, let reason):
      return "\(file): \(reason). Use a vocabulary whose ids are 0 up to its size, each once."
    case .unknownForm(let file, let found):
      return "\(file): \(found) is no tokenizer. \(TokenizerFile.forms)"
    }
  }
}
