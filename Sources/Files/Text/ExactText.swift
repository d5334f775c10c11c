/// Text that equals only the very same bytes, to be the key of a dictionary or the member of a set.
///
/// Swift's strings are equal where Unicode calls them canonically equivalent: an `é` of one code point and one of two.
/// To a file system, and to whoever wrote a table of names, these are two names.
public struct ExactText: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
  private let bytes: [UInt8]

  /// The text of a string.
  public init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

  /// A text that stands in the source.
  public init(stringLiteral text: String) { self.init(text) }

  /// The text as a string.
  public var description: String { String(decoding: bytes, as: UTF8.self) }

  /// Orders texts by their bytes, which is the order of their code points.
  public static func < (left: ExactText, right: ExactText) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

extension StringProtocol {
  /// Whether both are the same bytes, not only canonically equivalent.
  public func isExactly(_ other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension Sequence where Element: StringProtocol {
  /// The texts in the order of their bytes, the same on every machine.
  public func sortedByBytes() -> [Element] { sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
}

/// How many bytes from the first the first sequence begins that is not UTF-8; nil if there is none.
public func brokenUTF8Offset(in bytes: some Collection<UInt8>) -> Int? {
  var (place, decoder, source) = (0, UTF8(), bytes.makeIterator())
  while true {
    switch decoder.decode(&source) {
    case .scalarValue(let scalar): place += UTF8.width(scalar)
    case .emptyInput: return nil
    case .error: return place
    }
  }
}
