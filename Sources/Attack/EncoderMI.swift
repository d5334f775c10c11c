import Data
import Files
import Contrastive
import Kernels
import Networks
import Vision

/// How an attack is made.
public struct AttackConfiguration: Sendable, Codable, Equatable, Validated {
  /// Views and similarity; 10 and cosine in the paper.
  public var features: FeatureConfiguration
  /// Which output of the network is queried; the embedding in the paper.
  public var layer: EmbeddingLayer
  /// How views are made; nil for each encoder's own pre-training augmentation, as in the paper.
  public var augmentation: Augmentation?
  /// How the inference classifiers are trained.
  public var classifiers: ClassifierSettings
  /// Seed of the views and of the classifiers.
  public var seed: UInt64

  /// An attack by its parts.
  public init(
    features: FeatureConfiguration = FeatureConfiguration(), layer: EmbeddingLayer = .embedding,
    augmentation: Augmentation? = nil, classifiers: ClassifierSettings = .standard, seed: UInt64 = 0
  ) {
    (self.features, self.layer, self.augmentation) = (features, layer, augmentation)
    (self.classifiers, self.seed) = (classifiers, seed)
  }

  /// - Throws: `InvalidSetting` for the first field that is out of range.
  public func validate() throws(InvalidSetting) {
    do { try features.validate() } catch { throw InvalidSetting("features", "\(error)") }
    do { try augmentation?.validate() } catch { throw InvalidSetting("augmentation", "\(error)") }
    do { try classifiers.validate() } catch { throw error.under("classifiers") }
  }
}

/// An encoder, the images to test it on, and which of them it was pre-trained on.
public struct AuditedEncoder {
  /// The encoder.
  public let encoder: PretrainedEncoder
  /// The data set that the groups point into.
  public let data: Images
  /// Indices of members and nonmembers.
  public let groups: MembershipGroups<[Int]>

  /// An encoder with its groups.
  public init(_ encoder: PretrainedEncoder, data: Images, groups: MembershipGroups<[Int]>) {
    (self.encoder, self.data, self.groups) = (encoder, data, groups)
  }
}

/// EncoderMI: Liu, Jia, Qu and Gong, "EncoderMI: Membership inference against pre-trained encoders in contrastive
/// learning", CCS 2021; the whole of it, from two encoders to scores and controls.
public struct EncoderMI: Sendable {
  /// How the attack is made.
  public let configuration: AttackConfiguration

  /// - Throws: `InvalidSetting` if a field of the configuration is out of range.
  public init(_ configuration: AttackConfiguration = AttackConfiguration()) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// What an attack found.
  public struct Findings {
    /// The three inference classifiers, trained on the shadow and applied to the target.
    public let attacks: [AttackRun]
    /// The same classifiers on untrained encoders: they must be at chance.
    public let untrained: [AttackRun]
    /// A classifier on image statistics that never queries an encoder.
    public let blind: AttackMetrics

    /// The controls' measures.
    public var controls: [AttackMetrics] { untrained.map(\.metrics) + [blind] }
  }

  /// Trains the inference classifiers on the shadow and tests them on the target.
  /// - Parameter report: told what is being done.
  /// - Throws: an error of reading images, of features or of a classifier.
  public func run(
    target: AuditedEncoder, shadow: AuditedEncoder, report: (String) throws -> Void = { _ in }
  ) throws -> Findings {
    try report("membership features of the shadow")
    let shadowFeatures = try features(of: shadow)
    try report("membership features of the target")
    let targetFeatures = try features(of: target)
    var attacks: [AttackRun] = []
    for kind in InferenceClassifierKind.allCases {
      try report("training \(kind.name) on the shadow")
      attacks.append(
        try AttackRun(
          kind, shadow: shadowFeatures, target: targetFeatures, settings: configuration.classifiers,
          seed: configuration.seed))
    }
    try report("control: untrained encoders")
    let freshShadow = try features(of: shadow, by: shadow.encoder.untrained(seed: configuration.seed &+ 1))
    let freshTarget = try features(of: target, by: target.encoder.untrained(seed: configuration.seed &+ 2))
    let untrained = try [InferenceClassifierKind.vector, .threshold].map { kind in
      try AttackRun(
        kind, name: AttackRun.untrainedName(kind), shadow: freshShadow, target: freshTarget,
        settings: configuration.classifiers, seed: configuration.seed)
    }
    try report("control: image statistics, no encoder")
    let control = BlindControl(shadow: try shadow.groups.map { try ImageStatistics.of(shadow.data, $0) })
    let blind = try control.evaluate(
      target: try target.groups.map { try ImageStatistics.of(target.data, $0) })
    return Findings(attacks: attacks, untrained: untrained, blind: blind)
  }

  /// Membership features of both groups, by the encoder itself or by another one.
  /// - Throws: an error of reading images or ``FeatureError``.
  public func features(
    of audited: AuditedEncoder, by other: PretrainedEncoder? = nil
  ) throws -> MembershipGroups<MembershipFeatures> {
    try audited.groups.map { try features(of: audited.data, $0, by: other ?? audited.encoder) }
  }

  /// Membership features of images of a data set. The views of an image depend on the seed and its pixels alone, so
  /// that it gets the same score wherever it stands and whatever else is asked about.
  /// - Throws: an error of reading images or ``FeatureError``.
  public func features(
    of data: Images, _ indices: [Int], by encoder: PretrainedEncoder
  ) throws -> MembershipFeatures {
    let views = RandomStream(seed: configuration.seed, name: "attack views")
    var augmentation = configuration.augmentation ?? encoder.description.augmentation
    augmentation.outputSize = encoder.description.encoder.imageSize
    return try MembershipFeatures(of: indices, configuration: configuration.features) { chunk in
      let chunk = Array(chunk)
      let made = augmentation.views(
        configuration.features.views, of: try data.pixels(of: chunk), size: data.extent
      ) { views.substream(Int(truncatingIfNeeded: data.fingerprint(of: chunk[$0]))) }
      return encoder.embeddings(of: made, layer: configuration.layer)
    }
  }
}
