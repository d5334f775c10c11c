/// Reads JSON (RFC 8259) strictly: a key that stands twice in one object, anything after the document and nesting
/// beyond a bound are refused. Data that others wrote may be read ``Dialect/asPython`` reads them.
package struct JSONParser {
  package enum Dialect: Sendable {
    /// What the standard allows, each key once.
    case strict
    /// As Python's `json` reads: `NaN`, `Infinity` and `-Infinity` are numbers, of equal keys the last counts, and half a
    /// surrogate pair is a character, U+FFFD here.
    case asPython
  }

  /// Where and why a text is not JSON.
  package struct Failure: Error, Equatable {
    package let offset: Int
    package let line: Int
    package let reason: String
  }

  private static let deepest = 64
  private let bytes: [UInt8]
  private let dialect: Dialect
  private var position = 0
  private var depth = 0
  /// Where the first half of a surrogate pair stands that was read as U+FFFD.
  private var brokenOffset: Int?

  /// The document in a text.
  /// - Throws: ``Failure``.
  package static func parse(_ bytes: some Sequence<UInt8>) throws(Failure) -> JSONValue {
    var parser = JSONParser(Array(bytes), .strict)
    return try parser.document()
  }

  /// The document in a text that others wrote, as Python reads it.
  /// - Returns: the document, and the byte at which the first half of a surrogate pair stands that became U+FFFD.
  /// - Throws: ``Failure``.
  package static func parseAsPython(
    _ bytes: some Sequence<UInt8>
  ) throws(Failure) -> (document: JSONValue, brokenOffset: Int?) {
    var parser = JSONParser(Array(bytes), .asPython)
    let document = try parser.document()
    return (document, parser.brokenOffset)
  }

  /// A byte order mark in front is passed over, as some editors write it.
  private init(_ bytes: [UInt8], _ dialect: Dialect) {
    (self.bytes, self.dialect) = (bytes, dialect)
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  private mutating func document() throws(Failure) -> JSONValue {
    let value = try value()
    skipSpace()
    if position < bytes.count { throw failure("something follows the end of the document") }
    return value
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func failure(_ reason: String) -> Failure {
    let line = bytes[..<min(position, bytes.count)].reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
    return Failure(offset: position, line: line, reason: reason)
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func skip(_ character: Character) -> Bool {
    skipSpace()
    guard next == character.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func value() throws(Failure) -> JSONValue {
    skipSpace()
    guard let byte = next else { throw failure("the document ends where a value should be") }
    switch byte {
    case UInt8(ascii: "{"): return try nested { parser throws(Failure) in try parser.object() }
    case UInt8(ascii: "["): return try nested { parser throws(Failure) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "N") where dialect == .asPython: return try word("NaN", .number("NaN"))
    case UInt8(ascii: "I") where dialect == .asPython: return try word("Infinity", .number("Infinity"))
    case UInt8(ascii: "-") where dialect == .asPython && bytes[position...].starts(with: "-I".utf8):
      return try word("-Infinity", .number("-Infinity"))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    default: throw failure("a value is expected")
    }
  }

  private mutating func nested(
    _ body: (inout JSONParser) throws(Failure) -> JSONValue
  ) throws(Failure) -> JSONValue {
    if depth == JSONParser.deepest { throw failure("more than \(JSONParser.deepest) levels of nesting") }
    depth += 1
    position += 1
    let result = try body(&self)
    depth -= 1
    return result
  }

  private mutating func object() throws(Failure) -> JSONValue {
    var members: [JSONValue.Member] = []
    var places: [ExactText: Int] = [:]
    if skip("}") { return .object([]) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw failure("a key in quotation marks is expected") }
      let key = try string()
      let earlier = places.updateValue(members.count, forKey: ExactText(key))
      guard earlier == nil || dialect == .asPython else {
        throw failure("the key “\(excerpt(key))” stands twice in one object")
      }
      guard skip(":") else { throw failure("a colon is expected after the key “\(excerpt(key))”") }
      let member = JSONValue.Member(key: key, value: try value())
      if let earlier {
        members[earlier] = member
        places[ExactText(key)] = earlier
      } else {
        members.append(member)
      }
    } while skip(",")
    guard skip("}") else { throw failure("a comma or a closing brace is expected") }
    return .object(members)
  }

  private mutating func array() throws(Failure) -> JSONValue {
    var values: [JSONValue] = []
    if skip("]") { return .array([]) }
    repeat { values.append(try value()) } while skip(",")
    guard skip("]") else { throw failure("a comma or a closing bracket is expected") }
    return .array(values)
  }

  private mutating func word(_ text: String, _ value: JSONValue) throws(Failure) -> JSONValue {
    guard bytes[position...].starts(with: text.utf8) else { throw failure("a value is expected") }
    position += text.utf8.count
    return value
  }

  private mutating func number() throws(Failure) -> String {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    if next == UInt8(ascii: "0") { position += 1 } else { try digits() }
    if next == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func digits() throws(Failure) {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    if position == start { throw failure("a digit is expected") }
  }

  private mutating func string() throws(Failure) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let result = String(validating: text, as: UTF8.self) else {
          throw failure("a string is not valid UTF-8")
        }
        return result
      case UInt8(ascii: "\\"): text.append(contentsOf: try escape())
      case 0..<0x20: throw failure("a control character stands in a string")
      default: text.append(byte)
      }
    }
    throw failure("a string has no end")
  }

  private mutating func escape() throws(Failure) -> String.UTF8View {
    guard let byte = next else { throw failure("a string has no end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      return String(UnicodeScalar(byte)).utf8
    case UInt8(ascii: "b"): return "\u{8}".utf8
    case UInt8(ascii: "f"): return "\u{C}".utf8
    case UInt8(ascii: "n"): return "\n".utf8
    case UInt8(ascii: "r"): return "\r".utf8
    case UInt8(ascii: "t"): return "\t".utf8
    case UInt8(ascii: "u"):
      let start = position - 2
      var code = UInt32(try fourDigits())
      if (0xD800..<0xDC00).contains(code), bytes[position...].starts(with: "\\u".utf8) {
        let afterHigh = position
        position += 2
        let low = UInt32(try fourDigits())
        if (0xDC00..<0xE000).contains(low) {
          code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        } else {
          position = afterHigh
        }
      }
      guard let scalar = UnicodeScalar(code) else {
        guard dialect == .asPython else { throw failure("half a surrogate pair stands in a string") }
        brokenOffset = brokenOffset ?? start
        return "\u{FFFD}".utf8
      }
      return String(scalar).utf8
    default: throw failure("an unknown escape stands in a string")
    }
  }

  private mutating func fourDigits() throws(Failure) -> UInt16 {
    var code: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80 else {
        throw failure("four hexadecimal digits are expected")
      }
      code = code << 4 | UInt16(digit)
      position += 1
    }
    return code
  }
}
