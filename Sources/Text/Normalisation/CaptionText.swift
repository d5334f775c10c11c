import Files

/// Captions of any script as plain text: decoding, normalisation, words.
public enum CaptionText {
  /// A word or what stands between words.
  public struct Segment: Sendable, Equatable {
    /// The text as it stands.
    public let text: String
    /// Whether it is a word, a number or a symbol such as an emoji; otherwise punctuation or white space.
    public let isWord: Bool

    /// A segment by its parts.
    public init(_ text: String, isWord: Bool) {
      self.text = text
      self.isWord = isWord
    }
  }

  /// The most bytes of a caption: what is longer is no caption, and costs many times its size in memory.
  public static let longest = 1 << 20

  /// The version of Unicode that words, case and letters follow, such as "15.0": that of the ICU in use.
  public static var unicodeVersion: String { ICU.version }

  /// Bytes as text.
  /// - Parameter repairing: whether a broken sequence becomes U+FFFD (one for each maximal part of a sequence, as
  ///   Unicode recommends) or is refused.
  /// - Throws: ``TextError/brokenUTF8(offset:byte:)``, only if not repairing.
  public static func decode(_ bytes: some Collection<UInt8>, repairing: Bool) throws -> String {
    let bytes = Array(bytes)
    if repairing { return String(decoding: bytes, as: UTF8.self) }
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    let offset = brokenUTF8Offset(in: bytes) ?? bytes.count - 1
    throw TextError.brokenUTF8(offset: offset, byte: bytes[offset])
  }

  /// The caption in Unicode's canonical composition, each run of white space one space and none at the ends, in lower
  /// case by Unicode's full mappings (final sigma included, no language's own rules).
  public static func normalised(_ caption: String, lowercase: Bool = true) -> String {
    String(decoding: normalisedBytes(caption, lowercase: lowercase), as: UTF8.self)
  }

  static func normalisedBytes(_ caption: String, lowercase: Bool = true) -> [UInt8] {
    let bytes = Array(caption.utf8)
    let isASCII = bytes.allSatisfy { $0 < 0x80 }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    if isASCII {
      for byte in bytes {
        if byte == 0x20 || (0x09...0x0D).contains(byte) {
          if let last = result.last, last != 0x20 { result.append(0x20) }
        } else {
          result.append(lowercase && (0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
        }
      }
    } else {
      var text = ICU.converted(bytes, .nfc)
      if lowercase { text = ICU.converted(text, .lower) }
      for scalar in text.scalars {
        if ICU.kind(of: scalar) == .space {
          if let last = result.last, last != 0x20 { result.append(0x20) }
        } else {
          result.append(scalar: scalar)
        }
      }
    }
    if result.last == 0x20 { result.removeLast() }
    return result
  }

  /// The caption cut at word boundaries (UAX 29; by dictionary where a script writes no spaces). The segments together
  /// are the caption.
  public static func words(_ caption: String) -> [Segment] { words(caption, by: WordBreaker()) }

  static func words(_ caption: String, by breaker: WordBreaker) -> [Segment] {
    let bytes = Array(caption.utf8)
    var result: [Segment] = []
    breaker.forEachSegment(of: bytes) { range, isWord in
      let isSymbol = !isWord && ICU.isSymbol(decodedScalar(bytes.span, at: range.lowerBound).scalar)
      result.append(Segment(String(decoding: bytes[range], as: UTF8.self), isWord: isWord || isSymbol))
    }
    return result
  }
}
