import Vision

extension Study {
  /// How the auditor makes views, beside how pre-training did.
  static let augmentation = Study(
    "augmentation", "The auditor's augmentation, and how much of it pre-training shared",
    source: "paper, section 5.3, a figure; which operations are left out or added is our reading",
    differsIn: ["audit.augmentation"]
  ) { scale in
    let own = scale.moco.augmentation
    func changed(_ change: (inout Augmentation) -> Void) -> Augmentation {
      var augmentation = own
      change(&augmentation)
      return augmentation
    }
    var cropAlone = changed { _ in }
    (cropAlone.flipProbability, cropAlone.jitterProbability, cropAlone.grayscaleProbability) = (0, 0, 0)
    var cropAndFlip = cropAlone
    cropAndFlip.flipProbability = own.flipProbability
    var blurAlone = cropAlone
    (blurAlone.crop, blurAlone.blur) = (.whole, RandomBlur())
    blurAlone.blur?.probability = 1
    let all: [(String, String, Augmentation?)] = [
      ("as in pre-training", "4 of 4", nil),
      ("no crop", "3 of 4", changed { $0.crop = .whole }),
      ("no flip", "3 of 4", changed { $0.flipProbability = 0 }),
      ("no colour jitter", "3 of 4", changed { $0.jitterProbability = 0 }),
      ("no grayscale", "3 of 4", changed { $0.grayscaleProbability = 0 }),
      ("crop, flip", "2 of 4", cropAndFlip), ("crop alone", "1 of 4", cropAlone),
      ("blur alone", "0 of 4", blurAlone),
      ("stronger", "4 of 4", own.stronger),
      (
        "weaker", "4 of 4",
        changed {
          $0.crop = .random(scale: 0.6...1, aspect: 3.0 / 4...4.0 / 3)
          ($0.brightness, $0.contrast, $0.saturation, $0.hue) = (0.2, 0.2, 0.2, 0.05)
        }
      ),
    ]
    return all.map { name, shared, augmentation in
      scale.cell(["views": name, "shared": shared]) { $0.audit.augmentation = augmentation }
    }
  }
}

extension Augmentation {
  /// The same with smaller crops and twice the usual jitter of colours.
  var stronger: Augmentation {
    var stronger = self
    stronger.crop = .random(scale: 0.08...1, aspect: 3.0 / 4...4.0 / 3)
    (stronger.brightness, stronger.contrast, stronger.saturation, stronger.hue) = (0.8, 0.8, 0.8, 0.2)
    return stronger
  }
}
