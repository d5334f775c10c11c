internal import CICU

/// A regular expression in ICU's syntax, with Unicode's properties for any script: `\p{L}+`, `[\p{Thai}&&\p{Mn}]`.
public struct RegularExpression: Sendable, Equatable {
  /// The pattern as given.
  public let pattern: String
  /// Whether letters match whatever their case.
  public let ignoresCase: Bool
  private let compiled: Compiled

  /// Never matched with itself: ICU's expressions hold the text being searched, so each search makes a copy.
  private final class Compiled: @unchecked Sendable {
    let expression: OpaquePointer
    init(_ expression: OpaquePointer) { self.expression = expression }
    deinit { cicu_expression_close(expression) }
  }

  /// Compiles a pattern.
  /// - Throws: ``TextError/pattern(_:offset:)``.
  public init(_ pattern: String, ignoringCase: Bool = false) throws {
    let bytes = Array(pattern.utf8)
    var offset: Int32 = 0
    guard let expression = cicu_expression_open(bytes, Int32(bytes.count), ignoringCase, &offset) else {
      throw TextError.pattern(pattern, offset: Int(offset))
    }
    self.pattern = pattern
    ignoresCase = ignoringCase
    compiled = Compiled(expression)
  }

  /// Expressions are equal when they are written the same.
  public static func == (a: RegularExpression, b: RegularExpression) -> Bool {
    a.pattern == b.pattern && a.ignoresCase == b.ignoresCase
  }

  /// The parts of a text that match, from left to right, none overlapping.
  /// - Throws: ``TextError/matching(_:)`` when the pattern needs more memory on this text than ICU allows.
  public func matches(in text: String) throws -> [String] {
    let bytes = Array(text.utf8)
    guard let own = cicu_expression_copy(compiled.expression) else { throw TextError.matching(pattern) }
    defer { cicu_expression_close(own) }
    // An empty match may stand before each byte and at the end.
    let capacity = bytes.count + 1
    var bounds = [Int32](repeating: 0, count: 2 * capacity)
    let count = cicu_expression_matches(own, bytes, Int32(bytes.count), &bounds, Int32(capacity))
    guard count >= 0 else { throw TextError.matching(pattern) }
    return (0..<Int(count)).map { index in
      String(decoding: bytes[Int(bounds[2 * index])..<Int(bounds[2 * index + 1])], as: UTF8.self)
    }
  }
}
