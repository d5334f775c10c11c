/// Attention of one query for each sequence, as where only one token's output is used afterwards.
public enum PooledAttention {
  /// - Parameters:
  ///   - queries: `[batch, width]`.
  ///   - packed: keys and values of all tokens side by side, `[batch * tokens, 2 * width]`.
  ///   - visible: for each sequence how many of its first tokens the query sees, from 1 up.
  ///   - heads: equal parts that the width is divided into.
  /// - Returns: `[batch, width]`, and the probabilities `[batch * heads, tokens]`.
  public static func forward(_ queries: Tensor, packed: Tensor, visible: [Int], heads: Int) -> (
    output: Tensor, probabilities: Tensor
  ) {
    let shape = PooledShape(queries, packed, visible, heads)
    let begin = Profile.begin()
    defer { Profile.end(begin, "pooled attention") }
    let output = Tensor(zeros: queries.shape)
    let probabilities = Tensor(zeros: [shape.batch * heads, shape.tokens])
    let (width, headWidth) = (shape.width, shape.headWidth)
    parallelFor(shape.batch * heads, grain: 16) { head in
      let (query, key) = shape.places(queries.pointer, packed.pointer, head)
      let target = output.pointer + (query - queries.pointer)
      let line = probabilities.pointer + head * shape.tokens
      let count = visible[head / heads]
      for token in 0..<count {
        line[token] = Rows.dot(query, key + token * 2 * width, headWidth) * shape.scale
      }
      var peak = line[0]
      for token in 1..<max(1, count) { peak = max(peak, line[token]) }
      var sums = Lanes.zero
      Sweep.vectors(0..<count) { index in
        let value = exponential(line.lanes(index) - peak)
        sums += value
        line.store(value, at: index)
      } rest: { index, size in
        var value = exponential(line.lanes(index, count: size) - peak)
        for lane in size..<16 { value[lane] = 0 }
        sums += value
        line.store(value, at: index, count: size)
      }
      let factor = 1 / total(sums)
      for token in 0..<count {
        line[token] *= factor
        addMultiple(line[token], key + token * 2 * width + width, to: target, headWidth)
      }
    }
    return (output, probabilities)
  }

  /// The gradients of the queries and of the packed keys and values.
  /// - Parameter outputGradient: `[batch, width]`.
  public static func backward(
    _ outputGradient: Tensor, queries: Tensor, packed: Tensor, probabilities: Tensor, visible: [Int],
    heads: Int
  ) -> (queries: Tensor, packed: Tensor) {
    let shape = PooledShape(queries, packed, visible, heads)
    requireShape(outputGradient, queries.shape, "PooledAttention.backward")
    let begin = Profile.begin()
    defer { Profile.end(begin, "pooled attention") }
    let toQueries = Tensor(zeros: queries.shape)
    let toPacked = Tensor(uninitialized: packed.shape)
    let (width, headWidth) = (shape.width, shape.headWidth)
    parallelFor(shape.batch * heads, grain: 16) { head in
      let (query, key) = shape.places(queries.pointer, packed.pointer, head)
      let upstream = outputGradient.pointer + (query - queries.pointer)
      let toQuery = toQueries.pointer + (query - queries.pointer)
      let toKey = toPacked.pointer + (key - packed.pointer)
      let line = probabilities.pointer + head * shape.tokens
      let count = visible[head / heads]
      var mean: Float = 0
      for token in 0..<count {
        mean += line[token] * Rows.dot(upstream, key + token * 2 * width + width, headWidth)
      }
      for token in 0..<shape.tokens {
        let place = token * 2 * width
        (toKey + place).update(repeating: 0, count: headWidth)
        (toKey + place + width).update(repeating: 0, count: headWidth)
        guard token < count else { continue }
        let slope = line[token] * (Rows.dot(upstream, key + place + width, headWidth) - mean) * shape.scale
        addMultiple(slope, key + place, to: toQuery, headWidth)
        addMultiple(slope, query, to: toKey + place, headWidth)
        addMultiple(line[token], upstream, to: toKey + place + width, headWidth)
      }
    }
    return (toQueries, toPacked)
  }
}

private struct PooledShape {
  let batch: Int
  let tokens: Int
  let heads: Int
  let width: Int
  let headWidth: Int
  let scale: Float

  init(_ queries: Tensor, _ packed: Tensor, _ visible: [Int], _ heads: Int) {
    (batch, width) = Rows.requireMatrix(flat(queries, "PooledAttention"), "PooledAttention")
    precondition(
      flat(packed, "PooledAttention").shape.count == 2 && packed.shape[1] == 2 * width && batch > 0
        && packed.shape[0] % batch == 0 && heads > 0 && width % heads == 0,
      "PooledAttention: queries \(queries.shape), keys and values \(packed.shape), \(heads) heads")
    tokens = packed.shape[0] / batch
    let limit = tokens
    precondition(
      visible.count == batch && visible.allSatisfy { (1...limit).contains($0) },
      "PooledAttention: \(visible.count) counts of visible tokens for \(batch) sequences of \(limit)")
    (self.heads, headWidth) = (heads, width / heads)
    scale = 1 / Float(headWidth).squareRoot()
  }

  /// Where a head's query and its first key begin.
  func places(
    _ queries: UnsafeMutablePointer<Float>, _ packed: UnsafeMutablePointer<Float>, _ head: Int
  ) -> (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) {
    let (sequence, part) = (head / heads, head % heads * headWidth)
    return (queries + sequence * width + part, packed + sequence * tokens * 2 * width + part)
  }
}

/// target += factor·source.
@inline(__always)
private func addMultiple(
  _ factor: Float, _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, _ count: Int
) {
  let factors = Lanes(repeating: factor)
  Sweep.vectors(0..<count) { index in
    target.store(target.lanes(index).addingProduct(source.lanes(index), factors), at: index)
  } rest: { index, size in
    let sum = target.lanes(index, count: size).addingProduct(source.lanes(index, count: size), factors)
    target.store(sum, at: index, count: size)
  }
}
