import Attack

extension Study {
  /// A CLIP target: its image encoder alone by shadows that know little, and pairs by those that know more.
  static let clip = Study(
    "clip", "A CLIP target: the image alone and the pair, by shadows of the same and of other data",
    source: "paper, section 6, an application to OpenAI's CLIP; with captions it is ours",
    differsIn: ["shadow.data", "shadow.members", "shadow.pretraining", "audit.knowledge"]
  ) { scale in
    let shadows: [(String, StudySource)] = [
      ("CLIP on the same data", .pairs), ("CLIP on other pairs", .otherPairs),
    ]
    let image = shadows.map { name, source in
      scale.clipCell(["asked": "image", "shadow": name]) {
        $0.shadow.data = source
        $0.audit.knowledge = .imageOnly
      }
    }
    let unimodal = scale.clipCell(["asked": "image", "shadow": "MoCo on other images"]) {
      $0.shadow = EncoderRecipe(data: .other, members: scale.members, pretraining: scale.moco)
      $0.audit.knowledge = .imageOnly
    }
    let pairs = shadows.map { name, source in
      scale.clipCell(["asked": "pair", "shadow": name]) {
        $0.shadow.data = source
        $0.audit.knowledge = .exact
      }
    }
    return image + [unimodal] + pairs
  }
}

extension StudyScale {
  /// A CLIP target and a shadow like it.
  func clipCell(
    _ labels: KeyValuePairs<String, String>, _ change: (inout StudyCell) -> Void = { _ in }
  ) -> StudyCell {
    cell(labels) {
      $0.both { $0 = EncoderRecipe(data: .pairs, members: pairs, pretraining: clip) }
      change(&$0)
    }
  }
}
