import Files
import Foundation

/// Where a pre-training writes: configuration, log, checkpoints and the state to resume from.
public struct RunFolder: Sendable {
  /// The folder.
  public let url: URL

  /// A run folder at a path; nothing is created yet.
  public init(_ url: URL) { self.url = url }

  /// The settings of the pre-training.
  public var configuration: URL { url.appending(path: "pretraining.json") }
  /// One JSON object a line for each epoch.
  public var log: URL { url.appending(path: "log.jsonl") }
  /// What resuming starts from.
  public var state: URL { url.appending(path: "state.safetensors") }
  /// What captions are tokenised with, where there are captions: a file or a folder.
  public var tokenizer: URL { url.appending(path: "tokenizer") }
  /// The encoder after the last epoch.
  public var finalCheckpoint: URL { url.appending(path: "encoder") }

  /// Makes the folder this process's alone to write to, until the lock goes.
  /// - Throws: ``PretrainingError/inUse(folder:)`` if a run goes on there, `FileError` if there is no such folder.
  func lock() throws -> FolderLock {
    try FolderLock(url, inUse: PretrainingError.inUse(folder: url.path))
  }

  /// The encoders after chosen epochs.
  var checkpoints: URL { url.appending(path: "checkpoints") }
  /// The encoder after a chosen epoch.
  public func checkpoint(epoch: Int) -> URL { checkpoints.appending(path: "epoch-\(epoch)") }

  /// The epochs of the checkpoints that are there, ascending; none where there is no folder of them.
  /// - Throws: `FileError` where it cannot be listed.
  public func checkpointEpochs() throws(FileError) -> [Int] {
    let folder = checkpoints.path
    guard Paths.exists(folder) else { return [] }
    return try Paths.names(in: folder).compactMap {
      $0.hasPrefix("epoch-") ? Int($0.dropFirst("epoch-".count)) : nil
    }.sorted()
  }
}

/// What the log says of one epoch.
public struct EpochRecord: Sendable, Codable, Equatable {
  /// The epoch, from 1.
  public var epoch: Int
  /// Mean loss over its steps in nats.
  public var loss: Double
  /// The share of queries whose own key was the most similar of all, mean over its steps.
  public var contrastiveAccuracy: Double
  /// The learning rate of its last step.
  public var learningRate: Double
  /// Members a second: images seen as two views each, or pairs of an image, seen as one view, and a caption.
  public var imagesPerSecond: Double
  /// Accuracy of the nearest neighbours' vote, where it was taken.
  public var knnAccuracy: Double?
  /// How many of the held-out pairs find each other, where that was asked.
  public var recall: RetrievalRecall?
  /// CLIP's learned multiplier of similarities.
  public var logitScale: Double?
}

/// A log of one line an epoch that forgets what lies behind the state a run resumes from.
struct RunLog {
  let file: URL
  /// The most bytes of a log: millions of epochs.
  private static let largest = 1 << 30

  /// Drops the lines of epochs after `epoch`.
  func truncate(after epoch: Int) throws {
    guard Paths.exists(file.path) else { return }
    let kept = try RunLog.read(file).filter { $0.epoch <= epoch }
    try atomicWrite(Data(try kept.map(RunLog.line).joined().utf8), to: file)
  }

  func append(_ record: EpochRecord) throws {
    let data = Data(try RunLog.line(record).utf8)
    if !Paths.exists(file.path) { return try atomicWrite(data, to: file) }
    try appendToFile(data, file)
  }

  private static func line(_ record: EpochRecord) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(record), as: UTF8.self) + "\n"
  }

  /// The records of a log. A last line without its end was cut short when a process was killed, and is left out; the
  /// epoch that it told of is run again, as the state to resume from is older. Any other damage is an error.
  /// - Throws: `FileError`, or `ConfigurationError` that names file and line.
  static func read(_ file: URL) throws -> [EpochRecord] {
    var lines = try readFile(file, limit: largest)
      .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // What follows the last line end: nothing, or the beginning of a line.
    lines.removeLast()
    return try lines.enumerated().map { number, line in
      try Configuration.decode(from: Data(line), file: "\(file.path) (epoch record \(number + 1))")
    }
  }
}

extension RunFolder {
  /// The log's records, oldest first. A last line that was cut short by a kill is left out.
  /// - Throws: `FileError` if there is no log, `ConfigurationError` if another line is damaged.
  public func records() throws -> [EpochRecord] { try RunLog.read(log) }
}
