extension Study {
  /// What earlier attacks, made for classifiers and embedding models, infer of an encoder.
  static let baselines = Study(
    "baselines", "Baselines A to E beside EncoderMI",
    source: "paper, section 5.2, five tables; D and E as we recall them",
    differsIn: [],
    paper: [
      (
        "Baseline A",
        [("CIFAR-10", 55.1, 53.4, 73.1), ("STL-10", 54.3, 53.7, 62.2), ("Tiny-ImageNet", 47.3, 48.2, 68.3)]
      ),
      ("Baseline B", [("CIFAR-10", 54.6, 63.1, 58.2), ("Tiny-ImageNet", 51.8, 53.7, 47.6)]),
      (
        "Baseline C",
        [("CIFAR-10", 52.8, 54.1, 43.1), ("STL-10", 50.5, 50.1, 57.9), ("Tiny-ImageNet", 50.2, 52.1, 42.3)]
      ),
      (
        "Baseline D",
        [("CIFAR-10", 50.7, 50.6, 51.0), ("STL-10", 50.1, 49.9, 50.3), ("Tiny-ImageNet", 49.5, 49.3, 49.2)]
      ),
      (
        "Baseline E",
        [("CIFAR-10", 64.5, 63.8, 67.2), ("STL-10", 67.0, 65.7, 71.3), ("Tiny-ImageNet", 68.6, 67.8, 70.8)]
      ),
    ].flatMap { attack, rows in rows.map { PaperNumbers($0.0, "√ √ √", attack, $0.1, $0.2, $0.3) } },
    claims: { cells in
      let cell = cells.first ?? ""
      let baselines = "ABCDE".map { "Baseline \($0)" }
      return attacks.flatMap { attack in
        baselines.map { StudyClaim.accuracy("\(attack) above \($0)", (cell, attack), over: (cell, $0)) }
      }
        + baselines.dropLast().map {
          StudyClaim.accuracy("Baseline E above \($0)", (cell, "Baseline E"), over: (cell, $0))
        }
    }
  ) { scale in
    [
      scale.cell(["distribution": "√", "architecture": "√", "algorithm": "√"]) {
        $0.audit.attacks =
          ["EncoderMI-V", "EncoderMI-S", "EncoderMI-T"] + "ABCDE".map { "Baseline \($0)" }
      }
    ]
  }
}
