import Files
import Foundation

/// A JSON Schema of draft 2020-12, as far as the schemas in `docs` use it. A keyword that is not known here is an error, so that
/// nothing in a schema is passed over.
public struct JSONSchema: Sendable {
  private let root: JSONValue

  /// What is wrong with a schema itself.
  public struct Fault: Error, CustomStringConvertible {
    /// Where and what.
    public let description: String
  }

  /// The schema of that name in `docs`.
  public static func documented(_ name: String) throws -> JSONSchema {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try JSONSchema(
      String(
        contentsOf: tests.deletingLastPathComponent().appending(path: "docs/\(name)"), encoding: .utf8))
  }

  /// - Throws: if the text is not JSON.
  public init(_ text: String) throws { root = try JSONParser.parse(text.utf8) }

  /// What in a document does not fit the schema, each with its place; empty if all does.
  /// - Parameter definition: the name of the definition to fit; nil for the whole schema.
  /// - Throws: ``Fault``, or an error if the document is not JSON.
  public func faults(in document: some Sequence<UInt8>, as definition: String? = nil) throws -> [String] {
    let schema = try definition.map { try resolved("#/$defs/\($0)") } ?? root
    return try faults(try JSONParser.parse(document), schema, "")
  }

  private func resolved(_ reference: String) throws -> JSONValue {
    var (found, parts) = (root, reference.split(separator: "/"))
    guard parts.first == "#" else { throw Fault(description: "\(reference) is outside the schema") }
    parts.removeFirst()
    for part in parts {
      guard let next = found[String(part)] else { throw Fault(description: "there is no \(reference)") }
      found = next
    }
    return found
  }

  private func faults(_ value: JSONValue, _ schema: JSONValue, _ place: String) throws -> [String] {
    if case .bool(let isAllowed) = schema { return isAllowed ? [] : ["\(place): must not be there"] }
    guard case .object(let keywords) = schema else {
      throw Fault(description: "a schema is an object or a truth value, not \(schema.text)")
    }
    return try keywords.flatMap { try faults(value, $0.key, $0.value, in: schema, place) }
  }

  private func faults(
    _ value: JSONValue, _ keyword: String, _ argument: JSONValue, in schema: JSONValue, _ place: String
  ) throws -> [String] {
    func unless(_ holds: Bool) -> [String] {
      holds ? [] : ["\(place): \(value.text.prefix(60)) does not fit \(keyword) \(argument.text.prefix(60))"]
    }
    switch keyword {
    case "$schema", "$defs", "title", "description": return []
    case "$ref": return try faults(value, try resolved(argument.string), place)
    case "anyOf":
      let parts = try argument.list.map { try faults(value, $0, place) }
      return parts.contains(where: \.isEmpty)
        ? [] : [parts.map { $0.joined(separator: ", ") }.joined(separator: "; or else: ")]
    case "type":
      let types =
        if case .string(let type) = argument { [type] } else { try argument.list.map { try $0.string } }
      return unless(try types.contains { try value.isOf($0) })
    case "const": return unless(value == argument)
    case "enum": return unless(try argument.list.contains(value))
    case "minimum": return unless(try value.number.map { try $0 >= argument.required } ?? true)
    case "maximum": return unless(try value.number.map { try $0 <= argument.required } ?? true)
    case "minLength":
      guard case .string(let text) = value else { return [] }
      return unless(Double(text.unicodeScalars.count) >= (try argument.required))
    case "minItems", "maxItems":
      guard case .array(let items) = value else { return [] }
      let (count, bound) = (Double(items.count), try argument.required)
      return unless(keyword == "minItems" ? count >= bound : count <= bound)
    case "items":
      guard case .array(let items) = value else { return [] }
      return try items.enumerated().flatMap { try faults($1, argument, "\(place)/\($0)") }
    case "required":
      guard case .object = value else { return [] }
      return try argument.list.flatMap { value[try $0.string] == nil ? unless(false) : [] }
    case "properties":
      return try argument.members.flatMap { member in
        try value[member.key].map { try faults($0, member.value, "\(place)/\(member.key)") } ?? []
      }
    case "additionalProperties":
      guard case .object(let members) = value else { return [] }
      let named = Set(try schema["properties"]?.members.map(\.key) ?? [])
      return try members.filter { !named.contains($0.key) }.flatMap {
        try faults($0.value, argument, "\(place)/\($0.key)")
      }
    default: throw Fault(description: "\(place): the keyword \(keyword) is not known")
    }
  }
}

extension JSONValue {
  fileprivate var list: [JSONValue] {
    get throws {
      guard case .array(let values) = self else { throw JSONSchema.Fault(description: "\(text) is no list") }
      return values
    }
  }

  fileprivate var members: [Member] {
    get throws {
      guard case .object(let members) = self else {
        throw JSONSchema.Fault(description: "\(text) is no object")
      }
      return members
    }
  }

  fileprivate var string: String {
    get throws {
      guard case .string(let text) = self else {
        throw JSONSchema.Fault(description: "\(self.text) is no string")
      }
      return text
    }
  }

  fileprivate var number: Double? {
    guard case .number(let digits) = self else { return nil }
    return Double(digits)
  }

  fileprivate var required: Double {
    get throws {
      guard let number else { throw JSONSchema.Fault(description: "\(text) is no number") }
      return number
    }
  }

  fileprivate func isOf(_ type: String) throws -> Bool {
    switch (type, self) {
    case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string), ("array", .array),
      ("object", .object):
      true
    case ("integer", .number): number.map { $0 == $0.rounded() } ?? false
    case ("null", _), ("boolean", _), ("number", _), ("string", _), ("array", _), ("object", _),
      ("integer", _):
      false
    default: throw JSONSchema.Fault(description: "there is no type \(type)")
    }
  }
}
