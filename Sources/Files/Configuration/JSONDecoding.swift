/// Decodes values from a JSON document in memory, and knows afterwards which keys nobody asked for.
///
/// Numbers are read from their digits: a whole number may be written as 1.0 or 1e3, and one that its type cannot hold
/// is named with its place.
struct JSONDecoding: Decoder {
  /// Why a document does not fit a type.
  enum Failure: Error {
    case missingKey(path: String, present: [String])
    case misfit(path: String, reason: String)
  }

  fileprivate let node: JSONNode

  /// A value of a document, and the first key in it that the value did not ask for, with those that it did.
  /// - Throws: ``Failure``, `DecodingError`, or what else the type throws.
  static func decode<Value: Decodable>(
    _ type: Value.Type, from json: JSONValue
  ) throws -> (value: Value, unread: (path: String, known: [String])?) {
    let root = JSONNode(json, path: [])
    let value = try root.decode(type)
    return (value, root.firstUnread)
  }

  /// The place that keys lead to: `optimiser.sgd.momentum`, `parts.1.width`.
  static func path(_ keys: [any CodingKey]) -> String {
    keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  }

  var codingPath: [any CodingKey] { node.path }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    try node.expectObject()
    return KeyedDecodingContainer(KeyedValues(node: node))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    UnkeyedValues(node: node, values: try node.expectList())
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { SingleValue(node: node) }
}

/// A part of a document that is being decoded.
private final class JSONNode {
  let json: JSONValue
  let path: [any CodingKey]
  /// The members of an object.
  private let members: [ExactText: JSONValue]
  /// Those that were asked for, there or not.
  private var asked: Set<ExactText> = []
  /// What was decoded other than a number, a string or a truth value, in the order of the document.
  private var parts: [ExactText: JSONNode] = [:]
  private var elements: [JSONNode] = []

  init(_ json: JSONValue, path: [any CodingKey]) {
    (self.json, self.path) = (json, path)
    if case .object(let list) = json {
      members = Dictionary(list.map { (ExactText($0.key), $0.value) }) { first, _ in first }
    } else {
      members = [:]
    }
  }

  var keys: [String] {
    if case .object(let list) = json { return list.map(\.key) }
    return []
  }

  func misfit(_ expected: String) -> JSONDecoding.Failure {
    .misfit(path: JSONDecoding.path(path), reason: "found \(json.words), but \(expected) is expected")
  }

  func expectObject() throws {
    guard case .object = json else { throw misfit("an object") }
  }

  func expectList() throws -> [JSONValue] {
    guard case .array(let values) = json else { throw misfit("a list") }
    return values
  }

  /// The member of an object; nil if there is none.
  func member(_ key: String) -> JSONValue? {
    asked.insert(ExactText(key))
    return members[ExactText(key)]
  }

  func present(_ key: any CodingKey) throws -> JSONValue {
    guard let value = member(key.stringValue) else {
      throw JSONDecoding.Failure.missingKey(path: JSONDecoding.path(path + [key]), present: keys)
    }
    return value
  }

  func part(_ key: any CodingKey) throws -> JSONNode {
    let value = try present(key)
    let name = ExactText(key.stringValue)
    if let known = parts[name] { return known }
    let part = JSONNode(value, path: path + [key])
    parts[name] = part
    return part
  }

  func element(_ value: JSONValue, _ key: any CodingKey) -> JSONNode {
    let element = JSONNode(value, path: path + [key])
    elements.append(element)
    return element
  }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    if let scalar = try scalar(type, json, at: nil) { return scalar }
    do {
      return try Value(from: JSONDecoding(node: self))
    } catch let error as any ExplainedError {
      throw JSONDecoding.Failure.misfit(path: JSONDecoding.path(path), reason: error.description.unended)
    }
  }

  /// A number, a string or a truth value; nil for any other type.
  func scalar<Value>(_ type: Value.Type, _ json: JSONValue, at key: (any CodingKey)?) throws -> Value? {
    guard let scalar = type as? any JSONScalar.Type else { return nil }
    do throws(JSONMisfit) {
      return try scalar.init(json: json) as? Value
    } catch {
      throw JSONDecoding.Failure.misfit(
        path: JSONDecoding.path(path + (key.map { [$0] } ?? [])),
        reason: "found \(json.words), but \(error.expected) is expected")
    }
  }

  var firstUnread: (path: String, known: [String])? {
    for key in keys {
      guard asked.contains(ExactText(key)) else {
        let place = JSONDecoding.path(path)
        return (place.isEmpty ? key : "\(place).\(key)", asked.sorted().map(\.description))
      }
      if let found = parts[ExactText(key)]?.firstUnread { return found }
    }
    for element in elements { if let found = element.firstUnread { return found } }
    return nil
  }
}

private struct KeyedValues<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let node: JSONNode
  var codingPath: [any CodingKey] { node.path }
  var allKeys: [Key] { node.keys.compactMap { Key(stringValue: $0) } }

  func contains(_ key: Key) -> Bool { node.member(key.stringValue) != nil }
  func decodeNil(forKey key: Key) throws -> Bool { try node.present(key) == .null }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try node.scalar(type, node.present(key), at: key) ?? node.part(key).decode(type)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try JSONDecoding(node: node.part(key)).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try JSONDecoding(node: node.part(key)).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { JSONDecoding(node: try node.part(Place.parent)) }
  func superDecoder(forKey key: Key) throws -> any Decoder { JSONDecoding(node: try node.part(key)) }
}

private struct UnkeyedValues: UnkeyedDecodingContainer {
  let node: JSONNode
  let values: [JSONValue]
  private(set) var currentIndex = 0
  var codingPath: [any CodingKey] { node.path }
  var count: Int? { values.count }
  var isAtEnd: Bool { currentIndex == values.count }

  init(node: JSONNode, values: [JSONValue]) { (self.node, self.values) = (node, values) }

  private func current() throws -> JSONValue {
    guard !isAtEnd else {
      throw JSONDecoding.Failure.misfit(
        path: JSONDecoding.path(node.path), reason: "\(values.count) values are too few")
    }
    return values[currentIndex]
  }

  private mutating func take() throws -> JSONNode {
    let element = node.element(try current(), Place.index(currentIndex))
    currentIndex += 1
    return element
  }

  mutating func decodeNil() throws -> Bool {
    let isNull = try current() == .null
    if isNull { currentIndex += 1 }
    return isNull
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    if let scalar = try node.scalar(type, current(), at: Place.index(currentIndex)) {
      currentIndex += 1
      return scalar
    }
    return try take().decode(type)
  }

  mutating func nestedContainer<Key: CodingKey>(
    keyedBy type: Key.Type
  ) throws -> KeyedDecodingContainer<Key> {
    try JSONDecoding(node: take()).container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try JSONDecoding(node: take()).unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder { JSONDecoding(node: try take()) }
}

private struct SingleValue: SingleValueDecodingContainer {
  let node: JSONNode
  var codingPath: [any CodingKey] { node.path }

  func decodeNil() -> Bool { node.json == .null }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try node.decode(type) }
}

/// A place in a list, or that of what a class inherits.
private enum Place: CodingKey {
  case index(Int), parent

  init?(stringValue: String) { return nil }
  init?(intValue: Int) { self = .index(intValue) }

  var intValue: Int? {
    if case .index(let index) = self { return index }
    return nil
  }

  var stringValue: String { intValue.map(String.init) ?? "super" }
}

extension String {
  /// A sentence without the full stop at its end.
  var unended: String { hasSuffix(".") ? String(dropLast()) : self }
}
