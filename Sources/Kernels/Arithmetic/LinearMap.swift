/// activation(input·weightᵀ + bias) + residual, in one pass over the product.
public enum LinearMap {
  /// - Parameters:
  ///   - input: `[rows, inputs]`.
  ///   - weight: `[outputs, inputs]`.
  ///   - bias: `[outputs]`.
  ///   - residual: `[rows, outputs]`.
  ///   - keepingSlope: whether the activation's derivative is wanted, where it does not follow from the output.
  /// - Returns: the output `[rows, outputs]`, and the derivative at each of its values.
  public static func forward(
    _ input: Tensor, weight: Tensor, bias: Tensor?, activation: Activation = .none, residual: Tensor? = nil,
    keepingSlope: Bool = false
  ) -> (output: Tensor, slope: Tensor?) {
    let value = Profile.measure("linear") { matrixProduct(input, weight, transposeRight: true) }
    let (rows, width) = (value.shape[0], value.shape[1])
    if let bias { requireShape(bias, [width], "LinearMap") }
    if let residual { requireShape(residual, [rows, width], "LinearMap") }
    let slope = keepingSlope && activation.keepsSlope ? Tensor(uninitialized: [rows, width]) : nil
    if bias == nil && residual == nil && activation == .none { return (value, nil) }
    let epilogue = Epilogue(
      value: value.pointer, bias: (bias?.plain() ?? Tensor(zeros: [width])),
      residual: residual?.plain(), slope: slope, width: width)
    Profile.measure("linear, bias and activation") { epilogue.run(rows: rows, activation) }
    return (value, slope)
  }
}

/// What follows the product, row by row.
private struct Epilogue {
  let value: UnsafeMutablePointer<Float>
  let bias: Tensor
  let residual: Tensor?
  let slope: Tensor?
  let width: Int

  func run(rows: Int, _ activation: Activation) {
    switch activation {
    case .none: apply(rows) { ($0, $0) }
    case .relu: apply(rows) { (greater($0, .zero), $0) }
    case .tanh: apply(rows) { (hyperbolicTangent($0), $0) }
    case .gelu: apply(rows) { gelu($0) }
    case .quickGELU: apply(rows) { quickGELU($0) }
    }
  }

  @inline(__always)
  private func apply(_ rows: Int, _ body: (Lanes) -> (value: Lanes, slope: Lanes)) {
    let (offset, added, slopes) = (UnsafePointer(bias.pointer), residual?.pointer, slope?.pointer)
    parallelFor(rows, grain: max(1, elementGrain / 4 / max(1, width))) { row in
      let start = row * width
      let line = value + start
      Sweep.vectors(0..<width) { index in
        let (mapped, slope) = body(line.lanes(index) + offset.lanes(index))
        let value = added.map { mapped + $0.lanes(start + index) } ?? mapped
        line.store(value, at: index)
        slopes?.store(slope, at: start + index)
      } rest: { index, size in
        let (mapped, slope) = body(line.lanes(index, count: size) + offset.lanes(index, count: size))
        let value = added.map { mapped + $0.lanes(start + index, count: size) } ?? mapped
        line.store(value, at: index, count: size)
        slopes?.store(slope, at: start + index, count: size)
      }
    }
  }
}
