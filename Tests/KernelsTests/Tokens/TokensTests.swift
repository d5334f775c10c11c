import TestSupport
import Testing

@testable import Kernels

@Suite("Tokens") struct TokensTests {
  private let ids: [Int32] = [3, 0, 3, 1, 3, 3]

  @Test("A token's embedding is its row of the table plus that of its position")
  func embedding() {
    let (table, positions) = (sample([5, 20]), sample([4, 20], seed: 2))
    let found = Embedding.forward(ids, table: table, positions: positions, tokens: 3).values
    let (rows, places) = (table.values, positions.values)
    let expected = (0..<120).map {
      rows[Int(ids[$0 / 20]) * 20 + $0 % 20] + places[$0 / 20 % 3 * 20 + $0 % 20]
    }
    #expect(found == expected)
  }

  @Test("A row's gradient is the sum over its uses, and is added to what is there")
  func gradients() {
    let gradient = sample([6, 20])
    let (table, positions) = (sample([5, 20], seed: 2), sample([4, 20], seed: 3))
    var (rows, places) = (table.values.map(Double.init), positions.values.map(Double.init))
    for (index, value) in gradient.values.enumerated() {
      rows[Int(ids[index / 20]) * 20 + index % 20] += Double(value)
      places[index / 20 % 3 * 20 + index % 20] += Double(value)
    }
    Embedding.addTableGradient(gradient, ids: ids, to: table)
    Embedding.addPositionGradient(gradient, tokens: 3, to: positions)
    #expect(relativeError(table, rows) < 1e-6)
    #expect(relativeError(positions, places) < 1e-6)
  }

  @Test("A patch holds its pixels by channel, row and column")
  func cut() {
    let images = Tensor((0..<2 * 3 * 4 * 6).map(Float.init), shape: [2, 3, 4, 6])
    let patches = Patches.cut(images, side: 2)
    #expect(patches.shape == [12, 12])
    // The patch in row 1, column 2 of the second image.
    let corner = Float(72 + 2 * 6 + 4)
    let expected = [0, 24, 48].flatMap { plane in [0, 1, 6, 7].map { corner + plane + $0 } }
    #expect(patches.rows(11..<12).values == expected)
  }

  @Test("Joined patches are the image they were cut from", arguments: [1, 2, 4])
  func joined(side: Int) {
    let images = sample([3, 2, 8, 4])
    #expect(
      Patches.joined(Patches.cut(images, side: side), side: side, shape: images.shape).values == images.values
    )
  }

  @Test("The class token stands before the patches, which come back without it")
  func classToken() {
    let (patches, classToken) = (sample([6, 20]), sample([20], seed: 2))
    let positions = sample([4, 20], seed: 3)
    let tokens = Patches.tokens(patches, classToken: classToken, positions: positions)
    #expect(tokens.shape == [8, 20])
    let first = zip(classToken.values, positions.values).map { $0 + $1 }
    #expect(tokens.rows(0..<1).values == first)
    #expect(tokens.rows(4..<5).values == first)
    let last = zip(patches.rows(5..<6).values, positions.rows(3..<4).values).map { $0 + $1 }
    #expect(tokens.rows(7..<8).values == last)
    let plain = Patches.tokens(patches, classToken: classToken, positions: Tensor(zeros: [4, 20]))
    #expect(Patches.withoutClassToken(plain, tokens: 4).values == patches.values)
  }
}

/// Changes the number of threads, which all tests share; no other test depends on it.
@Suite(.serialized) struct TransformerThreadTests {
  @Test("Transformer operations and their gradients have the same bits for any number of threads")
  func sameBits() {
    let (tokens, heads, width) = (17, 4, 48)
    let packed = sample([40 * tokens, 3 * width])
    let upstream = sample([40 * tokens, width], seed: 2)
    let (gain, shift) = (sample([width], seed: 3), sample([width], seed: 4))
    let ids = (0..<40 * tokens).map { Int32($0 * $0 % 11) }
    let found = bits {
      let (output, statistics) = Attention.forward(packed, tokens: tokens, heads: heads, isCausal: true)
      let gradient = Attention.backward(
        upstream, packed: packed, statistics: statistics, tokens: tokens, heads: heads, isCausal: true)
      let (normal, kept) = LayerNorm.forward(output, gain: gain, shift: shift, epsilon: 1e-5)
      let (toGain, toShift) = (Tensor(zeros: [width]), Tensor(zeros: [width]))
      let toInput = LayerNorm.backward(
        upstream.copy(), input: output, statistics: kept, gain: gain, gainGradient: toGain,
        shiftGradient: toShift)
      let (table, positions) = (Tensor(zeros: [11, width]), Tensor(zeros: [tokens, width]))
      Embedding.addTableGradient(upstream, ids: ids, to: table)
      Embedding.addPositionGradient(upstream, tokens: tokens, to: positions)
      let weight = sample([4 * width, width], seed: 5)
      let linear = LinearMap.forward(output, weight: weight, bias: nil, activation: .gelu, keepingSlope: true)
      let (toWeight, toBias) = (Tensor(zeros: weight.shape), Tensor(zeros: [4 * width]))
      let toRows = LinearMap.backward(
        linear.output.copy(), slope: linear.slope, input: output, weight: weight, weightGradient: toWeight,
        biasGradient: toBias, wantsInput: true)
      let tensors = [
        gradient, normal, toGain, toShift, toInput, table, positions, linear.output, toWeight, toBias,
      ]
      return (tensors + [linear.slope, toRows].compactMap { $0 }).flatMap(\.values)
    }
    for other in found.dropFirst() { #expect(other == found[0]) }
  }
}
