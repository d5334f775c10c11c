import Files
import Foundation
import Kernels

/// A network on disk: a folder with `weights.safetensors` (weights and running statistics by name) and
/// `checkpoint.json` (what is needed to build it and to know where it comes from).
public struct Checkpoint<Description: Codable & Sendable>: Sendable {
  /// What the JSON file says.
  public let description: Description
  /// Weights and running statistics by name.
  public let tensors: [String: Tensor]
  /// The file that the tensors came from, or go to, as errors name it.
  public let weightsFile: String

  /// A checkpoint of a store, to be written at once: it shares the store's memory.
  public init(_ store: ParameterStore, _ description: Description) {
    self.description = description
    tensors = store.tensors
    weightsFile = CheckpointFiles.weights
  }

  /// Reads a checkpoint.
  /// - Throws: ``FileError``, ``ConfigurationError`` or ``SafetensorsError``, each naming the file.
  public init(contentsOf folder: URL) throws {
    let folder = wholeFolder(folder)
    description = try Configuration.read(from: folder.appending(path: CheckpointFiles.description))
    let file = try SafetensorsFile(folder.appending(path: CheckpointFiles.weights))
    tensors = try file.tensors()
    weightsFile = file.file
  }

  /// What to build the network from.
  public var source: ParameterSource { .tensors(tensors, file: weightsFile) }

  /// Writes the folder as a whole, never half of it, in place of an older one.
  /// - Throws: ``FileError``; then an older folder of that name is unchanged.
  public func write(to folder: URL) throws {
    try replaceFolder(folder) { temporary in
      try SafetensorsFile.write(tensors, to: temporary.appending(path: CheckpointFiles.weights))
      try Configuration.write(description, to: temporary.appending(path: CheckpointFiles.description))
    }
  }
}

/// The files of a checkpoint's folder.
enum CheckpointFiles {
  static let weights = "weights.safetensors"
  static let description = "checkpoint.json"
}
