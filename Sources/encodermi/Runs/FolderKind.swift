import Contrastive
import Files
import Foundation

/// What lies at a path, so that one folder given in place of another can be called what it is.
enum FolderKind: String {
  case nothing = "no such folder"
  case file = "this is a file"
  case run = "this is a run of `encodermi pretrain`"
  case attack = "these are the results of an attack"
  case classifier = "this is an inference classifier"
  case encoder = "this is an encoder"
  case checkpoint = "this is a checkpoint of something else"
  case other = "this folder holds none"

  init(_ path: String) {
    let folder = URL(filePath: path)
    func has(_ name: String) -> Bool { Paths.exists(folder.appending(path: name).path) }
    if !Paths.exists(path) {
      self = .nothing
    } else if !Paths.isFolder(path) {
      self = .file
    } else if has(RunFolder(folder).configuration.lastPathComponent) {
      self = .run
    } else if has(AttackJob.configurationName) || has(PairAttackJob.configurationName) {
      self = .attack
    } else if has("checkpoint.json") {
      // Classifiers and encoders are both checkpoints; only a classifier's description has a kind.
      let description = try? JSONParser.parse(readFile(folder.appending(path: "checkpoint.json")))
      self =
        description?["kind"] != nil ? .classifier : description?["encoder"] != nil ? .encoder : .checkpoint
    } else {
      self = .other
    }
  }
}
