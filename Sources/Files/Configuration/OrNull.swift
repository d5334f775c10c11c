/// A value that may be undefined, such as a share of nothing. In JSON its key is always there, with `null` for what is not
/// defined, so that a reader can tell it from a key that was forgotten.
@propertyWrapper
public struct OrNull<Value> {
  /// The value; nil where there is none.
  public var wrappedValue: Value?

  /// A value, or none.
  public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }
}

extension OrNull: Sendable where Value: Sendable {}
extension OrNull: Equatable where Value: Equatable {}

extension OrNull: Encodable where Value: Encodable {
  /// Writes the value, or null.
  public func encode(to encoder: any Encoder) throws {
    if let wrappedValue { return try wrappedValue.encode(to: encoder) }
    var container = encoder.singleValueContainer()
    try container.encodeNil()
  }
}

extension OrNull: Decodable where Value: Decodable {
  /// Reads the value, or null.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    self.init(wrappedValue: container.decodeNil() ? nil : try container.decode(Value.self))
  }
}
