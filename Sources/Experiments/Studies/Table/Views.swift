extension Study {
  /// How many views of an image are asked about.
  static let views = Study(
    "views", "n, the views of each image", source: "paper, section 5.3, a figure", differsIn: ["audit.views"]
  ) { scale in
    scale.views.map { count in scale.cell(["n": "\(count)"]) { $0.audit.views = count } }
  }
}
