import Kernels

extension Tape {
  /// Scaled dot-product attention of several heads within each sequence (Vaswani et al. 2017).
  /// - Parameters:
  ///   - packed: queries, keys and values side by side, `[batch * tokens, 3 * width]`.
  ///   - tokens: in each sequence.
  ///   - heads: equal parts that the width is divided into.
  ///   - isCausal: whether a token sees only itself and those before it.
  /// - Returns: `[batch * tokens, width]`.
  public func attention(_ packed: Variable, tokens: Int, heads: Int, isCausal: Bool) -> Variable {
    let (value, statistics) = Attention.forward(
      packed.value, tokens: tokens, heads: heads, isCausal: isCausal)
    return record(value, from: [packed]) { gradients in
      packed.accumulate(
        Attention.backward(
          gradients.total, packed: packed.value, statistics: statistics, tokens: tokens, heads: heads,
          isCausal: isCausal))
    }
  }

  /// Attention of one query for each sequence.
  /// - Parameters:
  ///   - queries: `[batch, width]`.
  ///   - packed: keys and values side by side, `[batch * tokens, 2 * width]`.
  ///   - visible: for each sequence how many of its first tokens the query sees.
  /// - Returns: `[batch, width]`.
  public func pooledAttention(_ queries: Variable, packed: Variable, visible: [Int], heads: Int) -> Variable {
    let (value, probabilities) = PooledAttention.forward(
      queries.value, packed: packed.value, visible: visible, heads: heads)
    return record(value, from: [queries, packed]) { gradients in
      let result = PooledAttention.backward(
        gradients.total, queries: queries.value, packed: packed.value, probabilities: probabilities,
        visible: visible, heads: heads)
      queries.accumulate(result.queries)
      packed.accumulate(result.packed)
    }
  }
}
