/// What a value of JSON should have been: "a whole number".
struct JSONMisfit: Error {
  let expected: String
}

/// A type that stands in JSON as a number, a string, or `true` and `false`.
protocol JSONScalar {
  init(json: JSONValue) throws(JSONMisfit)
}

extension String: JSONScalar {
  init(json: JSONValue) throws(JSONMisfit) {
    guard case .string(let text) = json else { throw JSONMisfit(expected: "a string") }
    self = text
  }
}

extension Bool: JSONScalar {
  init(json: JSONValue) throws(JSONMisfit) {
    guard case .bool(let value) = json else { throw JSONMisfit(expected: "true or false") }
    self = value
  }
}

extension JSONScalar where Self: LosslessStringConvertible & BinaryFloatingPoint {
  init(json: JSONValue) throws(JSONMisfit) {
    guard case .number(let digits) = json, let value = Self(digits) else {
      throw JSONMisfit(expected: "a number")
    }
    guard value.isFinite else {
      throw JSONMisfit(expected: "a magnitude of at most \(Self.greatestFiniteMagnitude)")
    }
    self = value
  }
}

extension Double: JSONScalar {}
extension Float: JSONScalar {}

extension JSONScalar where Self: FixedWidthInteger {
  init(json: JSONValue) throws(JSONMisfit) {
    guard case .number(let digits) = json, let whole = wholeNumber(digits) else {
      throw JSONMisfit(expected: "a whole number")
    }
    guard let value = Self(whole) else {
      let isNegative = whole.utf8.first == UInt8(ascii: "-")
      throw JSONMisfit(expected: isNegative ? "at least \(Self.min)" : "at most \(Self.max)")
    }
    self = value
  }
}

extension Int: JSONScalar {}
extension Int8: JSONScalar {}
extension Int16: JSONScalar {}
extension Int32: JSONScalar {}
extension Int64: JSONScalar {}
extension UInt: JSONScalar {}
extension UInt8: JSONScalar {}
extension UInt16: JSONScalar {}
extension UInt32: JSONScalar {}
extension UInt64: JSONScalar {}

/// A number of JSON without fraction and exponent: `1200` for `1.2e3`; nil if it is not whole. One beyond all integers
/// may be given shorter, but stays beyond.
private func wholeNumber(_ digits: String) -> String? {
  if digits.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) }) { return digits }
  let sign = digits.hasPrefix("-") ? "-" : ""
  let parts = digits.dropFirst(sign.count).lowercased().split(separator: "e")
  let (mantissa, exponent) = (parts[0].split(separator: "."), parts.count > 1 ? Int(parts[1]) : 0)
  var significant = mantissa.joined(separator: "").drop { $0 == "0" }
  if significant.isEmpty { return "0" }
  // An exponent that no integer holds; its sign tells whether nothing or too much is left.
  guard let exponent else { return parts[1].hasPrefix("-") ? nil : sign + String(repeating: "9", count: 40) }
  var shift = exponent.subtractingReportingOverflow(mantissa.count > 1 ? mantissa[1].count : 0).partialValue
  while shift < 0, significant.last == "0" {
    significant.removeLast()
    shift += 1
  }
  return shift < 0 ? nil : sign + significant + String(repeating: "0", count: min(shift, 40))
}

extension JSONValue {
  /// What it is, for errors: a number by its digits, a short string by its text.
  var words: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let digits): excerpt(digits, most: 40)
    case .string(let text): "the string “\(excerpt(text, most: 40))”"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
