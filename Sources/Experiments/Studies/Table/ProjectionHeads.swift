import Contrastive

extension Study {
  /// A linear projection head, as MoCo v1 has it, beside one of two layers, asked before the head and behind it.
  static let projectionHead = Study(
    "projection-head", "Depth of the projection head, asked before and behind it", source: "ours",
    differsIn: ["target.pretraining.head", "shadow.pretraining.head", "audit.layer"]
  ) { scale in
    [("linear", [Int]()), ("two layers", [scale.headWidth])].flatMap { name, hidden in
      EmbeddingLayer.allCases.map { layer in
        scale.cell(["head": name, "asked": layer.rawValue]) {
          $0.both { $0.pretraining.head.hiddenWidths = hidden }
          $0.audit.layer = layer
        }
      }
    }
  }
}

extension StudyScale {
  /// As wide as the embedding, which is eight times as wide as ResNet's first stage.
  fileprivate var headWidth: Int { 8 * moco.encoder.width }
}
