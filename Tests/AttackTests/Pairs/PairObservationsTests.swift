import Files
import Kernels
import Networks
import Testing

@testable import Attack

@Suite struct PairObservationsTests {
  private func random(_ rows: Int, _ width: Int, _ name: String) -> Tensor {
    var stream = RandomStream(seed: 4, name: name)
    return Tensor((0..<(rows * width)).map { _ in stream.normal() + 0.3 }, shape: [rows, width])
  }

  private func answers(_ inputs: Int, _ views: Int, _ name: String, width: Int = 12) -> EncoderAnswers {
    EncoderAnswers(
      views: random(inputs * views, 20, "\(name) views"),
      jointViews: random(inputs * views, width, "\(name) joint"),
      plain: random(inputs, width, "\(name) plain"), own: random(inputs, 20, "\(name) own"))
  }

  private func cosine(_ a: Tensor, _ row: Int, _ b: Tensor, _ other: Int) -> Double {
    let width = a.shape[1]
    let x = a.values[(row * width)..<((row + 1) * width)].map(Double.init)
    let y = b.values[(other * width)..<((other + 1) * width)].map(Double.init)
    func dot(_ p: [Double], _ q: [Double]) -> Double { zip(p, q).reduce(0) { $0 + $1.0 * $1.1 } }
    return dot(x, y) / (dot(x, x) * dot(y, y)).squareRoot()
  }

  @Test("each set's scores equal their definition, in descending order")
  func naiveTwin() throws {
    let (inputs, n, m) = (9, 3, 2)
    let (images, captions) = (answers(inputs, n, "image"), answers(inputs, m, "caption"))
    let configuration = FeatureConfiguration(views: n, variants: m, sets: FeatureSet.allCases)
    let observations = try PairObservations(
      images: images, captions: captions, configuration: configuration, inputs: Array(0..<inputs))
    for input in 0..<inputs {
      var expected: [Double] = []
      var part: [Double] = []
      for i in 0..<n {
        for j in (i + 1)..<max(n, i + 1) {
          part.append(cosine(images.views, input * n + i, images.views, input * n + j))
        }
      }
      expected += part.sorted(by: >)
      expected.append(cosine(captions.views, input * m, captions.views, input * m + 1))
      part = []
      for i in 0..<n {
        for j in 0..<m {
          part.append(cosine(images.jointViews, input * n + i, captions.jointViews, input * m + j))
        }
      }
      expected += part.sorted(by: >)
      expected.append(cosine(images.plain, input, captions.plain, input))
      let row = observations.features.rows[input]
      #expect(row.count == 3 + 1 + 6 + 1)
      for (found, value) in zip(row, expected) { #expect(abs(Double(found) - value) < 1e-5) }
      let transformed = (0..<n).reduce(0.0) {
        $0 + cosine(images.jointViews, input * n + $1, captions.plain, input) / Double(n)
      }
      let mean = try #require(observations.transformedCosines)[input]
      #expect(abs(Double(mean) - transformed) < 1e-5)
      #expect(try #require(observations.cosines)[input] == row[10])
    }
  }

  @Test("the pair's own score is the cosine whatever the similarity")
  func pairIsCosine() throws {
    let (images, captions) = (answers(3, 2, "image"), answers(3, 2, "caption"))
    func scores(_ similarity: Similarity) throws -> [Float] {
      try PairObservations(
        images: images, captions: captions,
        configuration: FeatureConfiguration(similarity: similarity, views: 2, variants: 2, sets: [.pair]),
        inputs: [0, 1, 2]
      ).features.scores.values
    }
    #expect(try scores(.euclidean) == scores(.cosine))
  }

  @Test("encoders without a common space, and an embedding of zeros, are errors")
  func errors() throws {
    let configuration = FeatureConfiguration(views: 2, variants: 2, sets: FeatureSet.allCases)
    #expect(throws: AttackError.jointWidths(image: 12, caption: 13)) {
      try PairObservations(
        images: answers(1, 2, "a"), captions: answers(1, 2, "b", width: 13), configuration: configuration,
        inputs: [0])
    }
    let captions = answers(3, 2, "b")
    captions.plain.rows(1..<2).assign([Float](repeating: 0, count: 12))
    let error = #expect(throws: FeatureError.self) {
      try PairObservations(
        images: answers(3, 2, "a"), captions: captions, configuration: configuration, inputs: [7, 8, 9])
    }
    #expect(error?.description.contains("(8)") == true)
  }

  @Test("answers about some inputs are those inputs' rows")
  func selection() {
    let all = answers(5, 3, "image")
    let some = all.selecting([4, 1])
    #expect(some.plain.values == Rows.gathered(all.plain, [4, 1]).values)
    #expect(some.views.values == Rows.gathered(all.views, [12, 13, 14, 3, 4, 5]).values)
  }
}
