import Files
import Foundation
import Kernels

/// Everything a training needs to go on as if it had not stopped: tensors by name (weights, optimiser, key encoder,
/// queue) and values (step, epoch, random streams, configuration).
///
/// It is one safetensors file, with the values as JSON in its metadata, so it is either there or not. The one written
/// before is kept beside it as `NAME.previous.safetensors`.
public struct TrainingState<Values: Codable & Sendable>: Sendable {
  /// The tensors by name; a dotted prefix says whose they are.
  public let tensors: [String: Tensor]
  /// All else.
  public let values: Values
  /// The file it was read from, as errors name it.
  public let file: String

  /// A state to be written at once: it shares the memory of the tensors.
  public init(tensors: [String: Tensor], values: Values) {
    self.tensors = tensors
    self.values = values
    file = "training state"
  }

  /// Reads a state, or the one before it where that file is missing or damaged; ``file`` says which.
  /// - Throws: ``FileError``, ``SafetensorsError`` or ``ConfigurationError``, each naming the file.
  public init(contentsOf file: URL) throws {
    do {
      try self.init(generation: file)
    } catch {
      let isDamaged = error is SafetensorsError || error as? FileError == .absent(file: file.path)
      let previous = TrainingFiles.previous(of: file)
      guard isDamaged, Paths.exists(previous.path) else { throw error }
      do { try self.init(generation: previous) } catch _ { throw error }
    }
  }

  private init(generation file: URL) throws {
    let opened = try SafetensorsFile(file)
    guard let json = opened.metadata[TrainingFiles.valuesKey] else {
      throw SafetensorsError.badHeader(
        file: file.path,
        reason: "it is not a training checkpoint (no “\(TrainingFiles.valuesKey)” in its metadata)")
    }
    values = try Configuration.decode(
      from: Data(json.utf8), file: "\(file.path) (\(TrainingFiles.valuesKey))")
    tensors = try opened.tensors()
    guard opened.metadata[TrainingFiles.digestKey] == TrainingFiles.digest(of: tensors, and: json) else {
      throw SafetensorsError.badHeader(
        file: file.path, reason: "its numbers are not those that were written (“\(TrainingFiles.digestKey)”)")
    }
    self.file = file.path
  }

  /// Writes the state atomically and keeps the one before as the previous generation.
  /// - Throws: ``FileError``, then what is on disk is unchanged; `EncodingError` if the values hold what JSON cannot.
  public func write(to file: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = String(decoding: try encoder.encode(values), as: UTF8.self)
    try SafetensorsFile.write(
      tensors,
      metadata: [
        TrainingFiles.valuesKey: json, TrainingFiles.digestKey: TrainingFiles.digest(of: tensors, and: json),
      ], to: file, previous: TrainingFiles.previous(of: file))
  }

  /// The tensors whose names begin with `prefix` and a dot, without it.
  public func tensors(under prefix: String) -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for (name, tensor) in tensors where name.hasPrefix(prefix + ".") {
      result[String(name.dropFirst(prefix.count + 1))] = tensor
    }
    return result
  }
}

extension [String: Tensor] {
  /// The same tensors, their names beginning with `prefix` and a dot.
  public func under(_ prefix: String) -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for (name, tensor) in self { result["\(prefix).\(name)"] = tensor }
    return result
  }
}

enum TrainingFiles {
  static let valuesKey = "values"
  static let digestKey = "digest"

  /// A hash over names, numbers and values: a state that was damaged, or made of two, is not gone on from.
  static func digest(of tensors: [String: Tensor], and values: String) -> String {
    var hashes = [Array(values.utf8).withUnsafeBytes(contentHash)]
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      hashes.append(Array("\(name) \(tensor.shape)".utf8).withUnsafeBytes(contentHash))
      hashes.append(tensor.values.withUnsafeBytes(contentHash))
    }
    return String(hashes.withUnsafeBytes(contentHash), radix: 16)
  }

  static func previous(of file: URL) -> URL {
    file.deletingPathExtension().appendingPathExtension("previous").appendingPathExtension(file.pathExtension)
  }
}
