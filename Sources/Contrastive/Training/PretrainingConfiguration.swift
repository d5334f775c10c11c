import Files
import Networks
import Text
import Vision

/// Everything that determines a pre-training, beside the data.
public struct PretrainingConfiguration: Sendable, Codable, Equatable, Validated {
  /// The algorithm and its constants.
  public var algorithm: Algorithm
  /// The image encoder.
  public var encoder: ImageEncoderConfiguration
  /// The projection head.
  public var head: ProjectionHeadConfiguration
  /// How views are made.
  public var augmentation: Augmentation
  /// Passes over the members; 1,600 in the paper.
  public var epochs: Int
  /// Images in a step, at least 2; with fewer members, all of them.
  public var batch: Int
  /// Whether images that fill no whole batch wait for the next epoch's order; else an epoch is cut into batches of
  /// nearly equal size.
  public var dropsIncompleteBatch: Bool
  /// The update rule.
  public var optimiser: Optimiser
  /// The learning rate at the start.
  public var learningRate: Double
  /// How the learning rate goes on, step by step.
  public var schedule: Schedule
  /// Largest norm of all gradients together; longer ones are shortened to it. Nil for no bound.
  public var gradientClip: Double?
  /// Seed of weights, order and views.
  public var seed: UInt64
  /// Epochs after which the encoder is kept in a checkpoint of its own; the last always is.
  public var checkpointEpochs: [Int]
  /// Epochs between two looks at the kNN accuracy, where there are labels; 0 for the end only.
  public var monitorInterval: Int

  /// MoCo v1 as the paper trained it on CIFAR-10 and Tiny-ImageNet (section 5.1 and the code it cites).
  public static let mocoPaper = PretrainingConfiguration(
    algorithm: .moco(MoCoConfiguration()), encoder: ImageEncoderConfiguration(.resnet18),
    head: ProjectionHeadConfiguration(), augmentation: .moco, epochs: 1600, batch: 512,
    dropsIncompleteBatch: true, optimiser: .sgd(momentum: 0.9, weightDecay: 5e-4), learningRate: 0.06,
    schedule: .cosine, gradientClip: nil, seed: 0, checkpointEpochs: [], monitorInterval: 0)

  /// MoCo v1's own constants for ImageNet (He et al. 2020, section 4): a queue of 65,536, key momentum 0.999,
  /// temperature 0.07.
  public static let mocoOriginal: PretrainingConfiguration = {
    var result = mocoPaper
    result.algorithm = .moco(
      MoCoConfiguration(queueSize: 65_536, keyMomentum: 0.999, temperature: 0.07, normGroups: 8))
    (result.learningRate, result.batch, result.epochs) = (0.03, 256, 200)
    result.optimiser = .sgd(momentum: 0.9, weightDecay: 1e-4)
    result.schedule = .stepDecay(milestones: [0.6, 0.8], factor: 0.1)
    return result
  }()

  /// MoCo for a few hundred members on a small machine: a narrow encoder, a short queue, a key encoder that keeps up.
  public static let mocoQuick: PretrainingConfiguration = {
    var result = mocoPaper
    result.algorithm = .moco(
      MoCoConfiguration(queueSize: 50, keyMomentum: 0.9, temperature: 0.1, normGroups: 1))
    result.encoder = ImageEncoderConfiguration(.resnet18, width: 32, stemStride: 4)
    (result.epochs, result.batch, result.dropsIncompleteBatch) = (1200, 50, false)
    (result.optimiser, result.learningRate, result.schedule) = (.adam(), 1e-3, .constant)
    return result
  }()

  /// SimCLR as the paper's authors trained it on CIFAR-10.
  public static let simclrPaper = PretrainingConfiguration(
    algorithm: .simclr(SimCLRConfiguration()), encoder: ImageEncoderConfiguration(.resnet18),
    head: ProjectionHeadConfiguration(hiddenWidths: [512]), augmentation: .simCLR, epochs: 1600, batch: 256,
    dropsIncompleteBatch: true, optimiser: .adam(weightDecay: 1e-6), learningRate: 1e-3, schedule: .constant,
    gradientClip: nil, seed: 0, checkpointEpochs: [], monitorInterval: 0)

  /// SimCLR for a few hundred members on a small machine.
  public static let simclrQuick: PretrainingConfiguration = {
    var result = simclrPaper
    result.algorithm = .simclr(SimCLRConfiguration(temperature: 0.1))
    result.encoder = ImageEncoderConfiguration(.resnet18, width: 32, stemStride: 4)
    result.head = ProjectionHeadConfiguration(hiddenWidths: [256])
    result.augmentation = .moco
    (result.epochs, result.batch, result.dropsIncompleteBatch) = (1000, 125, false)
    result.optimiser = .adam()
    return result
  }()

  /// CLIP as its authors trained ViT-B/32 (Radford et al. 2021, section 2.5 and appendix F): 12 layers of width 768, a
  /// text encoder of 12 layers of width 512, 32 epochs of batches of 32,768.
  public static let clipPaper: PretrainingConfiguration = {
    let image = ImageEncoderConfiguration(
      .vit, width: 768, imageSize: 224,
      transformer: VisionTransformerConfiguration(layers: 12, heads: 12, patch: 32, activation: .quickGELU))
    let text = TextEncoderConfiguration(
      width: 512, layers: 12, heads: 8, vocabularySize: 49_408, contextLength: 77, activation: .quickGELU)
    var result = simclrPaper
    result.algorithm = .clip(CLIPConfiguration(text: text))
    result.encoder = image
    result.head = ProjectionHeadConfiguration(width: 512, hasBias: false)
    result.augmentation = .clip
    result.augmentation.outputSize = 224
    (result.epochs, result.batch, result.learningRate) = (32, 32_768, 5e-4)
    result.optimiser = .adamW(beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.2)
    result.schedule = .warmUpCosine(warmUp: 0.005)
    return result
  }()

  /// CLIP for a few hundred pairs on a small machine, with the views of ``simclrQuick``, so that the two can be compared.
  public static let clipQuick: PretrainingConfiguration = {
    let text = TextEncoderConfiguration(
      width: 128, layers: 4, heads: 4, vocabularySize: 1024, contextLength: 32, activation: .gelu)
    var result = simclrQuick
    result.algorithm = .clip(CLIPConfiguration(text: text))
    result.head = ProjectionHeadConfiguration(width: 128, hasBias: false)
    result.epochs = 240
    result.optimiser = .adamW(weightDecay: 0.1)
    result.schedule = .warmUpCosine(warmUp: 0.05)
    return result
  }()

  /// - Throws: `InvalidSetting` for the first field that is out of range.
  public func validate() throws(InvalidSetting) {
    try algorithm.validate(under: "algorithm")
    try encoder.validate(under: "encoder")
    try head.validate(under: "head")
    do { try augmentation.validate() } catch { throw InvalidSetting("augmentation", "\(error)") }
    try require(
      augmentation.outputSize == encoder.imageSize, "augmentation.outputSize", augmentation.outputSize,
      "the encoder's image size \(encoder.imageSize)")
    try require((1...100_000_000).contains(epochs), "epochs", epochs, "in 1...100000000")
    try require(batch >= 2, "batch", batch, "at least 2")
    do { try optimiser.validate() } catch { throw error.under("optimiser") }
    try require(learningRate > 0 && learningRate.isFinite, "learningRate", learningRate, "above 0")
    do { try schedule.validate() } catch { throw error.under("schedule") }
    if let gradientClip { try require(gradientClip > 0, "gradientClip", gradientClip, "above 0") }
    for epoch in checkpointEpochs {
      try require((1...epochs).contains(epoch), "checkpointEpochs", epoch, "in 1...\(epochs)")
    }
    try require(monitorInterval >= 0, "monitorInterval", monitorInterval, "at least 0")
    if algorithm.clip != nil {
      try require(
        head.hiddenWidths.isEmpty, "head.hiddenWidths", head.hiddenWidths,
        "empty: CLIP's projections are linear")
    }
    if normGroups > 1 {
      // Batches of nearly equal size are seen once the members are known.
      try require(
        batch / 2 >= normGroups && (!dropsIncompleteBatch || batch % normGroups == 0), "batch", batch,
        "a multiple of normGroups \(normGroups), with at least 2 images in each")
    }
  }
}
