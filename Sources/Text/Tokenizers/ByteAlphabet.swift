/// Bytes written as visible characters, as vocabularies of byte pairs write them (Radford et al. 2019, GPT-2): printable
/// Latin-1 as itself, the other 68 from U+0100 on.
enum ByteAlphabet {
  /// What marks the end of a word in CLIP's vocabulary.
  static let endOfWord = "</w>"

  /// The bytes in the order of CLIP's ids.
  static let order: [UInt8] = {
    let printable = Array(0x21...0x7E) + Array(0xA1...0xAC) + Array(0xAE...0xFF)
    let others = (0...0xFF).filter { !printable.contains($0) }
    return (printable + others).map { UInt8($0) }
  }()

  /// The character of each byte.
  static let characters: [Unicode.Scalar] = {
    var result = [Unicode.Scalar](repeating: " ", count: 256)
    var next: UInt32 = 0x100
    for (place, byte) in order.enumerated() {
      // 188 bytes are printable.
      let value = place < 188 ? UInt32(byte) : next
      if place >= 188 { next += 1 }
      result[Int(byte)] = Unicode.Scalar(value) ?? " "
    }
    return result
  }()

  private static let values: [Unicode.Scalar: UInt8] = Dictionary(
    uniqueKeysWithValues: characters.enumerated().map { ($1, UInt8($0)) })

  /// A piece as a vocabulary spells it.
  static func piece(_ bytes: some Sequence<UInt8>) -> String {
    var result = String.UnicodeScalarView()
    for byte in bytes { result.append(characters[Int(byte)]) }
    return String(result)
  }

  /// The bytes of a piece; nil if it holds a character that stands for no byte.
  static func bytes(of piece: Substring) -> [UInt8]? {
    var result: [UInt8] = []
    for scalar in piece.unicodeScalars {
      guard let byte = values[scalar] else { return nil }
      result.append(byte)
    }
    return result
  }
}
