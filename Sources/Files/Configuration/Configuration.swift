import Foundation

/// Reads and writes configurations: Codable values as JSON, in which an unknown key is an error.
///
/// What a key means is the business of the type that is read; a key that it does not ask for is unknown. Optional settings
/// are given or left out, never `null`; in results `null` stands for what is not defined (``OrNull``).
public enum Configuration {
  /// Reads a configuration from a file.
  /// - Parameters:
  ///   - defaults: values for the keys that the file leaves out; without it the file must hold all.
  ///   - allowsNull: whether the file holds results, in which a value may be undefined.
  /// - Throws: ``FileError`` or ``ConfigurationError``, both naming the file.
  public static func read<Value: Codable>(
    _ type: Value.Type = Value.self, from file: URL, defaults: Value? = nil, allowsNull: Bool = false
  ) throws -> Value {
    try decode(
      type, from: try readFile(file, limit: largest), file: file.path, defaults: defaults,
      allowsNull: allowsNull)
  }

  /// The most bytes of a document. The manifest of a million questions is below it.
  private static let largest = 1 << 29

  /// Writes a configuration to a file, keys sorted, atomically.
  /// - Throws: ``FileError``.
  public static func write(_ value: some Encodable, to file: URL) throws {
    try atomicWrite(try encode(value), to: file)
  }

  /// A value as JSON: keys sorted, indented, ending in a newline; equal values give equal bytes. Characters that a terminal
  /// would obey are escaped, so that a file can be looked at whatever names stand in it.
  /// - Throws: `EncodingError` if the value holds what JSON cannot, such as an infinite number.
  public static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return escaped(try encoder.encode(value)) + Data("\n".utf8)
  }

  /// JSON with the characters escaped that it may hold as they are and a terminal obeys: they stand in strings only.
  private static func escaped(_ json: Data) -> Data {
    // The first bytes of those characters in UTF-8.
    guard json.contains(where: { $0 == 0x7F || $0 == 0xC2 || $0 == 0xD8 || $0 == 0xE2 }) else { return json }
    var text = ""
    for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
      if scalar != "\n" && PrintableText.isObeyed(scalar) {
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return Data(text.utf8)
  }

  /// Reads a configuration from the bytes of a file.
  /// - Parameters:
  ///   - file: the name to use in errors.
  ///   - allowsNull: whether the file holds results, in which a value may be undefined.
  /// - Throws: ``ConfigurationError``.
  public static func decode<Value: Codable>(
    _ type: Value.Type = Value.self, from data: Data, file: String, defaults: Value? = nil,
    allowsNull: Bool = false
  ) throws -> Value {
    var given = try parse(data, file: file)
    if !allowsNull, let path = firstNull(in: given, at: "") {
      throw ConfigurationError.invalidValue(
        file: file, path: path, reason: "null is not a value; leave the key out instead")
    }
    if let defaults {
      let base = try JSONParser.parse(try encode(defaults))
      given = merged(given, over: base)
    }
    let (value, unread) = try decodeValue(type, from: given, file: file)
    if let unread {
      throw ConfigurationError.unknownKey(file: file, path: unread.path, known: unread.known)
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
  ) throws -> (value: Value, unread: (path: String, known: [String])?) {
    func invalid(_ path: String, _ reason: String) -> ConfigurationError {
      .invalidValue(file: file, path: path, reason: reason.unended)
    }
    do {
      return try JSONDecoding.decode(type, from: json)
    } catch JSONDecoding.Failure.missingKey(let path, let present) {
      throw ConfigurationError.missingKey(file: file, path: path, present: present)
    } catch JSONDecoding.Failure.misfit(let path, let reason) {
      throw invalid(path, reason)
    } catch DecodingError.dataCorrupted(let context) {
      throw invalid(JSONDecoding.path(context.codingPath), context.debugDescription)
    } catch DecodingError.typeMismatch(let wanted, let context) {
      throw invalid(
        JSONDecoding.path(context.codingPath), "\(context.debugDescription.unended) (wanted: \(wanted))")
    }
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

  /// `json` with what it leaves out taken from `base`. Where both are one key with an object under it, and the keys
  /// differ, they are two cases of an enumeration: the given one replaces the other instead of joining it.
  private static func merged(_ json: JSONValue, over base: JSONValue) -> JSONValue {
    guard case .object(let given) = json, case .object(let standing) = base else { return json }
    if given.count == 1, standing.count == 1, !given[0].key.isExactly(standing[0].key),
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

/// A configuration could not be read.
public enum ConfigurationError: ExplainedError, Equatable {
  /// The text is not JSON, or says one thing twice.
  case syntax(file: String, line: Int, reason: String)
  /// A key that nothing here knows, by its full path.
  case unknownKey(file: String, path: String, known: [String])
  /// A key that is needed is not there.
  case missingKey(file: String, path: String, present: [String])
  /// A value of the wrong kind or outside what is allowed.
  case invalidValue(file: String, path: String, reason: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .syntax(let file, let line, let reason):
      return "\(file), line \(line): not valid JSON: \(reason). Correct the file."
    case .unknownKey(let file, let path, let known):
      let remedy = known.isEmpty ? "Remove it." : "Remove it, or use one of: \(excerpt(known))."
      return "\(file): unknown key “\(excerpt(path))”. \(remedy)"
    case .missingKey(let file, let path, let present):
      let found = present.isEmpty ? "none" : excerpt(present)
      return "\(file): the key “\(excerpt(path))” is missing; the keys there are: \(found). Add it."
    case .invalidValue(let file, let path, let reason):
      let place = path.isEmpty ? "the document" : "“\(excerpt(path))”"
      return "\(file): \(place) cannot be used: \(reason). Correct the value."
    }
  }
}
