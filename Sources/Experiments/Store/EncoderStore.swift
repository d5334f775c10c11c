import Contrastive
import Data
import Files
import Foundation

/// Everything that determines the weights of an encoder and what is measured while it is trained.
public struct EncoderKey: Codable, Sendable, Equatable {
  /// Rises whenever the same settings and data give other weights or another log.
  public static let currentFormat = 1

  /// ``currentFormat`` of the program that trained it.
  public let format: Int
  /// All settings, seed included.
  public let configuration: PretrainingConfiguration
  /// A digest of the images that it is trained on, in their order.
  public let members: String
  /// A digest of the images that tell how useful it is.
  public let heldOut: String
  /// A digest of the tokens of the members' captions; nil for algorithms without captions.
  public let captions: String?

  /// An encoder by its settings and data.
  public init(
    _ configuration: PretrainingConfiguration, members: Images, heldOut: Images, captions: CaptionTokens?
  ) {
    (format, self.configuration) = (EncoderKey.currentFormat, configuration)
    (self.members, self.heldOut) = (members.fingerprint, heldOut.fingerprint)
    self.captions = captions?.fingerprint
  }

  /// The name of its folder in a store: the beginning of a SHA-256 digest of all the above.
  /// - Throws: `EncodingError` for settings that JSON cannot hold.
  public func name() throws -> String {
    var digest = SHA256()
    digest.update(try Configuration.encode(self))
    return String(digest.hexDigest().prefix(24))
  }
}

/// Encoders that experiments share: each is trained once and found again by its ``EncoderKey``.
///
/// A folder with `encoders/NAME` for each encoder, of which `key.json` says what it is and `run` is a run folder, and
/// `speeds.json` with what was measured of this machine. Several processes may use one store: each encoder is trained by
/// the one that locks it, and one in the making goes on from its last state.
public struct EncoderStore: Sendable {
  /// Where it lies.
  public let folder: URL

  /// A store at a path; nothing is created yet.
  public init(_ folder: URL) { self.folder = folder }

  /// The place of an encoder.
  /// - Throws: `EncodingError` for settings that JSON cannot hold.
  public func place(_ key: EncoderKey) throws -> StoredEncoder {
    StoredEncoder(folder: folder.appending(path: "encoders/\(try key.name())"), key: key)
  }

  /// What was measured of this machine.
  var speeds: URL { folder.appending(path: "speeds.json") }
}

/// The place of one encoder in a store, whether it is there or not.
public struct StoredEncoder: Sendable {
  /// The folder.
  public let folder: URL
  /// Who it is.
  public let key: EncoderKey

  /// The run folder inside.
  public var run: RunFolder { RunFolder(folder.appending(path: "run")) }

  /// Whether it is there, trained to its end.
  public var isFinished: Bool { Paths.exists(run.finalCheckpoint.path) }

  /// Whether somebody has begun to train it.
  public var hasBegun: Bool { Paths.exists(run.configuration.path) }

  private var keyFile: URL { folder.appending(path: "key.json") }

  /// How a training ended.
  public enum Outcome: Sendable {
    /// The encoder is there.
    case finished
    /// It was asked to stop; it goes on from here the next time.
    case interrupted
    /// Another process trains it now.
    case busy
  }

  /// Trains the encoder, or goes on with it, unless it is there or another process trains it.
  /// - Parameters:
  ///   - members: the images that the key tells of.
  ///   - heldOut: those that tell how useful it is.
  ///   - captions: of the members, for algorithms that train on them.
  ///   - tokenizer: what captions are tokenised with.
  ///   - shouldStop: asked after each step.
  ///   - report: told after each step and epoch.
  /// - Throws: ``StoreError`` where the folder holds something else, or an error of the training.
  public func train(
    members: Images, heldOut: Images, captions: CaptionTokens?, tokenizer: ChosenTokenizer?,
    shouldStop: () -> Bool, report: (PretrainingEvent) -> Void
  ) throws -> Outcome {
    if isFinished {
      try requireSame()
      return .finished
    }
    try makeFolder(folder)
    let lock: FolderLock
    do {
      lock = try FolderLock(folder, inUse: StoreError.inUse(folder.path))
    } catch StoreError.inUse { return .busy }
    return try withExtendedLifetime(lock) {
      // The other process may have ended it since it was looked at.
      if isFinished { return .finished }
      if Paths.exists(keyFile.path) { try requireSame() } else { try Configuration.write(key, to: keyFile) }
      let isResuming = hasBegun
      let pretraining = try Pretraining(
        key.configuration, members: members, captions: captions, folder: run,
        monitor: NearestNeighbours(bank: members, queries: heldOut),
        retrieval: captions == nil
          ? nil
          : heldOut.dataset.captions.flatMap { Retrieval(images: heldOut, captions: $0.map { $0[0] }) },
        isResuming: isResuming)
      if !isResuming { try tokenizer?.write(to: run.tokenizer) }
      guard try pretraining.run(shouldStop: shouldStop, report: report) == .finished else {
        return .interrupted
      }
      // A state is three times as large as the encoder, there are two of them, and nothing goes on from here.
      for name in try Paths.names(in: run.url.path) where name.hasPrefix("state.") {
        try FileManager.default.removeItem(at: run.url.appending(path: name))
      }
      return .finished
    }
  }

  private func requireSame() throws {
    guard try Configuration.read(EncoderKey.self, from: keyFile) == key else {
      throw StoreError.otherEncoder(folder.path)
    }
  }
}

/// What is wrong with a store of encoders.
public enum StoreError: ExplainedError, Equatable {
  /// Another process trains the encoder.
  case inUse(String)
  /// A folder with the name of an encoder that holds another.
  case otherEncoder(String)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .inUse(let path): "\(path) is in use: another process trains this encoder; wait for its end"
    case .otherEncoder(let path):
      "\(path)/key.json tells of another encoder than its folder's name; it was changed by hand: remove the folder, and "
        + "the encoder is trained again"
    }
  }
}
