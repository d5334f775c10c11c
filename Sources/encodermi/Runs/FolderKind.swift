import Contrastive
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
    func has(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: folder.appending(path: name).path)
    }
    var isFolder: ObjCBool = false
    if !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
      self = .nothing
    } else if !isFolder.boolValue {
      self = .file
    } else if has(RunFolder(folder).configuration.lastPathComponent) {
      self = .run
    } else if has(AttackJob.configurationName) || has(PairAttackJob.configurationName) {
      self = .attack
    } else if has("checkpoint.json") {
      // Classifiers and encoders are both checkpoints; only a classifier's description has a kind.
      let description = try? Data(contentsOf: folder.appending(path: "checkpoint.json"))
      let keys = description.flatMap { try? JSONSerialization.jsonObject(with: $0) } as? [String: Any]
      self = keys?["kind"] != nil ? .classifier : keys?["encoder"] != nil ? .encoder : .checkpoint
    } else {
      self = .other
    }
  }
}
