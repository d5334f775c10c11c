extension Study {
  /// How long target and shadow are pre-trained.
  static let epochs = Study(
    "epochs", "T, the epochs of both pre-trainings",
    source:
      "the paper's countermeasures; where the learning rate is constant these are checkpoints of one run",
    differsIn: ["target.stoppedAfter", "shadow.stoppedAfter", "target.pretraining", "shadow.pretraining"],
    claims: { cells in
      let (first, last) = (cells.first ?? "", cells.last ?? "")
      return [.target("the gap grows with the epochs", .gap, last, over: first)]
        + StudyClaim.accuracies(of: attacks, last, over: first)
    }
  ) { scale in
    scale.checkpoints.map { epochs in
      scale.cell(["T": "\(epochs)"]) { $0.both { $0.train(epochs: epochs) } }
    }
  }
}
