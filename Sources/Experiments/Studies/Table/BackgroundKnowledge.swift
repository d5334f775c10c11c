extension Study {
  /// What an auditor who does not know the distribution, the architecture or the algorithm infers of a MoCo target.
  static let backgroundKnowledge = Study(
    "background-knowledge", "Eight settings of what the auditor knows of the target",
    source:
      "paper, section 5.2, the table of Tiny-ImageNet; STL-10's place taken by another data set is our reading",
    differsIn: ["shadow.data", "shadow.pretraining"], paper: tinyImageNetGrid,
    claims: { _ in
      // More knowledge is better for V and S; T breaks it in the paper too. All settings with those that lack one more.
      [
        ("√ × ×", "× × ×"), ("× √ ×", "× × ×"), ("× × √", "× × ×"),
        ("√ √ ×", "√ × ×"), ("√ √ ×", "× √ ×"), ("√ × √", "√ × ×"), ("√ × √", "× × √"), ("× √ √", "× √ ×"),
        ("× √ √", "× × √"), ("√ √ √", "√ √ ×"), ("√ √ √", "√ × √"), ("√ √ √", "× √ √"),
      ]
      .flatMap { StudyClaim.accuracies(of: ["EncoderMI-V", "EncoderMI-S"], $0.0, over: $0.1) }
    }
  ) { scale in
    [false, true].flatMap { distribution in
      [false, true].flatMap { architecture in
        [false, true].map { algorithm in
          scale.cell([
            "distribution": mark(distribution), "architecture": mark(architecture),
            "algorithm": mark(algorithm),
          ]) {
            $0.audit.controls = [.untrained, .blind]
            if !distribution { $0.shadow.data = .other }
            if !algorithm { $0.shadow.pretraining = scale.simclr }
            if !architecture { $0.shadow.pretraining.encoder = scale.otherEncoder }
          }
        }
      }
    }
  }

  /// Known or not, as the paper has it.
  private static func mark(_ isKnown: Bool) -> String { isKnown ? "√" : "×" }

  private static let tinyImageNetGrid: [PaperNumbers] =
    [
      ("× × ×", [(88.7, 86.0, 90.1), (84.9, 81.5, 95.3), (85.3, 81.8, 95.9)]),
      ("√ × ×", [(93.0, 90.1, 97.8), (88.2, 85.4, 93.2), (90.0, 86.8, 97.1)]),
      ("× √ ×", [(89.1, 83.3, 96.3), (86.4, 84.0, 91.1), (85.7, 80.1, 96.1)]),
      ("× × √", [(94.1, 90.7, 97.4), (91.3, 90.3, 91.3), (94.1, 93.5, 95.6)]),
      ("√ √ ×", [(94.4, 97.4, 90.8), (90.4, 94.1, 87.1), (91.5, 93.8, 89.4)]),
      ("√ × √", [(96.1, 93.8, 97.6), (91.6, 90.4, 92.3), (94.1, 94.2, 95.7)]),
      ("× √ √", [(94.5, 92.3, 96.7), (91.8, 94.4, 90.6), (92.0, 94.1, 92.7)]),
      ("√ √ √", [(96.5, 96.6, 97.0), (92.0, 92.9, 92.4), (94.3, 94.9, 93.2)]),
    ].flatMap { cell, numbers in
      zip(["EncoderMI-V", "EncoderMI-S", "EncoderMI-T"], numbers).map {
        PaperNumbers("Tiny-ImageNet", cell, $0, $1.0, $1.1, $1.2)
      }
    } + [
      PaperNumbers("CIFAR-10", "√ √ √", "EncoderMI-V", 91.5, 90.0, 93.5),
      PaperNumbers("CIFAR-10", "√ √ √", "EncoderMI-S", 83.2, 80.5, 87.9),
      PaperNumbers("CIFAR-10", "√ √ √", "EncoderMI-T", 86.7, 85.7, 89.0),
    ]
}
