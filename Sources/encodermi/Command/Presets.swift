import Contrastive
import Networks

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
