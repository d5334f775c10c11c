extension Study {
  /// The grid's last cell with a SimCLR target, which is another study than the paper's.
  static let simclrTarget = Study(
    "simclr-target", "All known, with a SimCLR target in MoCo's place",
    source: "ours; the paper's targets are MoCo's", differsIn: ["target.pretraining", "shadow.pretraining"]
  ) { scale in
    [("moco", scale.moco), ("simclr", scale.simclr)].map { name, pretraining in
      scale.cell(["algorithm": name]) {
        $0.audit.controls = [.untrained, .blind]
        $0.both { $0.pretraining = pretraining }
      }
    }
  }
}
