import Foundation

/// Scaled dot-product attention of several heads (Vaswani et al. 2017): softmax(q·kᵀ/sqrt(head width))·v.
///
/// Queries, keys and values of all tokens come packed as one linear map leaves them, `[batch * tokens, 3 * width]`, and
/// so goes their gradient. Of the probabilities only the logarithm of each row's sum is kept; the backward pass
/// computes them again, so memory grows with the tokens and not with their square.
public enum Attention {
  /// What the backward pass needs beside the packed input: for each (sequence, head, token) log Σ exp(scores).
  public struct Statistics {
    let logarithms: Tensor
  }

  /// - Parameters:
  ///   - packed: `[batch * tokens, 3 * width]`: queries, keys, values side by side.
  ///   - tokens: in each sequence.
  ///   - heads: equal parts that the width is divided into.
  ///   - isCausal: whether a token sees only itself and those before it.
  /// - Returns: `[batch * tokens, width]`, and what the backward pass needs.
  public static func forward(_ packed: Tensor, tokens: Int, heads: Int, isCausal: Bool) -> (
    output: Tensor, statistics: Statistics
  ) {
    let shape = AttentionShape(packed, tokens: tokens, heads: heads, isCausal: isCausal)
    let output = Tensor(uninitialized: [shape.batch * tokens, shape.width])
    let logarithms = Tensor(uninitialized: [shape.batch * heads * tokens])
    let begin = Profile.begin()
    defer { Profile.end(begin, "attention forward") }
    let stride = shape.scoreStride
    shape.forEachHead(scratch: tokens * stride) { head, scratch in
      let (queries, keys, values) = shape.parts(packed.pointer, head)
      shape.scores(queries, keys, to: scratch)
      for row in 0..<tokens {
        let line = scratch + row * stride
        shape.mask(line, row: row)
        var peaks = line.lanes(0)
        for index in Swift.stride(from: 16, to: stride, by: 16) { peaks = greater(peaks, line.lanes(index)) }
        let peak = greatest(peaks)
        var sums = Lanes.zero
        for index in Swift.stride(from: 0, to: stride, by: 16) {
          let value = exponential(line.lanes(index) - peak)
          sums += value
          line.store(value, at: index)
        }
        let sum = total(sums)
        let factor = 1 / sum
        for index in Swift.stride(from: 0, to: stride, by: 16) {
          line.store(line.lanes(index) * factor, at: index)
        }
        logarithms.pointer[head * tokens + row] = peak + logf(sum)
      }
      multiply(
        scratch, values, shape.place(output.pointer, head), rows: tokens, columns: shape.headWidth,
        inner: tokens, accumulating: false, leftStride: stride, rightStride: 3 * shape.width,
        targetStride: shape.width)
    }
    return (output, Statistics(logarithms: logarithms))
  }

  /// The gradient of the packed input.
  /// - Parameter outputGradient: `[batch * tokens, width]`.
  public static func backward(
    _ outputGradient: Tensor, packed: Tensor, statistics: Statistics, tokens: Int, heads: Int, isCausal: Bool
  ) -> Tensor {
    let shape = AttentionShape(packed, tokens: tokens, heads: heads, isCausal: isCausal)
    let (width, headWidth, stride) = (shape.width, shape.headWidth, shape.scoreStride)
    requireShape(outputGradient, [shape.batch * tokens, width], "Attention.backward")
    let gradient = Tensor(uninitialized: packed.shape)
    let begin = Profile.begin()
    defer { Profile.end(begin, "attention backward") }
    shape.forEachHead(scratch: 2 * tokens * stride) { head, scratch in
      let (queries, keys, values) = shape.parts(packed.pointer, head)
      let (toQueries, toKeys, toValues) = shape.parts(gradient.pointer, head)
      let upstream = UnsafePointer(shape.place(outputGradient.pointer, head))
      let (probabilities, slopes) = (scratch, scratch + tokens * stride)
      shape.scores(queries, keys, to: probabilities)
      multiply(
        upstream, values, slopes, rows: tokens, columns: tokens, inner: headWidth, transposeRight: true,
        accumulating: false, leftStride: width, rightStride: 3 * width, targetStride: stride)
      for row in 0..<tokens {
        let (p, dp) = (probabilities + row * stride, slopes + row * stride)
        shape.mask(p, row: row)
        for column in tokens..<stride { dp[column] = 0 }
        let logarithm = statistics.logarithms.pointer[head * tokens + row]
        var sums = Lanes.zero
        for index in Swift.stride(from: 0, to: stride, by: 16) {
          let value = exponential(p.lanes(index) - logarithm)
          p.store(value, at: index)
          sums.addProduct(value, dp.lanes(index))
        }
        let mean = total(sums)
        for index in Swift.stride(from: 0, to: stride, by: 16) {
          dp.store(p.lanes(index) * (dp.lanes(index) - mean) * shape.scale, at: index)
        }
      }
      multiply(
        slopes, keys, toQueries, rows: tokens, columns: headWidth, inner: tokens, accumulating: false,
        leftStride: stride, rightStride: 3 * width, targetStride: 3 * width)
      multiply(
        slopes, queries, toKeys, rows: tokens, columns: headWidth, inner: tokens, transposeLeft: true,
        accumulating: false, leftStride: stride, rightStride: 3 * width, targetStride: 3 * width)
      multiply(
        probabilities, upstream, toValues, rows: tokens, columns: headWidth, inner: tokens,
        transposeLeft: true, accumulating: false, leftStride: stride, rightStride: width,
        targetStride: 3 * width)
    }
    return gradient
  }
}

/// The sizes of one attention, and where each head's values stand.
private struct AttentionShape {
  let batch: Int
  let tokens: Int
  let heads: Int
  let width: Int
  let headWidth: Int
  let isCausal: Bool
  /// 1/sqrt(head width).
  let scale: Float
  /// Floats from one row of scores to the next: whole vectors.
  let scoreStride: Int

  init(_ packed: Tensor, tokens: Int, heads: Int, isCausal: Bool) {
    let (rows, columns) = Rows.requireMatrix(flat(packed, "Attention"), "Attention")
    precondition(
      tokens > 0 && heads > 0 && rows % tokens == 0 && columns % (3 * heads) == 0,
      "Attention: \(packed.shape) are no sequences of \(tokens) tokens in \(heads) heads")
    (batch, width, headWidth) = (rows / tokens, columns / 3, columns / 3 / heads)
    (self.tokens, self.heads, self.isCausal) = (tokens, heads, isCausal)
    scale = 1 / Float(headWidth).squareRoot()
    scoreStride = (tokens + 15) / 16 * 16
  }

  /// Calls `body` for each head of each sequence, with scratch memory of the thread's own.
  func forEachHead(scratch count: Int, _ body: (_ head: Int, UnsafeMutablePointer<Float>) -> Void) {
    parallelRanges(batch * heads) { range in
      let scratch = Storage(count: count)
      for head in range { body(head, scratch.pointer) }
    }
  }

  /// Where the queries, keys and values of a head begin.
  func parts(_ packed: UnsafeMutablePointer<Float>, _ head: Int) -> (
    UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>
  ) {
    let start = packed + head / heads * tokens * 3 * width + head % heads * headWidth
    return (start, start + width, start + 2 * width)
  }

  /// Where a head's output begins.
  func place(_ output: UnsafeMutablePointer<Float>, _ head: Int) -> UnsafeMutablePointer<Float> {
    output + head / heads * tokens * width + head % heads * headWidth
  }

  /// q·kᵀ/sqrt(head width).
  func scores(
    _ queries: UnsafePointer<Float>, _ keys: UnsafePointer<Float>, to scores: UnsafeMutablePointer<Float>
  ) {
    multiply(
      queries, keys, scores, rows: tokens, columns: tokens, inner: headWidth, transposeRight: true,
      accumulating: false, scale: scale, leftStride: 3 * width, rightStride: 3 * width,
      targetStride: scoreStride)
  }

  /// Gives what a token must not see, and the padding, the score that has probability zero.
  @inline(__always)
  func mask(_ line: UnsafeMutablePointer<Float>, row: Int) {
    for column in (isCausal ? row + 1 : tokens)..<scoreStride { line[column] = -.infinity }
  }
}
