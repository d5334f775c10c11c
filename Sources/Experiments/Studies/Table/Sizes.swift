extension Study {
  /// How many images target and shadow are pre-trained on, epochs being the same.
  static let sizes = Study(
    "sizes", "Sizes of the pre-training set and of the shadow's",
    source: "paper, section 5.3, two heat maps of V and S; the sizes are ours",
    differsIn: ["target.members", "shadow.members"],
    mostTrials: 1,
    claims: { cells in
      // Cells of one pre-training set follow each other, the smallest shadow first.
      let count = Int(Double(cells.count).squareRoot())
      return (0..<count).flatMap { row in
        StudyClaim.accuracies(
          of: ["EncoderMI-V", "EncoderMI-S"], cells[row * count + count - 1], over: cells[row * count])
      }
    }
  ) { scale in
    scale.sizes.flatMap { members in
      scale.sizes.map { shadow in
        scale.cell(["pre-training": "\(members)", "shadow": "\(shadow)"]) {
          $0.audit.attacks = ["EncoderMI-V", "EncoderMI-S"]
          ($0.target.members, $0.shadow.members) = (members, shadow)
        }
      }
    }
  }
}
