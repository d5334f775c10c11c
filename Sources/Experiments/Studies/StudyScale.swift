import Attack
import Contrastive
import Data
import Text
import Vision

/// How large an experiment is: sizes, epochs, encoders, and how many trials each cell has.
public struct StudyScale: Sendable {
  /// Its name on the command line.
  public let name: String
  /// What it is for, in a line.
  public let summary: String
  /// A trial for each: its split, weights, views and classifiers.
  public let seeds: [UInt64]
  /// How many trials every cell has, where that was asked for; nil for as many as scale and experiment have.
  public var trials: Int?
  /// N, where nothing else is said.
  public let members: Int
  /// The target's pre-training, and that of a shadow whose auditor knows it.
  public let moco: PretrainingConfiguration
  /// That of an auditor who does not know the algorithm: views, epochs and image encoder are MoCo's here.
  public let simclr: PretrainingConfiguration
  /// That of CLIP.
  public let clip: PretrainingConfiguration
  /// Members of pre-trainings on images with captions.
  public let pairs: Int
  /// The encoder of an auditor who does not know the architecture.
  public let otherEncoder: ImageEncoderConfiguration
  /// The audit, where nothing else is said.
  public let audit: AttackConfiguration
  /// Sizes of pre-training and shadow sets.
  public let sizes: [Int]
  /// n, the views.
  public let views: [Int]
  /// Widths of the image encoder.
  public let widths: [Int]
  /// Epochs after which an encoder is kept.
  public var checkpoints: [Int] { moco.checkpointEpochs }

  /// All scales, the smallest first.
  public static let all: [StudyScale] = [.quick, .desktop, .paper]

  /// The most members of any cell: splits are drawn for so many and cut to what a cell needs, so that cells of unlike
  /// sizes share encoders.
  func largest(_ source: StudySource) -> Int {
    source == .pairs || source == .otherPairs ? pairs : max(members, sizes.max() ?? 0)
  }

  /// A cell that differs from the plain one in what its labels say: a MoCo target, a shadow like it, the usual audit.
  func cell(
    _ labels: KeyValuePairs<String, String>, _ change: (inout StudyCell) -> Void = { _ in }
  ) -> StudyCell {
    let recipe = EncoderRecipe(data: .main, members: members, pretraining: moco)
    var cell = StudyCell(
      labels: labels.map { StudyCell.Label(axis: $0, value: $1) }, target: recipe, shadow: recipe,
      audit: audit)
    change(&cell)
    return cell
  }

  /// On `data/` alone, minutes.
  public static let quick = StudyScale(
    name: "quick", summary: "on the project's own pictures; all within half an hour",
    seeds: [0], members: 100, encoder: ImageEncoderConfiguration(.resnet18, width: 16, stemStride: 4),
    otherEncoder: ImageEncoderConfiguration(.vgg11, width: 16), epochs: 600,
    checkpoints: [50, 100, 200, 400, 600], batch: 50, pairs: 100, pairEpochs: 200,
    text: TextEncoderConfiguration(
      width: 64, layers: 2, heads: 2, vocabularySize: 512, contextLength: 16, activation: .gelu),
    classifiers: .quick, sizes: [100, 150, 200], views: [2, 5, 10, 20, 30], widths: [8, 16, 32])

  /// On small public data sets, an hour or two for each experiment. MoCo remembers its members with twelve epochs for
  /// each of them, so there are few.
  public static let desktop = StudyScale(
    name: "desktop", summary: "on CIFAR-10 with narrow encoders; each within two and a half hours",
    seeds: [0, 1, 2], members: 100, encoder: ImageEncoderConfiguration(.resnet18, width: 32, stemStride: 4),
    otherEncoder: ImageEncoderConfiguration(.vgg11, width: 16), epochs: 1200,
    checkpoints: [50, 100, 200, 400, 600, 800, 1000, 1200], batch: 50, pairs: 250, pairEpochs: 300,
    text: TextEncoderConfiguration(
      width: 128, layers: 4, heads: 4, vocabularySize: 1024, contextLength: 32, activation: .gelu),
    classifiers: .standard, sizes: [100, 200, 300, 400], views: [2, 4, 6, 8, 10, 15, 20, 30],
    widths: [16, 32, 64])

  /// What small scales share: no queue that is longer than half of the members, so that no image meets too often its
  /// own key of an epoch before, and a constant learning rate, so that a checkpoint is a shorter pre-training.
  private init(
    name: String, summary: String, seeds: [UInt64], members: Int, encoder: ImageEncoderConfiguration,
    otherEncoder: ImageEncoderConfiguration, epochs: Int, checkpoints: [Int], batch: Int, pairs: Int,
    pairEpochs: Int, text: TextEncoderConfiguration, classifiers: ClassifierSettings, sizes: [Int],
    views: [Int], widths: [Int]
  ) {
    var moco = PretrainingConfiguration.mocoQuick
    (moco.encoder, moco.epochs, moco.batch) = (encoder, epochs, batch)
    (moco.checkpointEpochs, moco.monitorInterval) = (checkpoints, checkpoints[0])
    var simclr = PretrainingConfiguration.simclrQuick
    (simclr.encoder, simclr.epochs, simclr.batch) = (encoder, epochs, min(simclr.batch, members))
    (simclr.checkpointEpochs, simclr.monitorInterval) = (checkpoints, checkpoints[0])
    var clip = PretrainingConfiguration.clipQuick
    (clip.encoder, clip.epochs, clip.batch) = (encoder, pairEpochs, pairs / 2)
    clip.algorithm = .clip(CLIPConfiguration(text: text))
    self.init(
      name: name, summary: summary, seeds: seeds, members: members, moco: moco, simclr: simclr, clip: clip,
      pairs: pairs, otherEncoder: otherEncoder,
      audit: AttackConfiguration(controls: [], classifiers: classifiers), sizes: sizes, views: views,
      widths: widths)
  }

  init(
    name: String, summary: String, seeds: [UInt64], members: Int, moco: PretrainingConfiguration,
    simclr: PretrainingConfiguration, clip: PretrainingConfiguration, pairs: Int,
    otherEncoder: ImageEncoderConfiguration, audit: AttackConfiguration, sizes: [Int], views: [Int],
    widths: [Int]
  ) {
    (self.name, self.summary, self.seeds, self.members) = (name, summary, seeds, members)
    (self.moco, self.simclr, self.clip, self.pairs) = (moco, simclr, clip, pairs)
    (self.otherEncoder, self.audit) = (otherEncoder, audit)
    (self.sizes, self.views, self.widths) = (sizes, views, widths)
  }

  /// The paper's own numbers, for whoever has the hardware. The kinds of cells are those of the other scales; sizes, views
  /// and widths are our reading.
  public static let paper: StudyScale = {
    let checkpoints = [100, 200, 400, 800, 1200, 1600]
    var (moco, simclr) = (PretrainingConfiguration.mocoPaper, PretrainingConfiguration.simclrPaper)
    (moco.checkpointEpochs, moco.monitorInterval) = (checkpoints, checkpoints[0])
    (simclr.checkpointEpochs, simclr.monitorInterval) = (checkpoints, checkpoints[0])
    // Whoever does not know the algorithm knows the views all the same: cells differ in one thing.
    simclr.augmentation = moco.augmentation
    var clip = PretrainingConfiguration.clipQuick
    (clip.encoder, clip.epochs, clip.batch) = (moco.encoder, 300, 256)
    return StudyScale(
      name: "paper", summary: "the paper's sizes, encoders and epochs; weeks on a desktop",
      seeds: [0, 1, 2, 3, 4],
      members: 10_000, moco: moco, simclr: simclr, clip: clip, pairs: 1200,
      otherEncoder: ImageEncoderConfiguration(.vgg11),
      audit: AttackConfiguration(controls: [], classifiers: .paper), sizes: [2000, 4000, 6000, 8000, 10_000],
      views: [2, 4, 6, 8, 10, 15, 20, 30], widths: [16, 32, 64])
  }()

  /// The same for images of another size, as a data set's own may be.
  /// - Parameter side: pixels along each side of what encoders see.
  public func at(side: Int) -> StudyScale {
    func sized(_ configuration: PretrainingConfiguration) -> PretrainingConfiguration {
      var sized = configuration
      (sized.encoder.imageSize, sized.augmentation.outputSize) = (side, side)
      return sized
    }
    var other = otherEncoder
    other.imageSize = side
    var scale = StudyScale(
      name: name, summary: summary, seeds: seeds, members: members, moco: sized(moco), simclr: sized(simclr),
      clip: sized(clip), pairs: pairs, otherEncoder: other, audit: audit, sizes: sizes, views: views,
      widths: widths)
    scale.trials = trials
    return scale
  }
}
