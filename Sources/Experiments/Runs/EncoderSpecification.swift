import Contrastive
import Files
import Foundation
import Text

/// What determines an encoder, beside the images it is pre-trained on.
public struct EncoderSpecification: Sendable {
  /// All settings of the pre-training.
  public var configuration: PretrainingConfiguration
  /// What captions are tokenised with, where there are captions to train on.
  public var tokenizer: ChosenTokenizer?

  /// An encoder by its settings, and by its tokenizer if they are CLIP's.
  public init(_ configuration: PretrainingConfiguration, tokenizer: ChosenTokenizer? = nil) {
    (self.configuration, self.tokenizer) = (configuration, tokenizer)
  }
}

/// A tokenizer and where it came from, so that a run can keep a copy of it.
public struct ChosenTokenizer: Sendable {
  /// The tokenizer.
  public let tokenizer: any Tokenizer
  /// Its file or folder; nil if it was trained here.
  let source: URL?

  /// Opens a tokenizer.
  /// - Throws: an error that names the file and the forms that are known.
  public init(contentsOf source: URL) throws {
    (tokenizer, self.source) = (try TokenizerFile.open(source), source)
  }

  /// Trains a tokenizer on all captions of a data set, members and nonmembers alike: so target and shadow have the same
  /// one, and it says nothing of who was a member.
  /// - Throws: `InvalidSetting` for a vocabulary below that of bytes, or a context without room for a token.
  public init(trainedOn captions: [[String]], vocabulary: Int, contextLength: Int) throws {
    let sizes = TrainedTokenizer.smallestVocabulary...1_000_000
    try require(
      sizes.contains(vocabulary), "vocabularySize", vocabulary, "in \(sizes) for a trained tokenizer")
    try require(contextLength >= 3, "contextLength", contextLength, "at least 3: start, a token, end")
    tokenizer = TrainedTokenizer.train(
      on: captions.flatMap { $0 }, vocabularySize: vocabulary, contextLength: contextLength)
    source = nil
  }

  /// Keeps a copy in a run's folder.
  /// - Throws: `FileError`.
  public func write(to place: URL) throws {
    if let trained = tokenizer as? TrainedTokenizer { return try trained.write(to: place) }
    guard let source else { return }
    let parts = ["vocab.json", "merges.txt"]
    let both = "tokenizer.json"
    let isFolder = Paths.isFolder(source.path)
    guard isFolder || (parts + [both]).contains(source.lastPathComponent) else {
      return try atomicWrite(try readFile(source), to: place)
    }
    let folder = isFolder ? source : source.deletingLastPathComponent()
    let isWhole =
      isFolder ? !Paths.exists(folder.appending(path: parts[0]).path) : source.lastPathComponent == both
    try replaceFolder(place) { temporary in
      for name in isWhole ? [both] : parts {
        try atomicWrite(try readFile(folder.appending(path: name)), to: temporary.appending(path: name))
      }
    }
  }
}
