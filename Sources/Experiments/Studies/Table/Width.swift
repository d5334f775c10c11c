extension Study {
  /// How wide both encoders are.
  static let width = Study(
    "width", "Width of the image encoders", source: "ours",
    differsIn: ["target.pretraining.encoder.width", "shadow.pretraining.encoder.width"], mostTrials: 1
  ) { scale in
    scale.widths.map { width in
      scale.cell(["width": "\(width)"]) { $0.both { $0.pretraining.encoder.width = width } }
    }
  }
}
