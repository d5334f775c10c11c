extension Study {
  /// An auditor who does not know how long the target was trained. Where the learning rate is constant, no encoder is
  /// trained for it that others do not need.
  static let shadowEpochs = Study(
    "shadow-epochs", "A shadow trained for less long than the target",
    source: "ours; the paper's auditor trains as long as the target's owner",
    differsIn: ["shadow.stoppedAfter", "shadow.pretraining"]
  ) { scale in
    scale.checkpoints.map { epochs in
      scale.cell(["shadow's T": "\(epochs)"]) { $0.shadow.train(epochs: epochs) }
    }
  }
}
