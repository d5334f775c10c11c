import Kernels

extension Tape {
  /// Embeddings of tokens by id, plus those of their positions: `[batch * tokens, width]`.
  /// - Parameters:
  ///   - ids: `[batch, tokens]` row by row, each a row of the table.
  ///   - tokens: in each sequence.
  ///   - table: `[vocabulary, width]`.
  ///   - positions: `[context, width]`, of which the first `tokens` rows are used.
  public func embedding(_ ids: [Int32], tokens: Int, table: Variable, positions: Variable) -> Variable {
    let value = Embedding.forward(ids, table: table.value, positions: positions.value, tokens: tokens)
    return record(value, from: [table, positions]) { gradients in
      let gradient = gradients.total
      table.withTarget { Embedding.addTableGradient(gradient, ids: ids, to: $0) }
      positions.withTarget { Embedding.addPositionGradient(gradient, tokens: tokens, to: $0) }
    }
  }

  /// Square patches of images, row by row, as rows `[batch * patches, channels * side * side]`.
  /// - Parameters:
  ///   - images: `[batch, channels, height, width]`, both sides multiples of `side`.
  ///   - side: of a patch in pixels.
  public func patches(_ images: Variable, side: Int) -> Variable {
    record(Patches.cut(images.value, side: side), from: [images]) { gradients in
      images.accumulate(Patches.joined(gradients.total, side: side, shape: images.value.shape))
    }
  }

  /// A class token before each image's patches, and to all the embeddings of their positions.
  /// - Parameters:
  ///   - patches: `[batch * patches, width]`.
  ///   - classToken: `[width]`.
  ///   - positions: `[patches + 1, width]`, the class token's first.
  /// - Returns: `[batch * (patches + 1), width]`.
  public func imageTokens(_ patches: Variable, classToken: Variable, positions: Variable) -> Variable {
    let value = Patches.tokens(patches.value, classToken: classToken.value, positions: positions.value)
    let tokens = positions.value.shape[0]
    return record(value, from: [patches, classToken, positions]) { gradients in
      let gradient = gradients.total
      positions.withTarget { Embedding.addPositionGradient(gradient, tokens: tokens, to: $0) }
      classToken.withTarget {
        let firsts = stride(from: 0, to: gradient.shape[0], by: tokens)
        Rows.addSum(Rows.gathered(gradient, Array(firsts)), to: $0)
      }
      patches.accumulate(Patches.withoutClassToken(gradient, tokens: tokens))
    }
  }

  /// The rows at the given places, in that order.
  public func gatheredRows(_ input: Variable, _ rows: [Int]) -> Variable {
    record(Rows.gathered(input.value, rows), from: [input]) { gradients in
      let gradient = gradients.total
      input.accumulate(onto: { sum in
        let target = sum ?? Tensor(zeros: input.value.shape)
        Rows.add(gradient, to: target, rows: rows)
        return target
      })
    }
  }
}
