internal import CICU

/// What ICU knows of text: normal forms, case, properties of characters. Text is UTF-8 in arrays of bytes, always valid.
enum ICU {
  /// A conversion of whole texts.
  enum Conversion {
    /// Canonical composition.
    case nfc
    /// Compatibility composition.
    case nfkc
    /// Full mappings of the root locale, final sigma included.
    case lower, upper, title

    fileprivate var code: cicu_conversion {
      switch self {
      case .nfc: cicu_nfc
      case .nfkc: cicu_nfkc
      case .lower: cicu_lower
      case .upper: cicu_upper
      case .title: cicu_title
      }
    }
  }

  /// What a tokenizer's expression asks of a character.
  enum Kind {
    case letter, number, space, other
  }

  /// The version of Unicode that the properties follow, such as "15.0".
  static var version: String { String(cString: cicu_unicode_version()) }

  /// A text converted.
  static func converted(_ text: [UInt8], _ conversion: Conversion) -> [UInt8] {
    if text.isEmpty { return [] }
    var capacity = text.count + text.count / 2 + 16
    while true {
      var needed = 0
      let result = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        needed = Int(
          cicu_convert(
            conversion.code, text, Int32(text.count), buffer.baseAddress, Int32(clamping: buffer.count)))
        count = needed < 0 || needed > capacity ? 0 : needed
      }
      precondition(needed >= 0, "ICU.converted: no memory for a text of \(text.count) bytes")
      if needed <= capacity { return result }
      capacity = needed
    }
  }

  /// The letter, number or space that a scalar is.
  static func kind(of scalar: UInt32) -> Kind {
    switch cicu_category(Int32(bitPattern: scalar)) {
    case 1...5: .letter
    case 9...11: .number
    default: cicu_is_white_space(Int32(bitPattern: scalar)) ? .space : .other
    }
  }

  /// Whether a scalar is a decimal digit of any script.
  static func isDigit(_ scalar: UInt32) -> Bool { cicu_category(Int32(bitPattern: scalar)) == 9 }

  /// Whether a scalar is a symbol, such as an emoji: of the general categories Sm, Sc, Sk and So.
  static func isSymbol(_ scalar: UInt32) -> Bool {
    (24...27).contains(cicu_category(Int32(bitPattern: scalar)))
  }
}

/// Finds word boundaries (UAX 29; Thai, Chinese and Japanese by dictionaries). Not to be shared between threads.
final class WordBreaker {
  private let words: OpaquePointer
  private var ends: [Int32] = []
  private var areWords: [Bool] = []

  init() {
    guard let words = cicu_words_open() else {
      preconditionFailure("WordBreaker: ICU is installed without its data")
    }
    self.words = words
  }

  deinit { cicu_words_close(words) }

  /// Calls `body` for each segment, in order; together they are the whole text.
  func forEachSegment(of text: [UInt8], _ body: (_ bytes: Range<Int>, _ isWord: Bool) -> Void) {
    if text.isEmpty { return }
    if ends.count < text.count {
      ends = [Int32](repeating: 0, count: text.count)
      areWords = [Bool](repeating: false, count: text.count)
    }
    let count = cicu_words_split(words, text, Int32(text.count), &ends, &areWords, Int32(text.count))
    precondition(count >= 0, "WordBreaker: no memory for a text of \(text.count) bytes")
    var start = 0
    for index in 0..<Int(count) {
      body(start..<Int(ends[index]), areWords[index])
      start = Int(ends[index])
    }
  }
}

/// The scalar whose UTF-8 begins at a place of a valid text, and its length in bytes.
@inline(__always)
func decodedScalar(_ text: borrowing Span<UInt8>, at place: Int) -> (scalar: UInt32, length: Int) {
  let first = UInt32(text[place])
  func next(_ offset: Int) -> UInt32 { UInt32(text[place + offset]) & 0x3F }
  if first < 0x80 { return (first, 1) }
  if first < 0xE0 { return ((first & 0x1F) << 6 | next(1), 2) }
  if first < 0xF0 { return ((first & 0x0F) << 12 | next(1) << 6 | next(2), 3) }
  return ((first & 0x07) << 18 | next(1) << 12 | next(2) << 6 | next(3), 4)
}

extension [UInt8] {
  /// Appends a scalar as UTF-8.
  mutating func append(scalar: UInt32) {
    switch scalar {
    case 0..<0x80: append(UInt8(scalar))
    case 0x80..<0x800:
      append(UInt8(0xC0 | scalar >> 6))
      append(UInt8(0x80 | scalar & 0x3F))
    case 0x800..<0x10000:
      append(UInt8(0xE0 | scalar >> 12))
      append(UInt8(0x80 | scalar >> 6 & 0x3F))
      append(UInt8(0x80 | scalar & 0x3F))
    default:
      append(UInt8(0xF0 | scalar >> 18))
      append(UInt8(0x80 | scalar >> 12 & 0x3F))
      append(UInt8(0x80 | scalar >> 6 & 0x3F))
      append(UInt8(0x80 | scalar & 0x3F))
    }
  }

  /// The scalars of a valid text.
  var scalars: [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(count)
    let text = span
    var place = 0
    while place < text.count {
      let (scalar, length) = decodedScalar(text, at: place)
      result.append(scalar)
      place += length
    }
    return result
  }

  /// A text from its scalars.
  init(scalars: [UInt32]) {
    self = []
    reserveCapacity(scalars.count * 2)
    for scalar in scalars { append(scalar: scalar) }
  }
}
