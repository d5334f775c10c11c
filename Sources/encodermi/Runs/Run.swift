import Data
import Files
import Attack
import Contrastive
import Foundation
import Text

/// Which side of a split an encoder is pre-trained on.
enum Side: String, Codable, CaseIterable {
  case target
  case shadow
}

/// What a pre-training's folder says of its data.
struct RunDescription: Codable, Equatable {
  /// Where the data set was opened, as `format:path` or a path.
  var data: String
  /// How it was opened.
  var options: DataOptions
  /// Which side's members were used.
  var side: Side
  /// Rows of each image as it was opened; images to ask about are brought to the same size.
  var imageSize: Int
  /// The program that wrote it.
  var version: String

  static let fileName = "run.json"

  init(data: String, options: DataOptions, side: Side, imageSize: Int) {
    (self.data, self.options) = (DataFormat.absolute(data), options)
    (self.side, self.imageSize, version) = (side, imageSize, Versions.program)
  }

  /// Reads what a run's folder says of its data.
  /// - Throws: an error that names the file.
  static func read(from folder: RunFolder) throws -> RunDescription {
    try Configuration.read(from: folder.url.appending(path: fileName))
  }
}

/// A pre-training on disk, opened: its data, its split, its encoder.
struct Run {
  let folder: RunFolder
  let description: RunDescription
  let settings: PretrainingConfiguration
  let split: SplitFile
  let images: Images

  /// The name of a run's data set in `split.json`.
  static let dataName = "data"

  /// Opens a finished or unfinished run.
  /// - Parameter moved: where the data are now, if not where they were.
  /// - Parameter opened: the data, where they are open already.
  /// - Throws: an error that names the file and what does not fit.
  static func open(_ path: String, data moved: String? = nil, opened: Images? = nil) throws -> Run {
    let folder = RunFolder(URL(filePath: path))
    guard FileManager.default.fileExists(atPath: folder.configuration.path) else {
      throw RunError.notARun(path)
    }
    let description = try RunDescription.read(from: folder)
    let split = try SplitFile.read(from: folder.url)
    let images = try opened ?? openData(moved ?? description.data, description.options).images()
    let drawnOver = split.dataFingerprints[dataName]
    guard drawnOver == images.fingerprint, split.split.count == images.count else {
      throw RunError.otherData(
        path, data: images.dataset.path, expected: drawnOver ?? "none", found: images.fingerprint)
    }
    return Run(
      folder: folder, description: description, settings: try Configuration.read(from: folder.configuration),
      split: split, images: images)
  }

  /// The groups of one side.
  func groups(_ side: Side) -> MembershipGroups<[Int]> {
    side == .target ? split.split.target : split.split.shadow
  }

  /// The encoder after the last epoch, or after a chosen one.
  func encoder(epoch: Int? = nil) throws -> PretrainedEncoder {
    try Run.encoder(in: folder, epoch: epoch)
  }

  /// The encoder of a run folder, whose data need not be at hand.
  static func encoder(in folder: RunFolder, epoch: Int? = nil) throws -> PretrainedEncoder {
    let path = epoch.map { folder.checkpoint(epoch: $0) } ?? folder.finalCheckpoint
    guard FileManager.default.fileExists(atPath: path.path) else {
      throw RunError.noCheckpoint(folder.url.path, epoch: epoch, known: folder.checkpointEpochs)
    }
    return try PretrainedEncoder(contentsOf: path)
  }

  /// The image and text encoder of a run by CLIP, after the last epoch.
  func pair() throws -> PretrainedCLIP { try Run.pair(in: folder) }

  /// The image and text encoder of a run folder, whose data need not be at hand.
  static func pair(in folder: RunFolder) throws -> PretrainedCLIP {
    guard FileManager.default.fileExists(atPath: folder.finalCheckpoint.path) else {
      throw RunError.noCheckpoint(folder.url.path, epoch: nil, known: folder.checkpointEpochs)
    }
    return try PretrainedCLIP(
      contentsOf: folder.finalCheckpoint, tokenizer: try TokenizerFile.open(folder.tokenizer))
  }

  /// Whether captions were trained on.
  var isPair: Bool { settings.algorithm.clip != nil }

  /// The recall or the kNN accuracy the log ends with, else the contrastive accuracy.
  func utility() -> AttackResults.Utility? {
    guard let last = try? folder.records().last else { return nil }
    if let recall = last.recall {
      return AttackResults.Utility(
        measure: "image-to-text recall@\(RetrievalRecall.depths[2])", value: recall.imageToText[2])
    }
    if let knn = last.knnAccuracy { return AttackResults.Utility(measure: "kNN accuracy", value: knn) }
    return AttackResults.Utility(measure: "contrastive accuracy", value: last.contrastiveAccuracy)
  }

  /// What results say of the pre-training.
  func pretraining(_ encoder: PretrainedEncoder) -> AttackResults.Pretraining {
    let what = encoder.description
    return AttackResults.Pretraining(
      epochs: what.epoch, members: what.members, utility: utility(),
      encoder: "\(what.encoder.name) at \(what.encoder.imageSize) px", algorithm: what.algorithm)
  }
}

/// What is wrong with a folder that was given as a run.
enum RunError: ExplainedError {
  case notARun(String)
  case noCheckpoint(String, epoch: Int?, known: [Int])
  case wrongSide(String, expected: Side)
  case otherData(String, data: String, expected: String, found: String)
  case otherAlgorithm(String?, found: String)
  case overlap(count: Int, target: String, shadow: String)
  case occupied(String)
  case noCaptions(String)
  case calibratedByMembers(String, count: Int)
  case otherKind(target: String, shadow: String)
  case noFeatures(target: String, shadow: String, reason: String)

  var description: String {
    switch self {
    case .notARun(let path):
      "\(path) is no run of `encodermi pretrain` (it has no pretraining.json); give the folder that --out named"
    case .noCheckpoint(let path, nil, _):
      "\(path) has no finished encoder; go on with the pre-training by --resume"
    case .noCheckpoint(let path, .some(let epoch), let known):
      "\(path) has no checkpoint of epoch \(epoch); there are "
        + (known.isEmpty
          ? "none, choose some by --checkpoints" : known.map(String.init).joined(separator: ", "))
    case .wrongSide(let path, let expected):
      "\(path) was not pre-trained on the \(expected.rawValue)'s members; pre-train it with --group \(expected.rawValue)"
    case .otherData(let path, let data, let expected, let found):
      "the images in \(data) are not those that \(path) was made with (fingerprint \(found), expected \(expected)); "
        + "give the folder with the very same images"
    case .otherAlgorithm(let file, let found):
      "\(file ?? "the preset"): its algorithm is \(found); run `encodermi pretrain \(found)`, or leave the algorithm out"
    case .overlap(let count, let target, let shadow):
      "\(count) images are in the groups of both \(target) and \(shadow), so the shadow has seen what it is to infer; "
        + "pre-train both with the same --data, --members and --split-seed"
    case .noFeatures(let target, let shadow, let reason):
      "no membership features of \(target) and \(shadow): \(reason). Pre-train anew, or try another --similarity"
    case .noCaptions(let path):
      "\(path) was not pre-trained on captions; give a run of `encodermi pretrain clip`"
    case .calibratedByMembers(let path, let count):
      "\(path) was pre-trained on \(count) of the images that are asked about, so it cannot tell how hard they are; "
        + "calibrate by encoders that saw none of them, such as further shadows"
    case .otherKind(let target, let shadow):
      "one of \(target) and \(shadow) was pre-trained on captions, the other was not; pre-train the shadow by the target's "
        + "algorithm"
    case .occupied(let path):
      "\(path) already holds files; choose another --out"
    }
  }
}
