import Files

/// Text cannot be read as such.
public enum TextError: ExplainedError, Equatable {
  /// Bytes are not UTF-8; `offset` is the first that cannot stand where it does.
  case brokenUTF8(offset: Int, byte: UInt8)
  /// A regular expression is not one; `offset` counts its UTF-16 units.
  case pattern(String, offset: Int)
  /// A regular expression needs too much memory on some text.
  case matching(String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .brokenUTF8(let offset, let byte):
      let digits = String(byte, radix: 16, uppercase: true)
      return """
        The text is not valid UTF-8: the byte 0x\(digits) at offset \(offset) cannot stand there. Convert the text to \
        UTF-8, or have broken bytes replaced by U+FFFD.
        """
    case .pattern(let pattern, let offset):
      return "“\(pattern)” is not a regular expression: see its character \(offset). Correct the pattern."
    case .matching(let pattern):
      return "“\(pattern)” needs too much memory on this text. Use a pattern that tries fewer ways."
    }
  }
}
