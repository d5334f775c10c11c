import Attack
import Contrastive
import Data
import Encoders
import Files
import Foundation
import Text

/// A pre-training on disk, opened: its data, its split, its encoder.
public struct Run: SplitSource {
  /// Where it lies.
  public let folder: RunFolder
  /// What it says of its data.
  public let description: RunDescription
  /// How it was pre-trained.
  public let settings: PretrainingConfiguration
  /// The four groups that its members were drawn with.
  public let split: SplitFile
  /// The images that the groups are drawn from.
  public let images: Images
  /// The epoch after which an audit asks the encoder; nil for the last.
  var epoch: Int?

  /// The name of a run's data set in `split.json`.
  static let dataName = "data"

  /// Opens a finished or unfinished run.
  /// - Parameters:
  ///   - moved: where the data are now, if not where they were.
  ///   - opened: data that are open already; they are used if they are the run's.
  /// - Throws: an error that names the file and what does not fit.
  public static func open(_ path: String, data moved: String? = nil, opened: Dataset? = nil) throws -> Run {
    let folder = RunFolder(URL(filePath: path))
    guard FileManager.default.fileExists(atPath: folder.configuration.path) else {
      throw RunError.notARun(path)
    }
    try folder.check([
      RunDescription.fileName, SplitFile.name, folder.configuration.lastPathComponent,
      folder.log.lastPathComponent,
    ])
    let description = try RunDescription.read(from: folder)
    let split = try SplitFile.read(from: folder.url)
    guard description.role.isReference == (split.reference != nil) else {
      throw RunError.otherMembers(path, group: description.role)
    }
    return Run(
      folder: folder, description: description, settings: try Configuration.read(from: folder.configuration),
      split: split, images: try images(description, split, in: path, data: moved, opened: opened))
  }

  /// The images that the split in some folder was drawn over.
  /// - Throws: ``RunError/otherData(_:data:expected:found:)``, or an error of opening the data set.
  static func images(
    _ description: RunDescription, _ split: SplitFile, in path: String, data moved: String?, opened: Dataset?
  ) throws -> Images {
    let place = moved ?? description.data
    let images =
      try
      (opened.flatMap { $0.isOpened(from: place, description.options) ? $0 : nil }
      ?? Dataset.open(place, options: description.options)).images()
    let drawnOver = split.dataFingerprints[dataName]
    guard drawnOver == images.fingerprint, split.split.count == images.count else {
      throw RunError.otherData(
        path, data: images.dataset.path, expected: drawnOver ?? "none", found: images.fingerprint)
    }
    return images
  }

  /// The folder's path.
  public var path: String { folder.url.path }

  /// The seed of its pre-training.
  public var seed: UInt64? { settings.seed }

  /// The image encoder after the last epoch, or after a chosen one.
  /// - Throws: ``RunError/noCheckpoint(_:epoch:known:)``, or an error that names the file.
  public func encoder(epoch: Int? = nil) throws -> PretrainedEncoder {
    try Run.encoder(in: folder, epoch: epoch)
  }

  /// The image encoder of a run folder, whose data need not be at hand.
  /// - Throws: ``RunError/noCheckpoint(_:epoch:known:)``, or an error that names the file.
  public static func encoder(in folder: RunFolder, epoch: Int? = nil) throws -> PretrainedEncoder {
    let path = epoch.map { folder.checkpoint(epoch: $0) } ?? folder.finalCheckpoint
    guard FileManager.default.fileExists(atPath: path.path) else {
      throw RunError.noCheckpoint(folder.url.path, epoch: epoch, known: try folder.checkpointEpochs())
    }
    try folder.check(checkpoint: path)
    return try PretrainedEncoder(contentsOf: path)
  }

  /// The image and the text encoder of a run by CLIP, after the last epoch.
  /// - Throws: ``RunError/noCheckpoint(_:epoch:known:)``, or an error that names the file.
  public func clip() throws -> PretrainedCLIP { try Run.clip(in: folder) }

  /// The image and the text encoder of a run folder, whose data need not be at hand.
  /// - Throws: ``RunError/noCheckpoint(_:epoch:known:)``, or an error that names the file.
  public static func clip(in folder: RunFolder) throws -> PretrainedCLIP {
    guard FileManager.default.fileExists(atPath: folder.finalCheckpoint.path) else {
      throw RunError.noCheckpoint(folder.url.path, epoch: nil, known: try folder.checkpointEpochs())
    }
    try folder.check(checkpoint: folder.finalCheckpoint)
    try folder.checkTokenizer()
    return try PretrainedCLIP(contentsOf: folder.finalCheckpoint, tokenizerFile: folder.tokenizer)
  }

  /// The run's encoder as an audit asks it, of images and captions where captions were trained on; after the last epoch,
  /// or of image encoders after the one that was chosen.
  /// - Throws: ``RunError/noCheckpoint(_:epoch:known:)``, or an error that names the file.
  public func audited() throws -> any AuditedEncoder {
    usesCaptions && epoch == nil ? try clip() : try encoder(epoch: epoch)
  }

  /// Whether captions were trained on.
  public var usesCaptions: Bool { settings.algorithm.clip != nil }

  /// The recall or the kNN accuracy the log ends with, or has of the epoch that was chosen, else the contrastive accuracy;
  /// nil without a log.
  /// - Throws: an error of a log that cannot be read.
  public func utility() throws -> EncoderRecord.Utility? {
    guard Paths.exists(folder.log.path) else { return nil }
    let records = try folder.records()
    guard let last = epoch.map({ epoch in records.first { $0.epoch == epoch } }) ?? records.last else {
      return nil
    }
    if last.recall == nil, let knn = last.knnAccuracy {
      return EncoderRecord.Utility(measure: "kNN accuracy", value: knn)
    }
    return Run.ownUtility(last)
  }

  /// How well it does what it was trained for, whether the images have classes or not: the recall, else the contrastive
  /// accuracy that the log ends with; nil without a log.
  /// - Throws: an error of a log that cannot be read.
  func ownUtility() throws -> EncoderRecord.Utility? {
    guard Paths.exists(folder.log.path) else { return nil }
    return try folder.records().last.map(Run.ownUtility)
  }

  private static func ownUtility(_ last: EpochRecord) -> EncoderRecord.Utility {
    guard let recall = last.recall else {
      return EncoderRecord.Utility(measure: "contrastive accuracy", value: last.contrastiveAccuracy)
    }
    return EncoderRecord.Utility(
      measure: "image-to-text recall@\(RetrievalRecall.depths[2])", value: recall.imageToText[2])
  }
}

extension Split {
  /// The groups of one of the two encoders.
  public func groups(_ role: AuditGroup) -> MembershipGroups<[Int]> { role == .target ? target : shadow }
}
