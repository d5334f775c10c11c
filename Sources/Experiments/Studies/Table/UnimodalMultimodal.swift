import Contrastive

extension Study {
  /// MoCo, SimCLR and CLIP on the same images, with the same epochs and batch: does training with captions leak more?
  static let unimodalMultimodal = Study(
    "unimodal-multimodal", "MoCo, SimCLR and CLIP on the same images",
    source: "ours; the same question as `encodermi compare`",
    differsIn: ["target.pretraining", "shadow.pretraining"]
  ) { scale in
    [("MoCo", scale.moco), ("SimCLR", scale.simclr), ("CLIP", scale.clip)].map { name, pretraining in
      scale.clipCell(["algorithm": name]) {
        $0.both {
          var own = pretraining
          (own.epochs, own.batch, own.encoder) = (scale.clip.epochs, scale.clip.batch, scale.clip.encoder)
          (own.checkpointEpochs, own.monitorInterval) = ([], 0)
          if case .moco(var moco) = own.algorithm {
            moco.queueSize = scale.pairs / 2
            own.algorithm = .moco(moco)
          }
          $0.pretraining = own
        }
      }
    }
  }
}
