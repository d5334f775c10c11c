import Kernels

/// A loss on a tape, with the share of rows that were decided right.
public struct Loss {
  /// The mean loss in nats, a single number.
  public let variable: Variable
  /// The share of rows whose target scores highest, from 0 to 1.
  public let accuracy: Float

  /// The mean loss in nats.
  public var value: Float { variable.value.scalar }
}

extension Tape {
  /// Mean of -log softmax(logits)[target].
  /// - Parameters:
  ///   - logits: `[rows, classes]`.
  ///   - targets: one class a row.
  public func crossEntropy(_ logits: Variable, targets: [Int]) -> Loss {
    let result = SoftmaxCrossEntropy(consuming: logits.value.copy(), targets: targets)
    return loss(result, from: [logits]) { logits.accumulate($0) }
  }

  private func loss(
    _ result: SoftmaxCrossEntropy, from inputs: [Variable], backward: @escaping (Tensor) -> Void
  ) -> Loss {
    let variable = record(Tensor([result.loss], shape: [1]), from: inputs) { gradients in
      let upstream = gradients.total.scalar
      backward(upstream == 1 ? result.gradient : Pointwise.scaled(result.gradient, by: upstream))
    }
    return Loss(variable: variable, accuracy: result.accuracy)
  }

  /// Rows of length one.
  public func normalisedRows(_ input: Variable) -> Variable {
    let (unit, inverseNorms) = Rows.normalised(input.value)
    return record(unit, from: [input]) { gradients in
      input.accumulate(Rows.normalisedGradient(gradients.total, unit: unit, inverseNorms: inverseNorms))
    }
  }

  /// InfoNCE with a queue (He et al. 2020, MoCo): mean of -log of the softmax, over a query's own key and all keys of
  /// the queue, at its own key, of cosine similarities divided by the temperature.
  /// - Parameters:
  ///   - queries: `[batch, width]`, of any length; they are normalised here.
  ///   - keys: `[batch, width]`, unit rows that no gradient flows to.
  ///   - queue: `[size, width]`, unit rows.
  public func infoNCE(queries: Variable, keys: Tensor, queue: Tensor, temperature: Float) -> Loss {
    let q = normalisedRows(queries)
    let scale = 1 / temperature
    let positives = Pointwise.scaled(Rows.dots(q.value, keys), by: scale)
    let negatives = matrixProduct(q.value, queue, transposeRight: true, scale: scale)
    let rows = positives.shape[0]
    let result = SoftmaxCrossEntropy(
      consuming: Rows.joined(positives, negatives), targets: [Int](repeating: 0, count: rows))
    return loss(result, from: [q]) { gradient in
      let own = Pointwise.scaled(Rows.columns(gradient, 0..<1), by: scale)
      let others = Rows.columns(gradient, 1..<gradient.shape[1])
      let toQueries = matrixProduct(others, queue, scale: scale)
      Pointwise.add(Rows.scaled(keys, by: own), to: toQueries)
      q.accumulate(toQueries)
    }
  }

  /// NT-Xent (Chen et al. 2020, SimCLR) over two views of each of N inputs: each view must find its partner among all
  /// 2N - 1 other views.
  /// - Parameter projections: `[2N, width]`, of any length: first views in rows 0..<N, second in N..<2N.
  public func ntXent(_ projections: Variable, temperature: Float) -> Loss {
    let count = projections.value.shape[0]
    precondition(count % 2 == 0 && count > 0, "ntXent: \(count) rows are no pairs of views")
    let z = normalisedRows(projections)
    let scale = 1 / temperature
    let similarities = matrixProduct(z.value, z.value, transposeRight: true, scale: scale)
    let result = SoftmaxCrossEntropy(
      consuming: similarities, targets: (0..<count).map { ($0 + count / 2) % count }, excludingDiagonal: true)
    return loss(result, from: [z]) { gradient in
      // S = z·zᵀ: both factors are z, so the gradient is (G + Gᵀ)·z.
      let toRows = matrixProduct(gradient, z.value, scale: scale)
      addMatrixProduct(gradient, z.value, transposeLeft: true, scale: scale, to: toRows)
      z.accumulate(toRows)
    }
  }
}
