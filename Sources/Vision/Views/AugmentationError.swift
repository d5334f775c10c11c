import Foundation

/// What may be wrong with the description of an augmentation.
public enum AugmentationError: Error, Equatable, LocalizedError, CustomStringConvertible {
  /// A field is out of its range.
  case invalidValue(field: String, value: String, expected: String)
  /// A key that no field has.
  case unknownKey(String, known: [String])

  /// The field, what was found, and what would do.
  public var description: String {
    switch self {
    case .invalidValue(let field, let value, let expected):
      "augmentation: \(field) is \(value); expected \(expected)"
    case .unknownKey(let key, let known):
      "augmentation: unknown key \"\(key)\"; remove it or use one of \(known.joined(separator: ", "))"
    }
  }

  /// The same as ``description``.
  public var errorDescription: String? { description }
}
