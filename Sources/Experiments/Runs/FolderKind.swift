import Contrastive
import Files
import Foundation

/// What lies at a path, so that one folder given in place of another can be called what it is.
public enum FolderKind: Sendable {
  /// Nothing.
  case nothing
  /// A file.
  case file
  /// A pre-training.
  case run
  /// The results of an attack.
  case attack
  /// An attack that has begun and not ended.
  case unfinishedAttack
  /// A checkpoint of an inference classifier.
  case classifier
  /// A checkpoint of an encoder.
  case encoder
  /// A checkpoint of something else.
  case checkpoint
  /// A folder that holds none of these.
  case other

  /// Looks at what lies at a path.
  public init(_ path: String) {
    let folder = URL(filePath: path)
    func has(_ name: String) -> Bool { Paths.exists(folder.appending(path: name).path) }
    if !Paths.exists(path) {
      self = .nothing
    } else if !Paths.isFolder(path) {
      self = .file
    } else if has(RunFolder(folder).configuration.lastPathComponent) {
      self = .run
    } else if ResultsFolder.isUnfinished(folder) {
      self = .unfinishedAttack
    } else if has(AttackJob.configurationName) {
      self = .attack
    } else if has("checkpoint.json") {
      // Classifiers and encoders are both checkpoints; only a classifier's description has a kind. One that cannot be read
      // is a checkpoint all the same: whoever opens it learns why.
      let description = try? JSONParser.parse(readFile(folder.appending(path: "checkpoint.json")))
      self =
        description?["kind"] != nil ? .classifier : description?["encoder"] != nil ? .encoder : .checkpoint
    } else {
      self = .other
    }
  }
}
