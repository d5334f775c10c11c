import Foundation
import TestSupport
import Testing

@testable import Kernels

/// Attention written out in double precision, one number after the other.
private struct NaiveAttention {
  let tokens, heads, width: Int
  let packed: [Double]
  let visible: (_ sequence: Int, _ token: Int) -> Int

  private func value(_ row: Int, _ part: Int, _ column: Int) -> Double {
    packed[row * 3 * width + part * width + column]
  }

  private func probabilities(_ sequence: Int, _ head: Int, _ token: Int) -> [Double] {
    let size = width / heads
    let scores = (0..<visible(sequence, token)).map { other in
      (0..<size).map {
        value(sequence * tokens + token, 0, head * size + $0)
          * value(sequence * tokens + other, 1, head * size + $0)
      }.reduce(0, +) / Double(size).squareRoot()
    }
    let peak = scores.max() ?? 0
    let weights = scores.map { exp($0 - peak) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// The output, and the gradient of the packed input for that of the output.
  func run(_ upstream: [Double]) -> (output: [Double], gradient: [Double]) {
    let (size, rows) = (width / heads, packed.count / 3 / width)
    var output = [Double](repeating: 0, count: rows * width)
    var gradient = [Double](repeating: 0, count: packed.count)
    for row in 0..<rows {
      let (sequence, token) = (row / tokens, row % tokens)
      for head in 0..<heads {
        let p = probabilities(sequence, head, token)
        let slopes = p.indices.map { other in
          (0..<size).map {
            upstream[row * width + head * size + $0] * value(sequence * tokens + other, 2, head * size + $0)
          }.reduce(0, +)
        }
        let mean = zip(p, slopes).map { $0 * $1 }.reduce(0, +)
        for other in p.indices {
          let toScore = p[other] * (slopes[other] - mean) / Double(size).squareRoot()
          let place = sequence * tokens + other
          for column in head * size..<(head + 1) * size {
            output[row * width + column] += p[other] * value(place, 2, column)
            gradient[row * 3 * width + column] += toScore * value(place, 1, column)
            gradient[place * 3 * width + width + column] += toScore * value(row, 0, column)
            gradient[place * 3 * width + 2 * width + column] += p[other] * upstream[row * width + column]
          }
        }
      }
    }
    return (output, gradient)
  }
}

@Suite("Attention") struct AttentionTests {
  @Test(
    "Output and gradient are those of the definition, causal or not",
    arguments: [(1, 2, 8), (5, 3, 20), (17, 1, 64), (65, 2, 32), (33, 5, 1)], [false, true])
  func definition(_ size: (tokens: Int, heads: Int, headWidth: Int), isCausal: Bool) {
    let width = size.heads * size.headWidth
    let packed = sample([2 * size.tokens, 3 * width])
    let upstream = sample([2 * size.tokens, width], seed: 2)
    let naive = NaiveAttention(
      tokens: size.tokens, heads: size.heads, width: width, packed: packed.values.map(Double.init)
    ) { isCausal ? $1 + 1 : size.tokens }
    let expected = naive.run(upstream.values.map(Double.init))
    let (output, statistics) = Attention.forward(
      packed, tokens: size.tokens, heads: size.heads, isCausal: isCausal)
    #expect(relativeError(output, expected.output) < 3e-6)
    let gradient = Attention.backward(
      upstream, packed: packed, statistics: statistics, tokens: size.tokens, heads: size.heads,
      isCausal: isCausal)
    #expect(relativeError(gradient, expected.gradient) < 5e-6)
  }

  @Test("One query of each sequence has the output and the gradients that it has among all")
  func pooled() {
    let (batch, tokens, heads, width) = (3, 9, 2, 40)
    let packed = sample([batch * tokens, 3 * width])
    let places = [0, 4, 8]
    let rows = places.enumerated().map { $0 * tokens + $1 }
    let upstream = sample([batch, width], seed: 2)
    for isCausal in [false, true] {
      let whole = Attention.forward(packed, tokens: tokens, heads: heads, isCausal: isCausal)
      let queries = Rows.gathered(Rows.columns(packed, 0..<width), rows)
      let visible = isCausal ? places.map { $0 + 1 } : places.map { _ in tokens }
      let rest = Rows.columns(packed, width..<3 * width)
      let (output, probabilities) = PooledAttention.forward(
        queries, packed: rest, visible: visible, heads: heads)
      #expect(relativeError(output, Rows.gathered(whole.output, rows)) < 2e-6)
      let spread = Tensor(zeros: [batch * tokens, width])
      Rows.add(upstream, to: spread, rows: rows)
      let expected = Attention.backward(
        spread, packed: packed, statistics: whole.statistics, tokens: tokens, heads: heads,
        isCausal: isCausal)
      let found = PooledAttention.backward(
        upstream, queries: queries, packed: rest, probabilities: probabilities, visible: visible, heads: heads
      )
      #expect(relativeError(found.queries, Rows.gathered(Rows.columns(expected, 0..<width), rows)) < 3e-6)
      #expect(relativeError(found.packed, Rows.columns(expected, width..<3 * width)) < 3e-6)
    }
  }

  @Test("Scores in the hundreds neither overflow nor lose the greatest")
  func largeScores() {
    let packed = Pointwise.scaled(sample([12, 48]), by: 40)
    let (output, statistics) = Attention.forward(packed, tokens: 6, heads: 2, isCausal: false)
    #expect(isFinite(output))
    let gradient = Attention.backward(
      sample([12, 16], seed: 2), packed: packed, statistics: statistics, tokens: 6, heads: 2, isCausal: false)
    #expect(isFinite(gradient))
  }

  @Test("What comes later does not change a causal output, bit for bit")
  func causality() {
    let packed = sample([20, 48])
    let changed = packed.copy()
    changed.rows(15..<20).assign(sample([5, 48], seed: 9))
    func firsts(_ x: Tensor) -> [Float] {
      Attention.forward(x, tokens: 20, heads: 2, isCausal: true).output.rows(0..<15).values
    }
    #expect(firsts(packed) == firsts(changed))
  }
}
