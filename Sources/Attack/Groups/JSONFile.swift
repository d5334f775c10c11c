import Foundation

/// JSON files of a run folder: written whole or not at all, read without ignoring anything.
enum JSONFile {
  /// Writes a value with sorted keys, to a temporary file that is then renamed.
  static func write(_ value: some Encodable, to url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      var data = try encoder.encode(value)
      data.append(UInt8(ascii: "\n"))
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: url, options: .atomic)
    } catch { throw JSONFileError(file: url.path, action: "written", reason: reason(error)) }
  }

  /// Reads a value; a key that its type does not know is an error.
  static func read<Value: Codable>(_ type: Value.Type, from url: URL) throws -> Value {
    do {
      let data = try Data(contentsOf: url)
      let value = try JSONDecoder().decode(type, from: data)
      // A key that is lost when the value is encoded again was not understood.
      let given = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
      let understood = try JSONSerialization.jsonObject(
        with: JSONEncoder().encode(value), options: .fragmentsAllowed)
      if let key = unknownKey(in: given, against: understood) {
        throw JSONFileError(
          file: url.path, action: "read", reason: "unknown key '\(key)'; remove it or correct its spelling")
      }
      return value
    } catch let error as JSONFileError { throw error } catch {
      throw JSONFileError(file: url.path, action: "read", reason: reason(error))
    }
  }

  private static func unknownKey(in given: Any, against understood: Any) -> String? {
    if let given = given as? [String: Any] {
      guard let understood = understood as? [String: Any] else { return nil }
      for (key, value) in given.sorted(by: { $0.key < $1.key }) where !(value is NSNull) {
        guard let other = understood[key] else { return key }
        if let inner = unknownKey(in: value, against: other) { return "\(key).\(inner)" }
      }
    } else if let given = given as? [Any], let understood = understood as? [Any] {
      for (value, other) in zip(given, understood) {
        if let inner = unknownKey(in: value, against: other) { return inner }
      }
    }
    return nil
  }

  private static func reason(_ error: any Error) -> String {
    func path(_ context: DecodingError.Context) -> String {
      context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      return
        "key '\((context.codingPath.map(\.stringValue) + [key.stringValue]).joined(separator: "."))' is missing"
    case DecodingError.typeMismatch(let type, let context),
      DecodingError.valueNotFound(let type, let context):
      return "'\(path(context))' should be \(type)"
    case DecodingError.dataCorrupted(let context):
      return context.codingPath.isEmpty ? "it is not JSON" : "'\(path(context))': \(context.debugDescription)"
    default: return error.localizedDescription
    }
  }
}

/// A JSON file that could not be read or written.
public struct JSONFileError: Error, LocalizedError, CustomStringConvertible {
  /// The file.
  public let file: String
  let action: String
  /// Why not.
  public let reason: String

  /// The file, what failed and why.
  public var description: String { "\(file) could not be \(action): \(reason)" }

  /// The same text for error reporting.
  public var errorDescription: String? { description }
}
