import ArgumentParser
import Contrastive
import Networks

/// `encodermi pretrain`.
struct Pretrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Pre-train an image encoder, or an image and a text encoder, without labels.",
    discussion: """
      Writes a run folder: pretraining.json (all settings), split.json (the four groups), log.jsonl (one line an \
      epoch), encoder/ (weights as safetensors, and their description), checkpoints/, state.safetensors (what --resume \
      starts from). Ctrl-C leaves a run that can be resumed. Under mpirun all processes train one encoder together (see \
      docs/several-machines.md).

      Presets of moco:
      \(Presets.text(Presets.moco))
      Presets of simclr:
      \(Presets.text(Presets.simclr))
      Presets of clip:
      \(Presets.text(Presets.clip))

      On a few hundred of the pictures that come with the project:

      encodermi pretrain simclr --data data/openclipart --members 250 \\
        --epochs 600 --checkpoints 100,200,400 --out runs/target
      """,
    subcommands: [PretrainMoCo.self, PretrainSimCLR.self, PretrainCLIP.self])
}

/// `encodermi pretrain moco`.
struct PretrainMoCo: ParsableCommand, RunsInSeveralProcesses {
  static let configuration = CommandConfiguration(
    commandName: "moco", abstract: "Momentum contrast, version 1 (He et al. 2020).",
    discussion: "Presets:\n\(Presets.text(Presets.moco))")
  @OptionGroup var options: PretrainOptions
  @Option(help: "Keys of past batches that serve as negatives.") var queue: Int?
  @Option(help: "The share of its own weights that the key encoder keeps at each step.") var keyMomentum:
    Double?

  func run() throws {
    let origins = [
      OptionOrigin("--queue", "queueSize", isGiven: queue != nil),
      OptionOrigin("--key-momentum", "keyMomentum", isGiven: keyMomentum != nil),
    ]
    try options.run(presets: Presets.moco, origins: origins) { configuration in
      guard case .moco(var moco) = configuration.algorithm else {
        throw UsageError.otherAlgorithm(options.config, found: configuration.algorithm.name)
      }
      if let queue { moco.queueSize = queue }
      if let keyMomentum { moco.keyMomentum = keyMomentum }
      if let temperature = options.temperature { moco.temperature = temperature }
      if let groups = options.normGroups { moco.normGroups = groups }
      configuration.algorithm = .moco(moco)
    }
  }
}

/// `encodermi pretrain simclr`.
struct PretrainSimCLR: ParsableCommand, RunsInSeveralProcesses {
  static let configuration = CommandConfiguration(
    commandName: "simclr", abstract: "SimCLR (Chen et al. 2020).",
    discussion: "Presets:\n\(Presets.text(Presets.simclr))")
  @OptionGroup var options: PretrainOptions
  @Option(help: "Images whose views are embedded at once, where a whole batch exceeds memory.")
  var pairsAtOnce: Int?

  func run() throws {
    let origins = [OptionOrigin("--pairs-at-once", "pairsAtOnce", isGiven: pairsAtOnce != nil)]
    try options.run(presets: Presets.simclr, origins: origins) { configuration in
      guard case .simclr(var simclr) = configuration.algorithm else {
        throw UsageError.otherAlgorithm(options.config, found: configuration.algorithm.name)
      }
      if let temperature = options.temperature { simclr.temperature = temperature }
      if let groups = options.normGroups { simclr.normGroups = groups }
      if let pairsAtOnce { simclr.pairsAtOnce = pairsAtOnce }
      configuration.algorithm = .simclr(simclr)
    }
  }
}

/// The presets of each algorithm, by the names that --preset takes.
enum Presets {
  static let moco: [String: PretrainingConfiguration] = [
    "quick": .mocoQuick, "paper": .mocoPaper, "original": .mocoOriginal,
  ]
  static let simclr: [String: PretrainingConfiguration] = ["quick": .simclrQuick, "paper": .simclrPaper]
  static let clip: [String: PretrainingConfiguration] = ["quick": .clipQuick, "paper": .clipPaper]

  /// A line for each preset with its main values, for a terminal of 80 columns.
  static func text(_ presets: [String: PretrainingConfiguration]) -> String {
    presets.sorted { ($0.value.encoder.width, $0.value.epochs) < ($1.value.encoder.width, $1.value.epochs) }
      .map { name, preset in
        "  \(name.padding(toLength: 9, withPad: " ", startingAt: 0))\(preset.encoder.name), "
          + "\(preset.epochs) epochs, batch \(preset.batch), \(preset.optimiser.name) \(preset.learningRate)"
      }.joined(separator: "\n")
  }
}

extension Optimiser {
  fileprivate var name: String {
    switch self {
    case .sgd: "SGD"
    case .adam: "Adam"
    case .adamW: "AdamW"
    }
  }
}
