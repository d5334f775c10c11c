import Data
import Files
import Contrastive
import Text
import Vision

/// What a comparison trains and attacks: everything that the algorithms share.
public struct ComparisonSettings: Codable, Equatable, Sendable, Validated {
  /// Where the pairs are, as `format:path` or a path.
  public var data: String
  /// How they are opened.
  public var options: DataOptions
  /// The image encoder of all algorithms.
  public var encoder: ImageEncoderConfiguration
  /// CLIP's text encoder, but for its vocabulary, which is the tokenizer's.
  public var text: TextEncoderConfiguration
  /// N, the members of each of the four groups.
  public var members: Int
  /// T, the epochs of every pre-training.
  public var epochs: Int
  /// Images or pairs in a step.
  public var batch: Int
  /// Each seed has its own split, weights and views.
  public var seeds: [UInt64]
  /// Views of each image and variants of each caption in the attack.
  public var views: Int
  /// Images with classes, as `format:path` or a path, on which every image encoder's kNN accuracy is measured.
  public var labelled: String?

  /// The name of the file in a comparison's folder.
  public static let fileName = "comparison-settings.json"

  /// The algorithms that are compared, in the order of results.
  public static let algorithms = ["moco", "simclr", "clip"]

  /// Minutes on two cores, on the pictures that come with the project.
  public static let openclipart = ComparisonSettings(
    data: "data/openclipart", options: DataOptions(captions: true),
    encoder: PretrainingConfiguration.clipQuick.encoder,
    text: TextEncoderConfiguration(
      width: 64, layers: 2, heads: 2, vocabularySize: 512, contextLength: 16, activation: .gelu),
    members: 150, epochs: 150, batch: 75, seeds: [0, 1, 2], views: 10, labelled: "folder:data/openclipart")

  /// Under two hours on two cores, on Flickr8k's official layout.
  public static let flickr8k = ComparisonSettings(
    data: "flickr8k", options: DataOptions(captions: true, imageSize: 72, parts: ["train"]),
    encoder: PretrainingConfiguration.clipQuick.encoder,
    text: TextEncoderConfiguration(
      width: 128, layers: 4, heads: 4, vocabularySize: 1024, contextLength: 32, activation: .gelu),
    members: 500, epochs: 240, batch: 125, seeds: [0, 1, 2], views: 10)

  /// Whether all but the seeds is equal.
  func isSame(but other: ComparisonSettings) -> Bool {
    var own = self
    own.seeds = other.seeds
    return own == other
  }

  /// - Throws: `InvalidSetting` for the first field that is out of range.
  public func validate() throws(InvalidSetting) {
    try options.validate(under: "options")
    try encoder.validate(under: "encoder")
    try text.validate(under: "text")
    try require(members >= 2, "members", members, "at least 2")
    try require(epochs >= 1, "epochs", epochs, "at least 1")
    try require((2...members).contains(batch), "batch", batch, "in 2...members")
    try require(!seeds.isEmpty && Set(seeds).count == seeds.count, "seeds", seeds, "one or more, none twice")
    try require((2...100).contains(views), "views", views, "in 2...100")
  }

  /// The pre-training of one algorithm: its quick preset with what all share.
  func pretraining(_ algorithm: String, seed: UInt64, tokenizer: any Tokenizer) -> PretrainingConfiguration {
    var configuration: PretrainingConfiguration
    switch algorithm {
    case "moco":
      configuration = .mocoQuick
      // Half of the members: no image meets its own key of an epoch before among the negatives too often.
      configuration.algorithm = .moco(
        MoCoConfiguration(queueSize: max(1, members / 2), keyMomentum: 0.9, temperature: 0.1, normGroups: 1))
    case "simclr": configuration = .simclrQuick
    default:
      configuration = .clipQuick
      var text = self.text
      text.vocabularySize = tokenizer.vocabularySize
      configuration.algorithm = .clip(CLIPConfiguration(text: text))
    }
    configuration.encoder = encoder
    configuration.augmentation.outputSize = encoder.imageSize
    (configuration.epochs, configuration.batch, configuration.seed) = (epochs, batch, seed)
    return configuration
  }
}
