import Data
import Files
import ArgumentParser
import Contrastive
import Experiments
import Foundation
import Text

/// `encodermi pretrain clip`.
struct PretrainCLIP: ParsableCommand, RunsInSeveralProcesses {
  static let configuration = CommandConfiguration(
    commandName: "clip", abstract: "CLIP: an image and a text encoder (Radford et al. 2021).",
    discussion: """
      Data are images with captions: a folder with captions.tsv, Flickr8k's official layout, a CSV, TSV or JSONL file, \
      or WebDataset shards (see docs/formats.md). Without --tokenizer one is trained on the data set's captions. \
      Held-out pairs (the nonmembers) measure retrieval.

      Presets:
      \(Presets.text(Presets.clip))
      """)
  @OptionGroup var options: PretrainOptions
  @OptionGroup var text: TextOptions

  func run() throws {
    try options.run(
      presets: Presets.clip, origins: text.origins, text: text
    ) { configuration in
      guard case .clip(var clip) = configuration.algorithm else {
        throw UsageError.otherAlgorithm(options.config, found: configuration.algorithm.name)
      }
      try text.apply(to: &clip)
      if let temperature = options.temperature { clip.initialTemperature = temperature }
      if let groups = options.normGroups { clip.normGroups = groups }
      configuration.algorithm = .clip(clip)
    }
  }
}

/// What the text encoder of a pre-training can be told.
struct TextOptions: ParsableArguments {
  @Option(help: "The text encoder as text-WIDTHxLAYERS, such as text-128x4.") var textEncoder: String?
  @Option(
    help: """
      CLIP's bpe_simple_vocab_16e6.txt.gz, a folder with vocab.json and merges.txt, or a file that `encodermi tokenize \
      --train` wrote; by default a tokenizer is trained on the data set's captions.
      """)
  var tokenizer: String?
  @Option(help: "Tokens of the tokenizer that is trained where none is given; 1024 in the quick preset.")
  var vocabulary: Int?
  @Option(
    help:
      "Most tokens of a caption, start and end included, of a tokenizer that is trained; longer ones are cut."
  ) var context: Int?
  @Option(help: "Of an image with several captions, how many take part in training.") var captionsPerImage:
    Int?
  @Option(help: "Pairs embedded at once, where a whole batch exceeds memory.") var pairsAtOnce: Int?

  func validate() throws {
    if let vocabulary, !(300...1_000_000).contains(vocabulary) {
      throw ValidationError("--vocabulary \(vocabulary) is outside 300...1000000: 256 bytes come first")
    }
    if let context, !(4...4096).contains(context) {
      throw ValidationError("--context \(context) is outside 4...4096")
    }
    for (option, value) in [("--vocabulary", vocabulary), ("--context", context)]
    where value != nil && tokenizer != nil {
      throw ValidationError(
        "\(option) is for a tokenizer that is trained; the one that --tokenizer names has its own, so leave one out"
      )
    }
  }

  /// The tokenizer, whose sizes become the text encoder's.
  func tokenizer(
    for data: Dataset, _ configuration: inout PretrainingConfiguration, from preset: PretrainingConfiguration
  ) throws -> ChosenTokenizer? {
    guard case .clip(var clip) = configuration.algorithm, let captions = data.captions else { return nil }
    let text = clip.text
    let chosen = try namingOptions(origins) {
      try tokenizer.map { try ChosenTokenizer(contentsOf: URL(filePath: $0)) }
        ?? ChosenTokenizer(
          trainedOn: captions, vocabulary: vocabulary ?? text.vocabularySize,
          contextLength: text.contextLength)
    }
    for (name, own, usual, found) in [
      (
        "vocabularySize", text.vocabularySize, preset.algorithm.clip?.text.vocabularySize,
        chosen.tokenizer.vocabularySize
      ),
      (
        "contextLength", text.contextLength, preset.algorithm.clip?.text.contextLength,
        chosen.tokenizer.contextLength
      ),
    ] where tokenizer != nil && own != usual && own != found {
      throw ValidationError(
        "--config: text.\(name) is \(own), but --tokenizer \(tokenizer ?? "") has \(found), which decides it; leave the key out"
      )
    }
    clip.text.vocabularySize = chosen.tokenizer.vocabularySize
    clip.text.contextLength = chosen.tokenizer.contextLength
    configuration.algorithm = .clip(clip)
    return chosen
  }

  /// The options that decide settings.
  var origins: [OptionOrigin] {
    [
      OptionOrigin("--text-encoder", "text", isGiven: textEncoder != nil),
      OptionOrigin("--context", "contextLength", isGiven: context != nil),
      OptionOrigin("--vocabulary", "vocabularySize", isGiven: vocabulary != nil),
      OptionOrigin("--captions-per-image", "captionsPerImage", isGiven: captionsPerImage != nil),
      OptionOrigin("--pairs-at-once", "pairsAtOnce", isGiven: pairsAtOnce != nil),
    ]
  }

  func apply(to clip: inout CLIPConfiguration) throws {
    if let textEncoder {
      do {
        clip.text = try TextEncoderConfiguration(
          name: textEncoder, vocabularySize: clip.text.vocabularySize, contextLength: clip.text.contextLength)
      } catch let error as InvalidSetting {
        throw InvalidSetting("text", "\(error.path): \(error.reason)")
      }
    }
    if let context { clip.text.contextLength = context }
    if let captionsPerImage { clip.captionsPerImage = captionsPerImage }
    if let pairsAtOnce { clip.pairsAtOnce = pairsAtOnce }
  }
}
