import Foundation

/// An error whose description is a sentence for the user: what was found, what was expected, and what to do.
public protocol ExplainedError: LocalizedError, CustomStringConvertible, Sendable {}

extension ExplainedError {
  /// The description, so that `localizedDescription` says the same.
  public var errorDescription: String? { description }
}
