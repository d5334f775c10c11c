import Text

/// Bytes as tokens: 0 is padding, 1 starts, 2 ends, a byte is its value plus 3.
public struct ByteTokenizer: Tokenizer {
  /// The most tokens of a caption.
  public let contextLength: Int
  /// Ids there are.
  public let vocabularySize: Int
  /// The first token.
  public let startOfText: Int32 = 1
  /// The last token.
  public let endOfText: Int32 = 2

  /// Of both sizes.
  public var digest: String { "bytes \(contextLength) \(vocabularySize)" }

  /// A tokenizer of that context.
  public init(contextLength: Int = 16, vocabularySize: Int = 259) {
    (self.contextLength, self.vocabularySize) = (contextLength, vocabularySize)
  }

  /// Bytes, each with its id.
  public func pieces(_ caption: String) -> [(piece: String, id: Int32)] {
    caption.utf8.map { (String(UnicodeScalar($0)), Int32($0) + 3) }
  }

  /// Start, bytes, end; too long a caption loses bytes at its end.
  public func encode(_ caption: String) -> [Int32] {
    [startOfText] + pieces(caption).map(\.id).prefix(contextLength - 2) + [endOfText]
  }

  /// Captions in rows.
  public func batch(_ captions: [String], length: Int?) -> TokenBatch {
    TokenBatch(captions.map(encode), length: length)
  }
}
