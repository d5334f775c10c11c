import Contrastive
import Encoders
import Files
import Kernels
import Testing

@Suite struct EncoderAnswersTests {
  /// Rows whose values tell where they came from: 10 times the row, and the column.
  private func answers(_ rows: Range<Int>) -> EncoderAnswers {
    func tensor(_ width: Int) -> Tensor {
      Tensor(
        rows.flatMap { row in (0..<width).map { Float(10 * row + $0) } }, shape: [rows.count, width])
    }
    return EncoderAnswers([.embedding: tensor(3), .projection: tensor(2)])
  }

  @Test("batches one after the other are one batch, in each space")
  func stacking() {
    let stacked = EncoderAnswers(stacking: [answers(0..<2), answers(2..<3), answers(3..<6)])
    for layer in EmbeddingLayer.allCases {
      #expect(stacked[layer]?.values == answers(0..<6)[layer]?.values)
      #expect(stacked[layer]?.shape == answers(0..<6)[layer]?.shape)
    }
    #expect(
      stacked.layers == [.embedding, .projection] && stacked.widths == [.embedding: 3, .projection: 2])
    #expect(EncoderAnswers(stacking: []).layers.isEmpty)
  }

  @Test("answers about some inputs are those inputs' rows, in the order given, repeated where asked twice")
  func gathered() {
    let all = answers(0..<6)
    #expect(all.gathered([4, 1, 4], each: 1)[.projection]?.values == [40, 41, 10, 11, 40, 41])
    // Three rows an input: of input 1 rows 3, 4 and 5.
    #expect(
      all.gathered([1, 0], each: 3)[.projection]?.values == [30, 31, 40, 41, 50, 51, 0, 1, 10, 11, 20, 21])
    #expect(all.gathered([1], each: 3)[.embedding]?.shape == [3, 3])
  }

  @Test("one finite embedding for each input passes, whatever was answered before if it had the same spaces")
  func valid() throws {
    try answers(0..<4).validate(inputs: 4, from: "it")
    try answers(0..<4).validate(inputs: 4, widths: answers(0..<1).widths, from: "it")
  }

  @Test("another number of embeddings, embeddings without components and other shapes are refused")
  func shapes() {
    func error(_ tensor: Tensor) -> AnswerError? {
      #expect(throws: AnswerError.self) {
        try EncoderAnswers([.projection: tensor]).validate(inputs: 4, from: "it")
      }
    }
    for shape in [[3, 2], [4, 0], [8], [4, 2, 1]] {
      #expect(
        error(Tensor(zeros: shape))
          == .shape(encoder: "it", layer: .projection, expectedRows: 4, found: shape))
    }
    #expect(error(Tensor(zeros: [3, 2]))?.description.contains("[3, 2], expected [4, width]") == true)
  }

  @Test("NaN and infinity are refused with the input they stand in", arguments: [Float.nan, .infinity])
  func notFinite(_ value: Float) {
    var values = [Float](repeating: 1, count: 8)
    values[5] = value
    let error = #expect(throws: AnswerError.self) {
      try EncoderAnswers([.embedding: Tensor(values, shape: [4, 2])]).validate(inputs: 4, from: "it")
    }
    #expect(error == .notFinite(encoder: "it", layer: .embedding, input: 2))
  }

  @Test("a space more or less than before, or another width, is refused, and both are told")
  func otherSpaces() {
    let before: [[EmbeddingLayer: Int]] = [
      [.embedding: 3], [.embedding: 3, .projection: 4], [:],
    ]
    for widths in before {
      let error = #expect(throws: AnswerError.self) {
        try answers(0..<2).validate(inputs: 2, widths: widths, from: "it")
      }
      #expect(
        error
          == .otherSpaces(encoder: "it", expected: widths, found: [.embedding: 3, .projection: 2]))
      #expect(error?.description.contains("embeddings of width 3 and projections of width 2") == true)
    }
  }
}
