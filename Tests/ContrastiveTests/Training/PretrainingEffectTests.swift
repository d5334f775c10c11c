import Data
import Files
import Foundation
import Networks
import TestSupport
import Testing
import Vision

@testable import Contrastive

/// Settings of a pre-training are not without effect.
@Suite(.serialized) struct PretrainingEffectTests {
  private typealias Change = @Sendable (inout PretrainingConfiguration) -> Void

  /// MoCo with a queue that is shorter than a batch, so that all of its constants matter within some steps.
  private static func moco(
    _ change: @escaping @Sendable (inout MoCoConfiguration) -> Void = { _ in }
  ) -> Change {
    { configuration in
      var moco = MoCoConfiguration(queueSize: 7, keyMomentum: 0.9, temperature: 0.1, normGroups: 1)
      change(&moco)
      (configuration.algorithm, configuration.dropsIncompleteBatch) = (.moco(moco), true)
    }
  }

  private static func simclr(_ change: @escaping @Sendable (inout SimCLRConfiguration) -> Void) -> Change {
    { configuration in
      var simclr = SimCLRConfiguration(temperature: 0.1)
      change(&simclr)
      configuration.algorithm = .simclr(simclr)
    }
  }

  private static func clip(
    _ change: @escaping @Sendable (inout CLIPConfiguration) -> Void = { _ in }
  ) -> Change {
    { configuration in
      configuration = Tiny.clip(encoder: Tiny.encoder, epochs: 2)
      guard case .clip(var clip) = configuration.algorithm else { return }
      change(&clip)
      configuration.algorithm = .clip(clip)
    }
  }

  private static let none: Change = { _ in }
  private static let adam = Optimiser.adam()
  private static let sgd: Change = { $0.optimiser = .sgd() }
  private static let adamW: Change = { $0.optimiser = .adamW() }
  private static let vit: Change = { $0.encoder = Tiny.visionTransformer }
  private static let blurred: Change = { $0.augmentation.blur = RandomBlur() }

  /// Settings, what they are compared with, and a change of each.
  private static let changes: [(key: String, beside: Change, change: Change)] = [
    ("seed", none, { $0.seed = 8 }), ("epochs", none, { $0.epochs = 3 }), ("batch", none, { $0.batch = 2 }),
    ("dropsIncompleteBatch", none, { $0.dropsIncompleteBatch = true }),
    ("learningRate", none, { $0.learningRate = 0.01 }),
    ("schedule", none, { $0.schedule = .stepDecay(milestones: [0.5]) }),
    ("warmUp", { $0.schedule = .warmUpCosine(warmUp: 0.3) }, { $0.schedule = .warmUpCosine(warmUp: 0.8) }),
    (
      "milestones", { $0.schedule = .stepDecay(milestones: [0.5]) },
      { $0.schedule = .stepDecay(milestones: [0.2]) }
    ),
    (
      "factor", { $0.schedule = .stepDecay(milestones: [0.5]) },
      { $0.schedule = .stepDecay(milestones: [0.5], factor: 0.5) }
    ),
    // The steps of Adam do not depend on the gradient's length.
    ("gradientClip", sgd, { $0.gradientClip = 1e-3 }),
    ("checkpointEpochs", none, { $0.checkpointEpochs = [1] }),
    ("monitorInterval", none, { $0.monitorInterval = 1 }),
    ("optimiser", none, sgd), ("sgd.momentum", sgd, { $0.optimiser = .sgd(momentum: 0.2) }),
    ("sgd.weightDecay", sgd, { $0.optimiser = .sgd(weightDecay: 0.5) }),
    ("sgd.nesterov", sgd, { $0.optimiser = .sgd(nesterov: true) }),
    ("adam.beta1", none, { $0.optimiser = .adam(beta1: 0.5) }),
    ("adam.beta2", none, { $0.optimiser = .adam(beta2: 0.5) }),
    ("adam.epsilon", none, { $0.optimiser = .adam(epsilon: 0.1) }),
    ("adam.weightDecay", none, { $0.optimiser = .adam(weightDecay: 0.5) }),
    ("adamW.beta1", adamW, { $0.optimiser = .adamW(beta1: 0.5) }),
    ("adamW.beta2", adamW, { $0.optimiser = .adamW(beta2: 0.5) }),
    ("adamW.epsilon", adamW, { $0.optimiser = .adamW(epsilon: 0.1) }),
    ("adamW.weightDecay", adamW, { $0.optimiser = .adamW(weightDecay: 0.5) }),
    ("adamW.sparesGains", adamW, { $0.optimiser = .adamW(sparesGains: true) }),
    ("encoder.width", none, { $0.encoder.width = 32 }),
    ("encoder.stemStride", none, { $0.encoder.stemStride = 2 }),
    ("encoder.imageSize", none, { ($0.encoder.imageSize, $0.augmentation.outputSize) = (32, 32) }),
    ("encoder.architecture", none, { $0.encoder = Tiny.visionTransformer }),
    ("head.hiddenWidths", none, { $0.head.hiddenWidths = [] }), ("head.width", none, { $0.head.width = 6 }),
    ("head.hasBias", none, { $0.head.hasBias = false }),
    ("augmentation.crop", none, { $0.augmentation.crop = .random(scale: 0.9...1, aspect: 1...1) }),
    ("augmentation.flipProbability", none, { $0.augmentation.flipProbability = 0 }),
    ("augmentation.brightness", none, { $0.augmentation.brightness = 0 }),
    ("augmentation.contrast", none, { $0.augmentation.contrast = 0 }),
    ("augmentation.saturation", none, { $0.augmentation.saturation = 0 }),
    ("augmentation.hue", none, { $0.augmentation.hue = 0 }),
    ("augmentation.jitterProbability", none, { $0.augmentation.jitterProbability = 0 }),
    ("augmentation.grayscaleProbability", none, { $0.augmentation.grayscaleProbability = 1 }),
    ("augmentation.mean", none, { $0.augmentation.mean = [0.1, 0.5, 0.5] }),
    ("augmentation.deviation", none, { $0.augmentation.deviation = [0.5, 0.25, 0.25] }),
    ("augmentation.blur", none, blurred),
    ("augmentation.blur.probability", blurred, { $0.augmentation.blur?.probability = 1 }),
    ("augmentation.blur.deviation", blurred, { $0.augmentation.blur?.deviation = 3...4 }),
    ("augmentation.blur.taps", blurred, { $0.augmentation.blur?.taps = 5 }),
    ("vit.layers", vit, { $0.encoder.transformer?.layers = 1 }),
    ("vit.heads", vit, { $0.encoder.transformer?.heads = 1 }),
    ("vit.patch", vit, { $0.encoder.transformer?.patch = 8 }),
    ("vit.activation", vit, { $0.encoder.transformer?.activation = .quickGELU }),
    ("vit.normalisesTokens", vit, { $0.encoder.transformer?.normalisesTokens.toggle() }),
    ("simclr.pairsAtOnce", none, simclr { $0.pairsAtOnce = 3 }),
    ("simclr.normGroups", none, simclr { $0.normGroups = 2 }),
    ("simclr.temperature", none, simclr { $0.temperature = 0.5 }),
    ("moco.queueSize", moco(), moco { $0.queueSize = 3 }),
    ("moco.keyMomentum", moco(), moco { $0.keyMomentum = 0.5 }),
    ("moco.temperature", moco(), moco { $0.temperature = 0.5 }),
    ("moco.normGroups", moco(), moco { $0.normGroups = 2 }),
    ("clip.initialTemperature", clip(), clip { $0.initialTemperature = 0.5 }),
    ("clip.captionsPerImage", clip(), clip { $0.captionsPerImage = 2 }),
    ("clip.pairsAtOnce", clip(), clip { $0.pairsAtOnce = 3 }),
    ("clip.normGroups", clip(), clip { $0.normGroups = 2 }),
    ("clip.text.width", clip(), clip { $0.text.width = 32 }),
    ("clip.text.layers", clip(), clip { $0.text.layers = 2 }),
    ("clip.text.heads", clip(), clip { $0.text.heads = 1 }),
    ("clip.text.activation", clip(), clip { $0.text.activation = .quickGELU }),
  ]

  /// They are the tokenizer's, and refused where they are not.
  private static let elsewhere = ["algorithm.clip.text.contextLength", "algorithm.clip.text.vocabularySize"]

  /// What a change is compared with, and what it makes of that.
  private static func compared(_ key: String, _ beside: Change, _ change: Change) -> (
    usual: PretrainingConfiguration, changed: PretrainingConfiguration
  ) {
    var usual = Tiny.configuration(Tiny.simclr, epochs: 2, batch: key == "dropsIncompleteBatch" ? 3 : 4)
    beside(&usual)
    var changed = usual
    change(&changed)
    return (usual, changed)
  }

  /// The values of all settings by their keys, those of objects within each other with dots between them.
  private func leaves(_ json: JSONValue, below path: String = "") -> [String: String] {
    guard case .object(let members) = json else { return [path: "\(json)"] }
    return members.reduce(into: [:]) { found, member in
      found.merge(leaves(member.value, below: path.isEmpty ? member.key : "\(path).\(member.key)")) { $1 }
    }
  }

  @Test("There is a change here for every setting")
  func complete() throws {
    var all: Set<String> = []
    var changed: Set<String> = []
    for (key, beside, change) in PretrainingEffectTests.changes {
      let pair = PretrainingEffectTests.compared(key, beside, change)
      let before = try leaves(JSONParser.parse(Configuration.encode(pair.usual)))
      let after = try leaves(JSONParser.parse(Configuration.encode(pair.changed)))
      let differing = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
      all.formUnion(before.keys)
      all.formUnion(after.keys)
      // Where one kind gives way to another, the settings of both are not changed but come and go.
      changed.formUnion(
        differing.count == 1 ? differing : differing.filter { before[$0] != nil && after[$0] != nil })
    }
    #expect(all.subtracting(changed).sorted() == PretrainingEffectTests.elsewhere)
  }

  @Test("A change of any setting changes the weights, the log or the checkpoints")
  func effect() throws {
    try withTemporaryFolder { folder in
      let members = try Tiny.images(8, classes: 2, in: folder)
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      var known: [Data: [String: Data]] = [:]
      for (number, (key, beside, change)) in PretrainingEffectTests.changes.enumerated() {
        let (usual, changed) = PretrainingEffectTests.compared(key, beside, change)
        #expect(changed != usual, "\(key) is as it was")
        let settings = try encoder.encode(usual)
        let before =
          try known[settings] ?? trained(usual, on: members, in: folder.appending(path: "a\(number)"))
        known[settings] = before
        let after = try trained(changed, on: members, in: folder.appending(path: "b\(number)"))
        #expect(after != before, "\(key) has no effect")
      }
    }
  }

  /// What a training leaves behind, without its settings.
  private func trained(
    _ configuration: PretrainingConfiguration, on members: Images, in place: URL
  ) throws -> [String: Data] {
    let folder = RunFolder(place)
    let captions = configuration.algorithm.clip.map { clip in
      CaptionTokens(
        (0..<members.count).map { number in (0..<clip.captionsPerImage).map { "picture \(number) \($0)" } },
        tokenizer: ByteTokenizer(), limit: clip.captionsPerImage)
    }
    _ = try Pretraining(
      configuration, members: members, captions: captions, folder: folder,
      monitor: NearestNeighbours(bank: members, queries: members)
    ).run()
    var left: [String: Data] = [:]
    left["weights"] = try Data(
      contentsOf: folder.finalCheckpoint.appending(path: "weights.safetensors"))
    left["checkpoints"] = Data("\(try folder.checkpointEpochs())".utf8)
    let accuracies = try folder.records().map { $0.knnAccuracy.map { "\($0)" } ?? "-" }
    left["log"] = Data("\(accuracies)".utf8)
    return left
  }
}
