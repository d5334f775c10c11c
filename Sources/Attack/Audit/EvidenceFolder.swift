import Data
import Encoders
import Files
import Foundation
import Kernels
import Networks

/// What determines every answer that an audit gets, and so whether answers that were kept are its own.
public struct EvidenceOrigin: Codable, Sendable, Equatable {
  /// How the audit is made.
  public let configuration: AttackConfiguration
  /// What the auditor holds, one case after the other.
  public let levels: [CaptionKnowledge]
  /// Digests by what they are of: each encoder with what is known of it, the inputs of each group, labelled images.
  public let digests: [String: String]
  /// Versions of the programs that compute.
  public let versions: [String: String]

  /// What differs from another origin, in words; nothing where they are equal.
  func differences(from other: EvidenceOrigin) throws -> [String] {
    func settings(_ origin: EvidenceOrigin) throws -> JSONValue {
      try JSONParser.parse(try Configuration.encode(origin.configuration))
    }
    func keys(_ json: JSONValue) -> [String] {
      guard case .object(let members) = json else { return [] }
      return members.map(\.key)
    }
    let (own, others) = (try settings(self), try settings(other))
    var found = Set(keys(own) + keys(others)).filter { own[$0] != others[$0] }.sorted().map {
      "setting \($0)"
    }
    if levels != other.levels { found.append("levels of knowledge") }
    for (own, others) in [(digests, other.digests), (versions, other.versions)] {
      found += Set(own.keys).union(others.keys).filter { own[$0] != others[$0] }.sorted()
    }
    return found
  }
}

/// What an audit made of answers: kept, so that nothing is asked twice where the audit is stopped and goes on.
struct EvidenceRecord {
  var tensors: [String: Tensor]
  /// What had to be asked for it, by the roles' names.
  var asked: [String: QuestionCount] = [:]
}

/// A folder in which an audit keeps what it made of answers while it goes on: extracts, part by part of the inputs.
///
/// Each record is a safetensors file with a digest over its numbers; it is there whole or not at all. The folder is of
/// use to the very same audit alone, and can be removed when that has ended.
public final class EvidenceFolder {
  /// Where it lies.
  public let folder: URL
  private let versions: [String: String]
  private var digest = ""

  /// The name of the file that says of which audit it is.
  static let originName = "origin.json"

  /// A folder that may be there already; nothing is made yet.
  /// - Parameter versions: of the programs that compute, by their names; others may compute other bits.
  public init(_ folder: URL, versions: [String: String] = [:]) {
    (self.folder, self.versions) = (folder, versions)
  }

  /// Whether it is certain that nothing was kept.
  public var isEmpty: Bool {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
      // One that cannot be listed may hold something.
      return !Paths.exists(folder.path)
    }
    return !names.contains { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }
  }

  /// Begins, or goes on with the same audit.
  /// - Throws: ``EvidenceError``, `ConfigurationError` or `FileError`.
  func begin(
    _ configuration: AttackConfiguration, levels: [CaptionKnowledge], digests: [String: String]
  ) throws {
    let origin = EvidenceOrigin(
      configuration: configuration, levels: levels, digests: digests, versions: versions)
    let file = folder.appending(path: EvidenceFolder.originName)
    if Paths.exists(file.path) {
      let standing: EvidenceOrigin
      do {
        standing = try Configuration.read(from: file)
      } catch let error as ConfigurationError {
        throw EvidenceError.damaged(file: file.path, folder: folder.path, reason: error.description)
      }
      let differences = try standing.differences(from: origin)
      guard differences.isEmpty else {
        throw EvidenceError.otherAudit(folder: folder.path, differences: differences)
      }
    } else {
      try makeFolder(folder)
      try Configuration.write(origin, to: file)
    }
    var hash = SHA256()
    hash.update(try Configuration.encode(origin))
    digest = hash.hexDigest()
  }

  private func file(_ name: String) -> URL { folder.appending(path: "\(name).safetensors") }

  /// Whether something was kept under a name; that it is not damaged shows when it is read.
  func holds(_ name: String) -> Bool { Paths.exists(file(name).path) }

  /// What was kept under a name; nil where nothing was.
  /// - Throws: ``EvidenceError/damaged(file:folder:reason:)`` or `FileError`.
  func record(_ name: String) throws -> EvidenceRecord? {
    let file = file(name)
    guard Paths.exists(file.path) else { return nil }
    func damaged(_ reason: String) -> EvidenceError {
      .damaged(file: file.path, folder: nil, reason: reason)
    }
    do {
      let opened = try SafetensorsFile(file)
      let (tensors, metadata) = (try opened.tensors(), opened.metadata)
      guard metadata["origin"] == digest else { throw damaged("it is of another audit") }
      guard metadata["digest"] == EvidenceFolder.digest(of: tensors), let asked = metadata["asked"] else {
        throw damaged("its numbers are not those that were written")
      }
      return EvidenceRecord(
        tensors: tensors, asked: try Configuration.decode(from: Data(asked.utf8), file: file.path))
    } catch let error as SafetensorsError {
      throw damaged(error.description)
    } catch let error as ConfigurationError {
      throw damaged(error.description)
    }
  }

  /// The tensors of what this audit kept under a name.
  /// - Throws: ``EvidenceError/damaged(file:folder:reason:)``, also where it is not there any more, or `FileError`.
  func tensors(_ name: String) throws -> [String: Tensor] {
    guard let record = try record(name) else {
      throw EvidenceError.damaged(
        file: file(name).path, folder: nil, reason: "it was taken away while the audit went on")
    }
    return record.tensors
  }

  /// Keeps something under a name.
  /// - Throws: `FileError`.
  func keep(_ record: EvidenceRecord, as name: String) throws {
    let asked = String(decoding: try Configuration.encode(record.asked), as: UTF8.self)
    try SafetensorsFile.write(
      record.tensors,
      metadata: ["origin": digest, "digest": EvidenceFolder.digest(of: record.tensors), "asked": asked],
      to: file(name))
  }

  private static func digest(of tensors: [String: Tensor]) -> String {
    var hash = SHA256()
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      hash.update("\(name) \(tensor.shape)\n".utf8)
      tensor.values.withUnsafeBytes { hash.update($0) }
    }
    return hash.hexDigest()
  }
}

/// Why an audit cannot go on with what was kept of answers.
public enum EvidenceError: ExplainedError, Equatable {
  /// What is there was made by another audit.
  case otherAudit(folder: String, differences: [String])
  /// A file cannot be used; of a folder that is named all else cannot be used either.
  case damaged(file: String, folder: String?, reason: String)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .otherAudit(let folder, let differences):
      return
        "\(folder) holds answers to another audit; what differs: \(differences.joined(separator: ", ")). Go on with the "
        + "same, or begin anew in another folder"
    case .damaged(let file, .some(let folder), let reason):
      return "\(file) is damaged (\(reason)); remove \(folder) and begin anew"
    case .damaged(let file, nil, let reason):
      return "\(file) is damaged (\(reason)); remove this file and go on: what it held is asked again"
    }
  }
}

/// Digests of what determines answers.
enum EvidenceDigest {
  /// Of an encoder, and of what is known of it.
  static func of(_ encoder: any AuditedEncoder) throws -> String {
    var hash = SHA256()
    hash.update(try Configuration.encode(encoder.identity))
    hash.update(try Configuration.encode(encoder.facts))
    hash.update("\(encoder.imageSize) \(encoder.modalities.map(\.rawValue).sorted())".utf8)
    return hash.hexDigest()
  }

  /// Of inputs, in their order.
  static func of(_ population: Population) -> String {
    var hash = SHA256()
    hash.update("inputs \(population.count)\n".utf8)
    if let images = population.images { update(&hash, images, population.indices) }
    for (holding, captions) in population.captions.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      hash.update("captions \(holding)\n".utf8)
      for caption in captions { hash.update("\(caption.utf8.count) \(caption)\n".utf8) }
    }
    return hash.hexDigest()
  }

  /// Of labelled images, in their order.
  static func of(_ downstream: DownstreamSet) -> String {
    var hash = SHA256()
    update(&hash, downstream.images, downstream.indices)
    hash.update("labels \(downstream.classes) \(downstream.labels)".utf8)
    return hash.hexDigest()
  }

  private static func update(_ hash: inout SHA256, _ images: Images, _ indices: [Int]) {
    hash.update("images \(images.width)x\(images.height) \(indices.count)\n".utf8)
    for index in indices { hash.update(littleEndian: images.fingerprint(of: index)) }
  }

  /// A short one, for the names of files.
  static func short(_ names: [String]) -> String {
    var hash = SHA256()
    for name in names { hash.update("\(name)\n".utf8) }
    return String(hash.hexDigest().prefix(12))
  }
}
