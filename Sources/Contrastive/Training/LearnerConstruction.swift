import Files
import Kernels
import Networks
import Text

extension PretrainingConfiguration {
  /// The algorithm at work on a fresh network, with what its objective needs beside.
  /// - Parameters:
  ///   - captions: of the members, in their order; only CLIP reads them.
  ///   - group: the processes that share each step.
  /// - Throws: ``PretrainingError`` if CLIP has no captions, or captions that its text encoder cannot read.
  public func learner(captions: CaptionTokens? = nil, group: ProcessGroup = .alone) throws -> any Learner {
    switch algorithm {
    case .moco(let moco):
      let (network, store) = try imageNetwork()
      return MoCo(
        moco, network: network, store: store, width: head.width,
        random: RandomStream(seed: seed, name: "queue"), group: group)
    case .simclr(let simclr):
      let (network, store) = try imageNetwork()
      return SimCLR(simclr, network: network, store: store, group: group)
    case .clip(let clip):
      guard let captions else { throw PretrainingError.noCaptions }
      try clip.text.require(captions.tokenizer)
      let (network, store) = try ParameterStore.build(freshWeights) {
        try CLIPNetwork($0, encoder: encoder, head: head, clip: clip)
      }
      return CLIP(clip, network: network, store: store, captions: captions, seed: seed, group: group)
    }
  }

  private var freshWeights: ParameterSource { .fresh(RandomStream(seed: seed, name: "weights")) }

  private func imageNetwork() throws -> (ContrastiveNetwork, ParameterStore) {
    try ParameterStore.build(freshWeights) { try ContrastiveNetwork($0, encoder: encoder, head: head) }
  }
}

extension TextEncoderConfiguration {
  /// Checks that a tokenizer's ids and lengths are those this encoder has embeddings for.
  /// - Throws: ``PretrainingError/vocabulary(_:)``.
  func require(_ tokenizer: any Tokenizer) throws(PretrainingError) {
    guard tokenizer.vocabularySize == vocabularySize else {
      throw .vocabulary(
        "the tokenizer has \(tokenizer.vocabularySize) tokens, the text encoder embeddings for \(vocabularySize)"
      )
    }
    guard (0..<vocabularySize).contains(Int(tokenizer.endOfText)) else {
      throw .vocabulary(
        "the tokenizer's end of text is token \(tokenizer.endOfText), of 0..<\(vocabularySize)")
    }
    guard tokenizer.contextLength >= 3 else {
      throw .vocabulary(
        "the tokenizer cuts captions to \(tokenizer.contextLength) tokens, which leaves nothing between start and end"
      )
    }
    guard tokenizer.contextLength <= contextLength else {
      throw .vocabulary(
        "the tokenizer gives up to \(tokenizer.contextLength) tokens, the text encoder has \(contextLength) places"
      )
    }
  }
}
