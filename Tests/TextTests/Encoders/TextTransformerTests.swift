import Files
import Autodiff
import Kernels
import Networks
import TestSupport
import Testing

@testable import Text

@Suite("Text transformers") struct TextTransformerTests {
  private let configuration = TextEncoderConfiguration(
    width: 24, layers: 2, heads: 3, vocabularySize: 20, contextLength: 9)
  private let captions: [[Int32]] = [[1, 2, 3, 19], [4, 19], [5, 6, 7, 8, 9, 19]]

  private func embeddings(_ tokens: TokenBatch) throws -> Tensor {
    let (encoder, store) = try ParameterStore.build(.fresh(RandomStream(seed: 1, name: "weights"))) {
      try configuration.build($0)
    }
    return encoder(tokens, Pass.inference(store)).value
  }

  @Test("What follows the end of text has no influence, be it padding of any kind or length")
  func padding() throws {
    let expected = try embeddings(TokenBatch(captions))
    #expect(expected.shape == [3, configuration.embeddingWidth])
    for padding: Int32 in [0, 7, 19] {
      let padded = try embeddings(TokenBatch(captions, length: 9, padding: padding))
      #expect(largestDifference(padded.values, expected.values) < 1e-6)
    }
  }

  @Test("A caption's embedding does not depend on those beside it")
  func independence() throws {
    let all = try embeddings(TokenBatch(captions))
    for (row, caption) in captions.enumerated() {
      let alone = try embeddings(TokenBatch([caption]))
      #expect(largestDifference(alone.values, all.rows(row..<row + 1).values) < 1e-5)
    }
  }

  @Test("The order of tokens matters")
  func order() throws {
    let found = try embeddings(TokenBatch([[1, 2, 19], [2, 1, 19]]))
    #expect(largestDifference(found.rows(0..<1).values, found.rows(1..<2).values) > 1e-3)
  }

  @Test(
    "A name says width, layers and what is not as usual, and is written back alike",
    arguments: ["text-128x4", "text-512x12-quick", "text-64x2-heads1", "text-96x3-heads1-quick"])
  func names(name: String) throws {
    #expect(try TextEncoderConfiguration(name: name, vocabularySize: 512).name == name)
  }

  @Test(
    "Names that say nothing are refused",
    arguments: ["", "text", "text-128", "text-x4", "vit-128x4", "text-128x4-", "text-128x4-quick-heads4"])
  func refused(name: String) {
    #expect(throws: TextEncoderError.self) { try TextEncoderConfiguration(name: name, vocabularySize: 512) }
  }

  @Test("Sizes out of their range are refused by the name of the field")
  func ranges() {
    let faults: [(String, TextEncoderConfiguration)] = [
      ("width", TextEncoderConfiguration(width: 0, vocabularySize: 9)),
      ("layers", TextEncoderConfiguration(layers: 0, vocabularySize: 9)),
      ("heads", TextEncoderConfiguration(heads: 3, vocabularySize: 9)),
      ("vocabularySize", TextEncoderConfiguration(vocabularySize: 0)),
      ("contextLength", TextEncoderConfiguration(vocabularySize: 9, contextLength: 0)),
      ("activation", TextEncoderConfiguration(vocabularySize: 9, activation: .relu)),
    ]
    for (path, configuration) in faults {
      let error = #expect(throws: InvalidSetting.self) { try configuration.validate() }
      #expect(error?.path == path)
    }
  }

  @Test("A description is read back as it was written")
  func descriptions() throws {
    let data = try Configuration.encode(configuration)
    #expect(try Configuration.decode(from: data, file: "text.json") == configuration)
  }

  @Test("A name with a width beyond all bounds is refused at once")
  func enormousWidth() {
    #expect(throws: InvalidSetting.self) {
      try TextEncoderConfiguration(name: "text-9223372036854775783x2", vocabularySize: 300)
    }
  }

}
