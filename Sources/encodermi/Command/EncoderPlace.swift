import Contrastive
import Encoders
import Experiments
import Files
import Foundation
import Networks
import Text

/// Where an encoder is, as an option names it: a run, a folder with a checkpoint, or `answers:FOLDER`.
struct EncoderPlace {
  /// As it was given.
  let path: String
  /// The folder of questions with recorded answers; nil where it is none.
  let answers: URL?

  private static let prefix = "answers:"

  init(_ path: String) {
    self.path = path
    answers =
      path.hasPrefix(EncoderPlace.prefix)
      ? URL(filePath: String(path.dropFirst(EncoderPlace.prefix.count))) : nil
  }

  /// The folder of a run or a checkpoint.
  var folder: URL { URL(filePath: path) }

  /// What a run, or a folder of questions about a split, says of its data; nil of a checkpoint, and of questions about
  /// lists.
  var runDescription: RunDescription? {
    get throws {
      if answers == nil && FolderKind(path) != .run { return nil }
      let place = answers ?? folder
      // Questions about lists are not of a run's data.
      if answers != nil && !Paths.exists(place.appending(path: RunDescription.fileName).path) { return nil }
      return try RunDescription.read(from: RunFolder(place))
    }
  }

  /// The encoder, and the size that images are brought to first: that of the run's data set, as with the members.
  /// - Parameter captions: whether captions are asked about; pictures alone need no tokenizer.
  func open(captions: Bool) throws -> (any AuditedEncoder, imageSize: Int) {
    if let answers {
      let recorded = try RecordedAnswers(answers)
      return (recorded, try runDescription?.imageSize ?? recorded.imageSize)
    }
    let run = RunFolder(folder)
    if let description = try runDescription {
      let settings: PretrainingConfiguration = try Configuration.read(from: run.configuration)
      if captions && settings.algorithm.clip == nil { throw RunError.noCaptions(path) }
      // Pictures alone need no tokenizer; who the encoder is does not depend on its being there.
      let encoder: any AuditedEncoder = captions ? try Run.clip(in: run) : try Run.encoder(in: run)
      return (encoder, description.imageSize)
    }
    try runAround(run.url)?.check(checkpoint: run.url.standardizedFileURL)
    let checkpoint = try Checkpoint<EncoderDescription>(contentsOf: run.url)
    let size = try storedSize(besides: run.url) ?? checkpoint.description.encoder.imageSize
    if !captions { return (try PretrainedEncoder(checkpoint.description, checkpoint.source), size) }
    guard checkpoint.description.clip != nil else { throw RunError.noCaptions(path) }
    guard let tokenizer = beside(run.url, \.tokenizer) else { throw InferError.noTokenizer(path) }
    return (try PretrainedCLIP(contentsOf: run.url, tokenizerFile: tokenizer), size)
  }

  /// A run's file, of a checkpoint that lies where the run wrote it, or that the file was copied to.
  private func beside(_ checkpoint: URL, _ file: (RunFolder) -> URL) -> URL? {
    let places = [RunFolder(checkpoint.standardizedFileURL), runAround(checkpoint)].compactMap { $0 }
    return places.map(file).first { Paths.exists($0.path) }
  }

  /// The run that a checkpoint lies in where the run wrote it; nil for one that lies elsewhere.
  private func runAround(_ checkpoint: URL) -> RunFolder? {
    let folder = checkpoint.standardizedFileURL
    let above = RunFolder(folder.deletingLastPathComponent())
    let higher = RunFolder(above.url.deletingLastPathComponent())
    // A folder of another name may lie anywhere, and what is above it belong to something else.
    if above.finalCheckpoint.path == folder.path { return above }
    let checkpoints = higher.checkpoint(epoch: 0).deletingLastPathComponent()
    return checkpoints.path == above.url.path ? higher : nil
  }

  /// The size that a checkpoint's run brought images to; nil for a checkpoint without its run.
  private func storedSize(besides checkpoint: URL) throws -> Int? {
    let run = beside(checkpoint, \.configuration)?.deletingLastPathComponent()
    return try run.map { try RunDescription.read(from: RunFolder($0)).imageSize }
  }
}
