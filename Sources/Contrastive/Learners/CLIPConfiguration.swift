import Files
import Autodiff
import Text

/// CLIP: Radford et al., "Learning transferable visual models from natural language supervision", ICML 2021.
///
/// The joint space is the projection of the pre-training's `head`, which for CLIP is linear and without bias.
public struct CLIPConfiguration: Sendable, Codable, Equatable, Validated {
  /// The text encoder; its vocabulary is the tokenizer's.
  public var text: TextEncoderConfiguration
  /// The divisor of similarities at the start, above 0; its inverse, the logit scale, is learned and goes no higher
  /// than 100. 0.07 in the paper.
  public var initialTemperature: Float
  /// Of an image with several captions, how many take part, from the first; each epoch draws one of them.
  public var captionsPerImage: Int
  /// Pairs that are embedded at once; nil for the whole batch. With fewer, a batch's embeddings are computed twice,
  /// and memory is that of so many pairs; loss and gradients are those of the whole batch, except that batch norm
  /// sees no more images at once.
  public var pairsAtOnce: Int?
  /// Parts of a batch that batch norm treats by themselves; 1 for none.
  public var normGroups: Int

  /// CLIP by its constants.
  public init(
    text: TextEncoderConfiguration, initialTemperature: Float = 0.07, captionsPerImage: Int = 1,
    pairsAtOnce: Int? = nil, normGroups: Int = 1
  ) {
    (self.text, self.initialTemperature) = (text, initialTemperature)
    (self.captionsPerImage, self.pairsAtOnce) = (captionsPerImage, pairsAtOnce)
    self.normGroups = normGroups
  }

  private enum CodingKeys: String, CodingKey {
    case text, initialTemperature, captionsPerImage, pairsAtOnce, normGroups
  }

  /// Reads the constants; those without a word on groups have one.
  /// - Throws: `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    text = try container.decode(TextEncoderConfiguration.self, forKey: .text)
    initialTemperature = try container.decode(Float.self, forKey: .initialTemperature)
    captionsPerImage = try container.decode(Int.self, forKey: .captionsPerImage)
    pairsAtOnce = try container.decodeIfPresent(Int.self, forKey: .pairsAtOnce)
    normGroups = try container.decodeIfPresent(Int.self, forKey: .normGroups) ?? 1
  }

  /// Writes the constants; a single group goes without saying, so that the digests of settings stay what they were.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(text, forKey: .text)
    try container.encode(initialTemperature, forKey: .initialTemperature)
    try container.encode(captionsPerImage, forKey: .captionsPerImage)
    try container.encodeIfPresent(pairsAtOnce, forKey: .pairsAtOnce)
    if normGroups != 1 { try container.encode(normGroups, forKey: .normGroups) }
  }

  /// - Throws: `InvalidSetting` for the first field that is out of range.
  public func validate() throws(InvalidSetting) {
    try text.validate(under: "text")
    // The logit scale begins where it may stay: at no more than 100.
    try require(
      initialTemperature >= 1 / Tape.greatestLogitScale && initialTemperature.isFinite, "initialTemperature",
      initialTemperature, "at least \(1 / Tape.greatestLogitScale)")
    try require((1...1000).contains(captionsPerImage), "captionsPerImage", captionsPerImage, "in 1...1000")
    try BatchPart.validate(pairsAtOnce: pairsAtOnce, normGroups: normGroups)
  }
}
