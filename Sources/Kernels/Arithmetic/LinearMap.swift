/// activation(input·weightᵀ + bias) + residual, and its gradients.
///
/// Where there are many rows they are taken in chunks that stay in the second-level cache, from the product to all that
/// follows it. Chunks and the order of their sums depend on the sizes only, never on the threads.
public enum LinearMap {
  /// Rows in a chunk.
  static let chunk = 128
  /// Greatest number of weights for which chunks pay; larger products are efficient by themselves.
  static let greatestWeights = 1 << 18
  /// Greatest number of partial sums of the weights' gradient.
  static let groups = 16

  static func isChunked(rows: Int, weights: Int) -> Bool {
    rows >= 2 * chunk && weights <= greatestWeights
  }

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
    let (rows, inputs) = Rows.requireMatrix(input, "LinearMap")
    let outputs = weight.shape[0]
    requireShape(weight, [outputs, inputs], "LinearMap")
    if let bias { requireShape(bias, [outputs], "LinearMap") }
    if let residual { requireShape(residual, [rows, outputs], "LinearMap") }
    let slope = keepingSlope && activation.keepsSlope ? Tensor(uninitialized: [rows, outputs]) : nil
    let begin = Profile.begin()
    defer { Profile.end(begin, "linear forward") }
    guard isChunked(rows: rows, weights: inputs * outputs) else {
      let value = matrixProduct(input, weight, transposeRight: true)
      let epilogue = LinearEpilogue(
        value, bias: bias, residual: residual, slope: slope, activation: activation)
      parallelRanges(rows, grain: max(1, elementGrain / 4 / max(1, outputs))) { epilogue.run($0) }
      return (value, slope)
    }
    Threads.adoptedCount()
    let value = Tensor(uninitialized: [rows, outputs])
    let epilogue = LinearEpilogue(
      value, bias: bias, residual: residual, slope: slope, activation: activation)
    let (source, turned) = (input.plain(), transposed(weight))
    parallelFor((rows + chunk - 1) / chunk) { part in
      let range = part * chunk..<min(rows, (part + 1) * chunk)
      multiplyBlock(
        source.pointer + range.lowerBound * inputs, turned.pointer,
        value.pointer + range.lowerBound * outputs,
        rows: range.count, columns: outputs, inner: inputs, accumulating: false)
      epilogue.run(range)
    }
    return (value, slope)
  }

  /// Adds the gradients of weight and bias where they are wanted, and returns that of the input if it is.
  /// - Parameters:
  ///   - gradient: of the output; is multiplied by the slope in place.
  ///   - slope: the activation's derivative, if it was kept.
  public static func backward(
    _ gradient: Tensor, slope: Tensor?, input: Tensor, weight: Tensor, weightGradient: Tensor?,
    biasGradient: Tensor?, wantsInput: Bool
  ) -> Tensor? {
    let (rows, outputs) = Rows.requireMatrix(flat(gradient, "LinearMap.backward"), "LinearMap.backward")
    let inputs = weight.shape[1]
    requireShape(input, [rows, inputs], "LinearMap.backward")
    let begin = Profile.begin()
    defer { Profile.end(begin, "linear backward") }
    if isChunked(rows: rows, weights: inputs * outputs) {
      Threads.adoptedCount()
      let pass = LinearBackward(
        gradient: gradient, slope: slope, input: input.plain(), weight: weight,
        toWeight: weightGradient, toBias: biasGradient, wantsInput: wantsInput)
      return pass.run()
    }
    if let slope { Pointwise.multiply(gradient, by: slope) }
    if let biasGradient { Rows.addSum(gradient, to: biasGradient) }
    if let weightGradient { addMatrixProduct(gradient, input, transposeLeft: true, to: weightGradient) }
    return wantsInput ? matrixProduct(gradient, weight) : nil
  }
}

/// What follows the product in a linear map, row by row.
struct LinearEpilogue {
  private let value: UnsafeMutablePointer<Float>
  private let width: Int
  private let bias: Tensor?
  private let residual: Tensor?
  private let slope: Tensor?
  private let activation: Activation

  init(_ value: Tensor, bias: Tensor?, residual: Tensor?, slope: Tensor?, activation: Activation) {
    (self.value, width) = (value.pointer, value.shape[1])
    let isNeeded = bias != nil || residual != nil || activation != .none
    self.bias = bias?.plain() ?? (isNeeded ? Tensor(zeros: [value.shape[1]]) : nil)
    (self.residual, self.slope, self.activation) = (residual?.plain(), slope, activation)
  }

  func run(_ rows: Range<Int>) {
    switch activation {
    case .none: residual == nil ? apply(rows) { $0 } : addResidual(rows)
    case .relu: apply(rows) { greater($0, .zero) }
    case .tanh: apply(rows) { hyperbolicTangent($0) }
    case .gelu: slope == nil ? apply(rows) { gelu($0).value } : applyKeeping(rows) { gelu($0) }
    case .quickGELU: slope == nil ? apply(rows) { quickGELU($0).value } : applyKeeping(rows) { quickGELU($0) }
    }
  }

  @inline(__always)
  private func apply(_ rows: Range<Int>, _ body: (Lanes) -> Lanes) {
    guard let offset = bias?.pointer else { return }
    for row in rows {
      let line = value + row * width
      Sweep.vectors(0..<width) { index in
        line.store(body(line.lanes(index) + offset.lanes(index)), at: index)
      } rest: { index, size in
        let sum = line.lanes(index, count: size) + offset.lanes(index, count: size)
        line.store(body(sum), at: index, count: size)
      }
    }
  }

  @inline(__always)
  private func applyKeeping(_ rows: Range<Int>, _ body: (Lanes) -> (value: Lanes, slope: Lanes)) {
    guard let offset = bias?.pointer, let slopes = slope?.pointer else { return }
    for row in rows {
      let (line, kept) = (value + row * width, slopes + row * width)
      Sweep.vectors(0..<width) { index in
        let (value, slope) = body(line.lanes(index) + offset.lanes(index))
        line.store(value, at: index)
        kept.store(slope, at: index)
      } rest: { index, size in
        let (value, slope) = body(line.lanes(index, count: size) + offset.lanes(index, count: size))
        line.store(value, at: index, count: size)
        kept.store(slope, at: index, count: size)
      }
    }
  }

  private func addResidual(_ rows: Range<Int>) {
    guard let offset = bias?.pointer, let residual = residual?.pointer else { return }
    for row in rows {
      let (line, added) = (value + row * width, residual + row * width)
      Sweep.vectors(0..<width) { index in
        line.store(line.lanes(index) + offset.lanes(index) + added.lanes(index), at: index)
      } rest: { index, size in
        let sum = line.lanes(index, count: size) + offset.lanes(index, count: size)
        line.store(sum + added.lanes(index, count: size), at: index, count: size)
      }
    }
  }
}
