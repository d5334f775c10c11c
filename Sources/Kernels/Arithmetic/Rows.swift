/// Operations on the rows of matrices `[rows, width]`.
public enum Rows {
  static func requireMatrix(_ x: Tensor, _ operation: String) -> (rows: Int, width: Int) {
    precondition(x.shape.count == 2, "\(operation): needs a matrix [rows, width], found \(x.shape)")
    return (x.shape[0], x.shape[1])
  }

  @inline(__always)
  static func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
    var (first, second) = (Lanes.zero, Lanes.zero)
    var index = 0
    while index + 32 <= count {
      first.addProduct(a.lanes(index), b.lanes(index))
      second.addProduct(a.lanes(index + 16), b.lanes(index + 16))
      index += 32
    }
    while index < count {
      let size = min(16, count - index)
      if size == 16 {
        first.addProduct(a.lanes(index), b.lanes(index))
      } else {
        first.addProduct(a.lanes(index, count: size), b.lanes(index, count: size))
      }
      index += 16
    }
    return (first + second).sum()
  }

  /// Adds `bias` `[width]` to each row and applies the activation, in place.
  public static func addBias(_ bias: Tensor?, to x: Tensor, _ activation: Activation) {
    let (rows, width) = requireMatrix(x, "Rows.addBias")
    if let bias { requireShape(bias, [width], "Rows.addBias") }
    if bias == nil && activation == .none { return }
    let constants = bias?.plain() ?? Tensor(zeros: [width])
    let offset = UnsafePointer(constants.pointer)
    @inline(__always) func run(_ body: (Lanes) -> Lanes) {
      parallelFor(rows, grain: max(1, elementGrain / max(1, width))) { row in
        let line = x.pointer + row * width
        var index = 0
        while index + 16 <= width {
          line.store(body(line.lanes(index) + offset.lanes(index)), at: index)
          index += 16
        }
        if index < width {
          let size = width - index
          let value = UnsafePointer(line).lanes(index, count: size) + offset.lanes(index, count: size)
          line.store(body(value), at: index, count: size)
        }
      }
    }
    switch activation {
    case .none: run { $0 }
    case .relu: run { greater($0, .zero) }
    case .tanh: run { hyperbolicTangent($0) }
    case .gelu: run { gelu($0).value }
    case .quickGELU: run { quickGELU($0).value }
    }
  }

  /// Adds the sum of all rows to `target` `[width]`, in an order that does not depend on the threads.
  public static func addSum(_ x: Tensor, to target: Tensor) {
    let (rows, width) = requireMatrix(x, "Rows.addSum")
    requireShape(target, [width], "Rows.addSum")
    let chunk = 64
    let chunks = (rows + chunk - 1) / chunk
    let partial = Tensor(zeros: [max(1, chunks), width])
    parallelFor(chunks, grain: max(1, elementGrain / max(1, width * chunk))) { part in
      let sum = partial.pointer + part * width
      for row in part * chunk..<min(rows, (part + 1) * chunk) { add(x.pointer + row * width, to: sum, width) }
    }
    for part in 0..<chunks { add(partial.pointer + part * width, to: target.pointer, width) }
  }

  @inline(__always)
  static func add(
    _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    var index = 0
    while index + 16 <= count {
      target.store(target.lanes(index) + source.lanes(index), at: index)
      index += 16
    }
    while index < count {
      target[index] += source[index]
      index += 1
    }
  }

  /// The rows at the given positions, in that order.
  public static func gathered(_ x: Tensor, _ positions: [Int]) -> Tensor {
    let (rows, width) = requireMatrix(x, "Rows.gathered")
    let result = Tensor(uninitialized: [positions.count, width])
    for (row, position) in positions.enumerated() {
      precondition(position >= 0 && position < rows, "Rows.gathered: row \(position) of \(rows)")
      (result.pointer + row * width).update(from: x.pointer + position * width, count: width)
    }
    return result
  }

  /// Two matrices of as many rows, side by side.
  public static func joined(_ a: Tensor, _ b: Tensor) -> Tensor {
    let (rows, left) = requireMatrix(a, "Rows.joined")
    let right = b.shape[1]
    requireShape(b, [rows, right], "Rows.joined")
    let result = Tensor(uninitialized: [rows, left + right])
    for row in 0..<rows {
      let line = result.pointer + row * (left + right)
      line.update(from: a.pointer + row * left, count: left)
      (line + left).update(from: b.pointer + row * right, count: right)
    }
    return result
  }

  /// Columns `range` of a matrix.
  public static func columns(_ x: Tensor, _ range: Range<Int>) -> Tensor {
    let (rows, width) = requireMatrix(x, "Rows.columns")
    precondition(range.lowerBound >= 0 && range.upperBound <= width, "Rows.columns: \(range) of \(width)")
    let result = Tensor(uninitialized: [rows, range.count])
    for row in 0..<rows {
      (result.pointer + row * range.count).update(
        from: x.pointer + row * width + range.lowerBound, count: range.count)
    }
    return result
  }

  /// The dot product of each row of `a` with the same row of `b`, `[rows, 1]`.
  public static func dots(_ a: Tensor, _ b: Tensor) -> Tensor {
    let (rows, width) = requireMatrix(a, "Rows.dots")
    requireShape(b, a.shape, "Rows.dots")
    let result = Tensor(uninitialized: [rows, 1])
    parallelFor(rows, grain: max(1, elementGrain / max(1, width))) { row in
      result.pointer[row] = dot(a.pointer + row * width, b.pointer + row * width, width)
    }
    return result
  }

  /// Each row times its own factor; `factors` is `[rows, 1]`.
  public static func scaled(_ x: Tensor, by factors: Tensor) -> Tensor {
    let (rows, width) = requireMatrix(x, "Rows.scaled")
    requireShape(factors, [rows, 1], "Rows.scaled")
    let result = Tensor(uninitialized: x.shape)
    parallelFor(rows, grain: max(1, elementGrain / max(1, width))) { row in
      let (source, target, factor) = (
        x.pointer + row * width, result.pointer + row * width, factors.pointer[row]
      )
      for index in 0..<width { target[index] = source[index] * factor }
    }
    return result
  }

  /// Rows of length one, x/max(|x|, 1e-12), and 1/max(|x|, 1e-12) for each row, `[rows, 1]`.
  public static func normalised(_ x: Tensor) -> (unit: Tensor, inverseNorms: Tensor) {
    let (rows, width) = requireMatrix(x, "Rows.normalised")
    let (unit, inverse) = (Tensor(uninitialized: x.shape), Tensor(uninitialized: [rows, 1]))
    parallelFor(rows, grain: max(1, elementGrain / max(1, width))) { row in
      let (source, target) = (x.pointer + row * width, unit.pointer + row * width)
      let factor = 1 / max(dot(source, source, width).squareRoot(), 1e-12)
      inverse.pointer[row] = factor
      for index in 0..<width { target[index] = source[index] * factor }
    }
    return (unit, inverse)
  }

  /// The gradient of `normalised`: (g - u·(u·g))/|x|.
  public static func normalisedGradient(_ gradient: Tensor, unit: Tensor, inverseNorms: Tensor) -> Tensor {
    let (rows, width) = requireMatrix(gradient, "Rows.normalisedGradient")
    requireShape(unit, gradient.shape, "Rows.normalisedGradient")
    let result = Tensor(uninitialized: gradient.shape)
    parallelFor(rows, grain: max(1, elementGrain / max(1, width))) { row in
      let (g, u) = (gradient.pointer + row * width, unit.pointer + row * width)
      let (target, along) = (result.pointer + row * width, dot(g, u, width))
      let factor = inverseNorms.pointer[row]
      for index in 0..<width { target[index] = (g[index] - u[index] * along) * factor }
    }
    return result
  }
}
