import Foundation

/// Reads and writes configurations: Codable values as JSON, in which an unknown key is an error.
///
/// What a key means is the business of the type that is read. A value must encode every key that it decodes, as
/// synthesised conformances do; optional values are given or left out, never `null`.
public enum Configuration {
  /// Reads a configuration from a file.
  /// - Parameter defaults: values for the keys that the file leaves out; without it the file must hold all.
  /// - Throws: ``FileError`` or ``ConfigurationError``, both naming the file.
  public static func read<Value: Codable>(
    _ type: Value.Type = Value.self, from file: URL, defaults: Value? = nil
  ) throws -> Value {
    try decode(type, from: try readFile(file), file: file.path, defaults: defaults)
  }

  /// Writes a configuration to a file, keys sorted, atomically.
  /// - Throws: ``FileError``.
  public static func write(_ value: some Encodable, to file: URL) throws {
    try atomicWrite(try encode(value), to: file)
  }

  /// A value as JSON: keys sorted, indented, ending in a newline; equal values give equal bytes.
  /// - Throws: `EncodingError` if the value holds what JSON cannot, such as an infinite number.
  public static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return try encoder.encode(value) + Data("\n".utf8)
  }

  /// Reads a configuration from the bytes of a file.
  /// - Parameter file: the name to use in errors.
  /// - Throws: ``ConfigurationError``.
  public static func decode<Value: Codable>(
    _ type: Value.Type = Value.self, from data: Data, file: String, defaults: Value? = nil
  ) throws -> Value {
    var given = try parse(data, file: file)
    if let path = firstNull(in: given, at: "") {
      throw ConfigurationError.invalidValue(
        file: file, path: path, reason: "null is not a value; leave the key out instead")
    }
    if let defaults {
      let base = try JSONParser.parse(try encode(defaults))
      given = merged(given, over: base)
    }
    let value = try decodeValue(type, from: given, file: file)
    // A key that the value does not write back is one that it did not read.
    let known = try JSONParser.parse(try encode(value))
    if let (path, siblings) = firstUnknown(in: given, known: known, at: "") {
      throw ConfigurationError.unknownKey(file: file, path: path, known: siblings)
    }
    do {
      try (value as? any Validated)?.validate()
    } catch {
      throw ConfigurationError.invalidValue(file: file, path: error.path, reason: error.reason)
    }
    return value
  }

  private static func parse(_ data: Data, file: String) throws -> JSONValue {
    do {
      return try JSONParser.parse(data)
    } catch {
      throw ConfigurationError.syntax(file: file, line: error.line, reason: error.reason)
    }
  }

  private static func decodeValue<Value: Decodable>(
    _ type: Value.Type, from json: JSONValue, file: String
  ) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(json.text.utf8))
    } catch DecodingError.keyNotFound(let key, let context) {
      let parent = context.codingPath
      throw ConfigurationError.missingKey(
        file: file, path: path(parent + [key]), present: keys(of: value(at: parent, in: json)))
    } catch DecodingError.typeMismatch(let wanted, let context) {
      throw ConfigurationError.invalidValue(
        file: file, path: path(context.codingPath),
        reason: "\(trimmed(context.debugDescription)) (wanted: \(wanted))")
    } catch DecodingError.valueNotFound(let wanted, let context) {
      throw ConfigurationError.invalidValue(
        file: file, path: path(context.codingPath), reason: "a value of kind \(wanted) is expected")
    } catch DecodingError.dataCorrupted(let context) {
      if context.codingPath.isEmpty, let found = NumberSearch.misfit(in: json, for: type) {
        throw ConfigurationError.invalidValue(
          file: file, path: found.path,
          reason: "the number \(found.digits) does not fit; a whole number or a smaller one is expected")
      }
      throw ConfigurationError.invalidValue(
        file: file, path: path(context.codingPath), reason: trimmed(context.debugDescription))
    } catch let error as any ExplainedError {
      throw ConfigurationError.invalidValue(file: file, path: "", reason: trimmed(error.description))
    }
  }

  private static func trimmed(_ sentence: String) -> String {
    sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  }

  private static func value(at path: [any CodingKey], in json: JSONValue) -> JSONValue? {
    path.reduce(json) { found, key in
      if let index = key.intValue, case .array(let values)? = found, values.indices.contains(index) {
        return values[index]
      }
      return found?[key.stringValue]
    }
  }

  private static func keys(of json: JSONValue?) -> [String] {
    if case .object(let members)? = json { return members.map(\.key) }
    return []
  }

  private static func firstNull(in json: JSONValue, at path: String) -> String? {
    switch json {
    case .null: return path
    case .array(let values):
      for (index, value) in values.enumerated() {
        if let found = firstNull(in: value, at: join(path, String(index))) { return found }
      }
    case .object(let members):
      for member in members {
        if let found = firstNull(in: member.value, at: join(path, member.key)) { return found }
      }
    case .bool, .number, .string: break
    }
    return nil
  }

  private static func firstUnknown(
    in json: JSONValue, known: JSONValue, at path: String
  ) -> (String, [String])? {
    switch (json, known) {
    case (.object(let members), .object):
      for member in members {
        let place = join(path, member.key)
        guard let counterpart = known[member.key] else { return (place, keys(of: known)) }
        if let found = firstUnknown(in: member.value, known: counterpart, at: place) { return found }
      }
    case (.array(let values), .array(let counterparts)):
      for (index, (value, counterpart)) in zip(values, counterparts).enumerated() {
        if let found = firstUnknown(in: value, known: counterpart, at: join(path, String(index))) {
          return found
        }
      }
    default: break
    }
    return nil
  }

  /// `json` with what it leaves out taken from `base`. Where both are one key with an object under it, and the keys
  /// differ, they are two cases of an enumeration: the given one replaces the other instead of joining it.
  private static func merged(_ json: JSONValue, over base: JSONValue) -> JSONValue {
    guard case .object(let given) = json, case .object(let standing) = base else { return json }
    if given.count == 1, standing.count == 1, given[0].key != standing[0].key,
      case .object = given[0].value, case .object = standing[0].value
    {
      return json
    }
    var members = standing.map { member in
      JSONValue.Member(
        key: member.key, value: json[member.key].map { merged($0, over: member.value) } ?? member.value)
    }
    members += given.filter { base[$0.key] == nil }
    return .object(members)
  }

  private static func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
