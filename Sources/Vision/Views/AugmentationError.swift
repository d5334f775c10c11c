import Files

/// What may be wrong with the description of an augmentation.
public enum AugmentationError: ExplainedError, Equatable {
  /// A field is out of its range.
  case invalidValue(field: String, value: String, expected: String)

  /// The field, what was found, and what would do.
  public var description: String {
    switch self {
    case .invalidValue(let field, let value, let expected):
      "augmentation: \(field) is \(value); use \(expected)"
    }
  }
}
