import Files
import Foundation

@testable import Report

/// Bundles of the sample audit that were changed by somebody who means to deceive, and made all digests anew.
enum SampleBundle {
  /// The files of a bundle but for its digests.
  static func members(_ audit: SampleAudit = SampleAudit()) throws -> [PlainTar.Member] {
    try PlainTar(AuditBundle.bytes([try audit.record()]), file: "x.tar").members.filter {
      !BundleSeal.names.contains($0.name)
    }
  }

  /// A bundle of these files.
  static func sealed(_ members: [PlainTar.Member]) -> [UInt8] {
    PlainTar(members + BundleSeal.files(of: members)).bytes
  }

  /// A bundle in which a file's text was changed.
  static func changed(
    _ name: String, of audit: SampleAudit = SampleAudit(), _ change: (String) throws -> String
  ) throws -> [UInt8] {
    sealed(
      try members(audit).map { member in
        guard member.name == name else { return member }
        return PlainTar.Member(name, Array(try change(String(decoding: member.bytes, as: UTF8.self)).utf8))
      })
  }

  /// What is found in a bundle in which the value at a path of a file of JSON is another one, or none.
  static func problems(_ name: String, _ path: String, _ text: String?) throws -> [String] {
    let bytes = try changed("audit-1/\(name)") { document in
      let keys = path.split(separator: ".").map(String.init)
      let value = try text.map { try JSONParser.parse(Data($0.utf8)) }
      return try JSONParser.parse(Data(document.utf8)).replacing(keys[...], by: value).text
    }
    return BundleCheck(bytes, file: "x.tar").problems
  }
}

extension JSONValue {
  /// The same with another value at a path, or without it.
  func replacing(_ path: ArraySlice<String>, by value: JSONValue?) -> JSONValue {
    guard let key = path.first else { return value ?? .null }
    let rest = path.dropFirst()
    switch self {
    case .object(let members):
      if self[key] == nil, let value { return .object(members + [Member(key: key, value: value)]) }
      return .object(
        members.compactMap { member in
          guard member.key == key else { return member }
          if rest.isEmpty, value == nil { return nil }
          return Member(key: key, value: member.value.replacing(rest, by: value))
        })
    case .array(let values):
      return .array(
        values.enumerated().compactMap { place, element in
          guard "\(place)" == key else { return element }
          if rest.isEmpty, value == nil { return nil }
          return element.replacing(rest, by: value)
        })
    default: return self
    }
  }
}
