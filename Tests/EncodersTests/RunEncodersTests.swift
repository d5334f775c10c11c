import Autodiff
import Contrastive
import Encoders
import Kernels
import Networks
import TestSupport
import Testing
import Text
import Vision

/// Encoders that were pre-trained here, asked through the door that an audit uses.
@Suite(.serialized) struct RunEncodersTests {
  private static let image = ImageEncoderConfiguration(
    .vit, width: 16, imageSize: 8,
    transformer: VisionTransformerConfiguration(layers: 1, heads: 2, patch: 4))

  private func description(_ algorithm: String, clip: CLIPConfiguration? = nil) -> EncoderDescription {
    var augmentation = Augmentation.moco
    (augmentation.outputSize, augmentation.mean) = (8, [0.1, 0.2, 0.3])
    return EncoderDescription(
      encoder: RunEncodersTests.image,
      head: ProjectionHeadConfiguration(width: 12, hasBias: clip == nil), augmentation: augmentation,
      algorithm: algorithm, epoch: 5, members: 40, temperature: 0.5, clip: clip)
  }

  private func encoder(seed: UInt64 = 1) throws -> PretrainedEncoder {
    try PretrainedEncoder(description("simclr"), .fresh(RandomStream(seed: seed, name: "weights")))
  }

  private func pair(seed: UInt64 = 1) throws -> PretrainedCLIP {
    var clip = CLIPConfiguration(
      text: TextEncoderConfiguration(
        width: 20, layers: 1, heads: 2, vocabularySize: 259, contextLength: 16))
    clip.captionsPerImage = 3
    return try PretrainedCLIP(
      description("clip", clip: clip), .fresh(RandomStream(seed: seed, name: "weights")),
      tokenizer: ByteTokenizer())
  }

  private func fingerprint(_ encoder: (any AuditedEncoder)?) throws -> String {
    try #require(encoder).identity.fingerprint
  }

  @Test("An encoder of images says what its checkpoint knows, and what it can be asked")
  func image() throws {
    let encoder: any AuditedEncoder = try encoder()
    #expect(encoder.modalities == [.image] && encoder.layers == [.embedding, .projection])
    #expect(encoder.imageSize == 8)
    #expect(
      encoder.facts
        == EncoderFacts(
          algorithm: "simclr", epochs: 5, members: 40, augmentation: description("simclr").augmentation,
          temperature: 0.5))
    #expect(encoder.identity.name.hasSuffix("at 8 px"))
  }

  @Test("A CLIP answers about both, and knows how many captions of an image it was trained on")
  func clip() throws {
    let pair: any AuditedEncoder = try pair()
    #expect(pair.modalities == [.image, .text] && pair.layers == [.embedding, .projection])
    #expect(pair.facts.algorithm == "clip" && pair.facts.captionsPerImage == 3)
    #expect(pair.imageSize == 8)
  }

  @Test(
    "A colour's gradient is the slope of the loss between its neighbours on either side, of CLIP's images too"
  )
  func gradients() throws {
    for encoder in [try encoder() as any DifferentiableEncoder, try pair()] {
      let values = (0..<192).map { Float($0 * 37 % 101) / 101 }
      let width = 16
      // A linear map of the embeddings to two logits.
      let map = Tensor((0..<(2 * width)).map { Float($0 * 7 % 11) / 5 - 1 }, shape: [2, width])
      func loss(_ tape: Tape, _ embeddings: Variable) -> Variable {
        tape.crossEntropy(
          tape.linear(embeddings, weight: tape.constant(map), bias: nil), targets: [1]
        ).variable
      }
      func gradients(_ values: [Float], _ seen: (Float) -> Void = { _ in }) throws -> [Float] {
        try encoder.inputGradients(of: Tensor(values, shape: [1, 3, 8, 8])) { tape, embeddings in
          let found = loss(tape, embeddings)
          seen(found.value.scalar)
          return found
        }.values
      }
      let slopes = try values.indices.map { index -> Float in
        var losses: [Float] = []
        for change in [Float(0.02), -0.02] {
          var moved = values
          moved[index] += change
          _ = try gradients(moved) { losses.append($0) }
        }
        return (losses[0] - losses[1]) / 0.04
      }
      #expect(relativeDistance(try gradients(values), slopes) < 2e-2)
    }
  }

  @Test("One question is answered in both spaces, with what each layer gives by itself")
  func answers() throws {
    let pictures = Pictures((0..<(3 * 3 * 64)).map { UInt8(truncatingIfNeeded: 37 * $0) }, size: 8)
    let normalised = pictures.normalised(
      ColourNormalisation(mean: [0.1, 0.2, 0.3], deviation: Augmentation.moco.deviation))
    let (encoder, pair) = (try encoder(), try pair())
    let captions = ["a dog", "two dogs on grass"]
    for layer in EmbeddingLayer.allCases {
      #expect(
        try encoder.answers(to: pictures)[layer]?.values
          == encoder.embeddings(of: normalised, layer: layer).values)
      #expect(
        try pair.answers(to: pictures)[layer]?.values == pair.embeddings(of: normalised, layer: layer).values)
      #expect(
        try pair.answers(to: captions)[layer]?.values == pair.embeddings(of: captions, layer: layer).values)
    }
    #expect(try encoder.answers(to: pictures).widths == [.embedding: 16, .projection: 12])
    // Of captions the embedding has a width of its own, the joint space that of images.
    #expect(try pair.answers(to: captions).widths == [.embedding: 20, .projection: 12])
    #expect(try pair.answers(to: pictures).layers == pair.layers)
  }

  @Test("An encoder of images that is asked about captions says so")
  func noCaptions() throws {
    let encoder = try encoder()
    let error = #expect(throws: AnswerError.self) { try encoder.answers(to: ["a dog"]) }
    #expect(error == .modality(encoder: encoder.identity.name, .text))
    #expect(error?.description.contains("has no text encoder") == true)
  }

  @Test("Other weights have another fingerprint, the same have the same")
  func fingerprints() throws {
    #expect(try fingerprint(encoder(seed: 1)) == fingerprint(encoder(seed: 1)))
    #expect(try fingerprint(encoder(seed: 1)) != fingerprint(encoder(seed: 2)))
    #expect(try fingerprint(pair(seed: 1)) == fingerprint(pair(seed: 1)))
    #expect(try fingerprint(pair(seed: 1)) != fingerprint(pair(seed: 2)))
  }

  @Test("An untrained twin has the same shape and door, has learned for no epoch, and follows from its seed")
  func untrained() throws {
    let originals: [any AuditedEncoder] = [try encoder(), try pair()]
    for original in originals {
      let twin = try #require(try original.untrained(seed: 4))
      #expect(twin.modalities == original.modalities && twin.layers == original.layers)
      #expect(twin.identity.name == original.identity.name)
      #expect(twin.facts.epochs == 0 && original.facts.epochs == 5)
      #expect(try fingerprint(twin) == fingerprint(original.untrained(seed: 4)))
      #expect(try fingerprint(twin) != fingerprint(original.untrained(seed: 5)))
      #expect(try fingerprint(twin) != fingerprint(original))
    }
  }
}
