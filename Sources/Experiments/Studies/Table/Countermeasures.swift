import Encoders

extension Study {
  /// What whoever trains an encoder, or answers for it, can do against being audited.
  static let countermeasures = Study(
    "countermeasures", "Stronger views in pre-training; rounded and noisy answers",
    source:
      "the paper's countermeasures, in words; the amounts are ours. The auditor knows of the views, not of the rest",
    differsIn: [
      "target.pretraining.augmentation", "shadow.pretraining.augmentation", "defence",
    ]
  ) { scale in
    var strong = scale.moco.augmentation.stronger
    strong.grayscaleProbability = 0.4
    let answers: [(String, AnswerDefence?)] = [
      ("none", nil), ("rounded to 0.02", AnswerDefence(rounding: 0.02, noise: 0)),
      ("rounded to 0.1", AnswerDefence(rounding: 0.1, noise: 0)),
      ("noise of 0.2", AnswerDefence(rounding: 0, noise: 0.2)),
      ("noise of 0.5", AnswerDefence(rounding: 0, noise: 0.5)),
    ]
    return answers.map { name, defence in
      scale.cell(["countermeasure": name]) { $0.defence = defence }
    } + [
      scale.cell(["countermeasure": "stronger views"]) { $0.both { $0.pretraining.augmentation = strong } }
    ]
  }
}
