extension Study {
  /// The countermeasure of stopping early: what it costs in usefulness, and what it saves.
  static let earlyStopping = Study(
    "early-stopping", "A target that stops early: similarities, inferability, usefulness",
    source: "the paper's countermeasures, two figures; that the shadow stops with the target is our reading",
    differsIn: ["target.stoppedAfter", "shadow.stoppedAfter"],
    claims: { cells in
      let (first, last) = (cells.first ?? "", cells.last ?? "")
      return [
        .target("stopping early costs usefulness", .usefulness, last, over: first),
        .target("stopping early closes the gap", .gap, last, over: first),
      ] + StudyClaim.accuracies(of: attacks, last, over: first)
    }
  ) { scale in
    scale.checkpoints.map { epochs in
      scale.cell(["stopped after": "\(epochs)"]) {
        $0.audit.controls = [.untrained, .blind]
        $0.both { $0.stoppedAfter = epochs }
      }
    }
  }
}
