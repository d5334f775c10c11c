import Foundation
import Networks
import Testing

@testable import Kernels

@Suite(.serialized) struct SimilarityTests {
  private func random(_ rows: Int, _ width: Int, _ name: String) -> Tensor {
    var stream = RandomStream(seed: 21, name: name)
    return Tensor((0..<(rows * width)).map { _ in stream.normal() + 0.4 }, shape: [rows, width])
  }

  /// The similarity by its definition, in double precision.
  private func naive(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>, _ similarity: Similarity) -> Double {
    var (a, b) = (a.map(Double.init), b.map(Double.init))
    if similarity == .euclidean {
      return -zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
    if similarity == .correlation {
      let (meanA, meanB) = (a.reduce(0, +) / Double(a.count), b.reduce(0, +) / Double(b.count))
      a = a.map { $0 - meanA }
      b = b.map { $0 - meanB }
    }
    func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
    return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
  }

  private func row(_ tensor: Tensor, _ index: Int) -> ArraySlice<Float> {
    tensor.values[(index * tensor.shape[1])..<((index + 1) * tensor.shape[1])]
  }

  @Test("all pairs equal their definition, at even and awkward sizes", arguments: Similarity.allCases)
  func pairwise(_ similarity: Similarity) {
    for (inputs, views, width) in [(3, 10, 64), (9, 2, 512), (1, 5, 37), (17, 3, 5), (2, 7, 24)] {
      let embeddings = random(inputs * views, width, "\(inputs)")
      let scores = pairwiseSimilarities(embeddings, views: views, similarity: similarity)
      #expect(scores.scores.shape == [inputs, views * (views - 1) / 2])
      #expect(scores.undefinedRows.isEmpty)
      var expected: [Double] = []
      for input in 0..<inputs {
        for i in 0..<views {
          for j in (i + 1)..<max(views, i + 1) {
            expected.append(
              naive(row(embeddings, input * views + i), row(embeddings, input * views + j), similarity))
          }
        }
      }
      for (found, value) in zip(scores.scores.values, expected) {
        #expect(abs(Double(found) - value) < 1e-5 * max(1, abs(value)))
      }
    }
  }

  @Test("scores between two sets equal their definition", arguments: Similarity.allCases)
  func cross(_ similarity: Similarity) {
    let (inputs, n, m, width) = (11, 5, 3, 19)
    let (first, second) = (random(inputs * n, width, "first"), random(inputs * m, width, "second"))
    let scores = crossSimilarities(first, rows: n, second, rows: m, similarity: similarity).scores
    #expect(scores.shape == [inputs, n * m])
    let values = scores.values
    for input in 0..<inputs {
      for i in 0..<n {
        for j in 0..<m {
          let value = naive(row(first, input * n + i), row(second, input * m + j), similarity)
          #expect(abs(Double(values[(input * n + i) * m + j]) - value) < 1e-5 * max(1, abs(value)))
        }
      }
    }
  }

  @Test("sorted scores are the same scores in descending order")
  func sorted() {
    for views in 2...12 {
      let embeddings = random(13 * views, 16, "sorted \(views)")
      let plain = pairwiseSimilarities(embeddings, views: views, similarity: .cosine).scores
      let sorted = pairwiseSimilarities(embeddings, views: views, similarity: .cosine, isSorted: true).scores
      let width = plain.shape[1]
      let (a, b) = (plain.values, sorted.values)
      for input in 0..<13 {
        let range = (input * width)..<((input + 1) * width)
        #expect(a[range].sorted(by: >) == Array(b[range]))
      }
    }
  }

  @Test("sorted scores between two sets are the same scores in descending order, 10 by 10 and awkward")
  func sortedCross() {
    for (inputs, n, m) in [(9, 10, 10), (3, 1, 1), (17, 1, 7), (8, 5, 3)] {
      let (first, second) = (random(inputs * n, 24, "sorted first"), random(inputs * m, 24, "sorted second"))
      for similarity in Similarity.allCases {
        let plain = crossSimilarities(first, rows: n, second, rows: m, similarity: similarity).scores
        let sorted = crossSimilarities(
          first, rows: n, second, rows: m, similarity: similarity, isSorted: true
        ).scores
        let (a, b) = (plain.values, sorted.values)
        for input in 0..<inputs {
          let range = (input * n * m)..<((input + 1) * n * m)
          #expect(a[range].sorted(by: >) == Array(b[range]))
        }
      }
    }
  }

  @Test("an input's scores have the same bits alone, among others, and for any number of threads")
  func independence() {
    let threads = Threads.count
    defer { Threads.set(threads) }
    let embeddings = random(33 * 10, 100, "threads")
    Threads.set(1)
    let one = pairwiseSimilarities(embeddings, views: 10, similarity: .correlation, isSorted: true).scores
      .values
    Threads.set(3)
    let three = pairwiseSimilarities(embeddings, views: 10, similarity: .correlation, isSorted: true).scores
      .values
    #expect(one == three)
    let alone = pairwiseSimilarities(
      embeddings.rows(130..<140), views: 10, similarity: .correlation, isSorted: true)
    #expect(alone.scores.values == Array(one[(13 * 45)..<(14 * 45)]))
  }

  @Test("equal embeddings have cosine and correlation 1, never more, and distance 0")
  func equal() {
    let vector = random(1, 96, "equal").values
    let embeddings = Tensor(vector + vector + vector.map { $0 * 3 }, shape: [3, 96])
    for similarity in [Similarity.cosine, .correlation] {
      for score in pairwiseSimilarities(embeddings, views: 3, similarity: similarity).scores.values {
        #expect(score <= 1 && score > 1 - 1e-6)
      }
    }
    #expect(pairwiseSimilarities(embeddings, views: 3, similarity: .euclidean).scores.values[0] == 0)
  }

  @Test("a zero embedding has no cosine: its scores are 0 and its row is named")
  func zeroNorm() {
    var values = random(12, 8, "zero").values
    for column in 0..<8 { values[5 * 8 + column] = 0 }
    let embeddings = Tensor(values, shape: [12, 8])
    let scores = pairwiseSimilarities(embeddings, views: 4, similarity: .cosine)
    #expect(scores.undefinedRows == [5])
    // The second input's pairs (0, 1), (1, 2), (1, 3).
    let second = Array(scores.scores.values[6..<12])
    #expect(second[0] == 0 && second[3] == 0 && second[4] == 0 && second[1] != 0)
    #expect(pairwiseSimilarities(embeddings, views: 4, similarity: .euclidean).undefinedRows.isEmpty)
  }

  @Test("an embedding of equal components has no correlation, whatever rounding leaves")
  func zeroVariance() {
    var values = random(4, 513, "variance").values
    for column in 0..<513 { values[2 * 513 + column] = 0.1 }
    let embeddings = Tensor(values, shape: [4, 513])
    #expect(pairwiseSimilarities(embeddings, views: 2, similarity: .correlation).undefinedRows == [2])
    #expect(pairwiseSimilarities(embeddings, views: 2, similarity: .cosine).undefinedRows.isEmpty)
  }

  @Test("embeddings that are not finite are named, and no score is", arguments: Similarity.allCases)
  func notFinite(_ similarity: Similarity) {
    var values = random(6, 9, "finite").values
    values[0] = .nan
    values[4 * 9 + 3] = .infinity
    let scores = pairwiseSimilarities(
      Tensor(values, shape: [6, 9]), views: 3, similarity: similarity, isSorted: true)
    #expect(scores.undefinedRows == [0, 4])
    for score in scores.scores.values { #expect(score.isFinite) }
  }

  @Test("rows of the second set are numbered after the first's")
  func crossUndefined() {
    let first = Tensor([1, 0, 0, 0, 1, 1, 2, 1], shape: [4, 2])
    let second = Tensor([0, 1, 0, 0], shape: [2, 2])
    #expect(
      crossSimilarities(first, rows: 2, second, rows: 1, similarity: .cosine).undefinedRows == [1, 5])
  }
}
