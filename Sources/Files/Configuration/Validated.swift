/// A setting outside its range, by its path within the value that holds it.
public struct InvalidSetting: ExplainedError, Equatable {
  /// The key, with those above it: `optimiser.sgd.momentum`.
  public let path: String
  /// What is wrong: "1.5 is outside [0, 1)".
  public let reason: String

  /// An error for one setting.
  public init(_ path: String, _ reason: String) {
    self.path = path
    self.reason = reason
  }

  /// The same error as seen from a value that holds the setting under `key`.
  public func under(_ key: String) -> InvalidSetting {
    InvalidSetting(path.isEmpty ? key : "\(key).\(path)", reason)
  }

  /// What is wrong.
  public var description: String { "“\(path)”: \(reason). Correct the value." }
}

/// A configuration that knows the ranges of its fields. ``Configuration`` checks what it reads.
public protocol Validated {
  /// Checks all fields.
  /// - Throws: ``InvalidSetting`` for the first that is out of range.
  func validate() throws(InvalidSetting)
}

extension Validated {
  /// Checks this value as part of another, which holds it under `key`.
  /// - Throws: ``InvalidSetting`` with the key in its path.
  public func validate(under key: String) throws(InvalidSetting) {
    do { try validate() } catch { throw error.under(key) }
  }
}

/// Checks one field.
/// - Throws: ``InvalidSetting`` naming the key, the value found and what is allowed.
public func require(
  _ condition: Bool, _ key: String, _ found: some CustomStringConvertible, _ allowed: String
) throws(InvalidSetting) {
  if !condition { throw InvalidSetting(key, "found \(found), but it must be \(allowed)") }
}
