/// What follows a linear map, value by value.
public enum Activation: String, Sendable, Codable {
  case none
  case relu
  case tanh
  /// x·Φ(x) with the normal distribution's Φ (Hendrycks and Gimpel 2016), PyTorch's default form.
  case gelu
  /// x·sigmoid(1.702 x), as OpenAI's CLIP has it.
  case quickGELU

  /// Whether the derivative is kept from the forward pass, as it does not follow from the output.
  public var keepsSlope: Bool { self == .gelu || self == .quickGELU }
}

/// Calls `body` with the index and size of each vector of `count` floats, spread over the threads.
@inline(__always)
func forEachVector(_ count: Int, _ body: (_ index: Int, _ size: Int) -> Void) {
  parallelRanges((count + 15) / 16, grain: elementGrain / 16) { range in
    for vector in range { body(vector * 16, min(16, count - vector * 16)) }
  }
}

/// Operations on each value by itself; operands have one shape and may be in any layout.
public enum Pointwise {
  private static func map(
    _ x: Tensor, into target: Tensor? = nil, _ body: (Lanes) -> Lanes
  ) -> Tensor {
    let result = target ?? Tensor(uninitialized: x.shape, layout: x.layout)
    let (source, destination) = (UnsafePointer(x.pointer), result.pointer)
    let begin = Profile.begin()
    defer { Profile.end(begin, "pointwise") }
    forEachVector(x.layout.elements(x.shape)) { index, size in
      if size == 16 {
        destination.store(body(source.lanes(index)), at: index)
      } else {
        destination.store(body(source.lanes(index, count: size)), at: index, count: size)
      }
    }
    return result
  }

  private static func combine(
    _ x: Tensor, _ y: Tensor, into target: Tensor, _ body: (Lanes, Lanes) -> Lanes
  ) {
    requireShape(y, x.shape, "Pointwise")
    let other = y.converted(to: x.layout)
    let (a, b, destination) = (UnsafePointer(x.pointer), UnsafePointer(other.pointer), target.pointer)
    let begin = Profile.begin()
    defer { Profile.end(begin, "pointwise") }
    forEachVector(x.layout.elements(x.shape)) { index, size in
      if size == 16 {
        destination.store(body(a.lanes(index), b.lanes(index)), at: index)
      } else {
        let value = body(a.lanes(index, count: size), b.lanes(index, count: size))
        destination.store(value, at: index, count: size)
      }
    }
  }

  /// max(x, 0).
  public static func relu(_ x: Tensor) -> Tensor { map(x) { greater($0, .zero) } }

  /// max(x, 0) in place of x.
  static func relu(inPlace x: Tensor) { _ = map(x, into: x) { greater($0, .zero) } }

  /// The first place in row-major order at which a value is not finite, or, if `isNegativeRefused`, below zero; nil if
  /// there is none.
  public static func firstUnusable(_ x: Tensor, isNegativeRefused: Bool = false) -> Int? {
    let source = x.plain()
    let values = UnsafeBufferPointer(start: source.pointer, count: source.count)
    defer { withExtendedLifetime(source) {} }
    return values.firstIndex { !$0.isFinite || (isNegativeRefused && $0 < 0) }
  }

  /// tanh x.
  public static func tanh(_ x: Tensor) -> Tensor { map(x) { hyperbolicTangent($0) } }

  /// x·factor.
  public static func scaled(_ x: Tensor, by factor: Float) -> Tensor { map(x) { $0 * factor } }

  /// x + y.
  public static func sum(_ x: Tensor, _ y: Tensor) -> Tensor {
    let result = Tensor(uninitialized: x.shape, layout: x.layout)
    combine(x, y, into: result) { $0 + $1 }
    return result
  }

  /// x·y, value by value.
  public static func product(_ x: Tensor, _ y: Tensor) -> Tensor {
    let result = Tensor(uninitialized: x.shape, layout: x.layout)
    combine(x, y, into: result) { $0 * $1 }
    return result
  }

  /// Adds `x` to `target` in place.
  public static func add(_ x: Tensor, to target: Tensor) {
    combine(target, x, into: target) { $0 + $1 }
  }

  /// Multiplies `target` by `x` in place.
  public static func multiply(_ target: Tensor, by x: Tensor) {
    combine(target, x, into: target) { $0 * $1 }
  }

  /// Turns the gradient of an activation's output into that of its input, in place; `output` is what it returned.
  /// Not for activations whose slope is kept.
  public static func activationGradient(_ gradient: Tensor, output: Tensor, _ activation: Activation) {
    switch activation {
    case .none: break
    case .relu:
      combine(gradient, output, into: gradient) {
        byHalves($0, $1) { $0.replacing(with: 0, where: $1 .<= HalfLanes.zero) }
      }
    case .tanh: combine(gradient, output, into: gradient) { $0 - $0 * $1 * $1 }
    case .gelu, .quickGELU:
      preconditionFailure("Pointwise.activationGradient: \(activation) needs the slope of the forward pass")
    }
  }

  /// Moves each value by `step` along the sign of the direction, and back to within `bound` of `center` and to [low, high].
  ///
  /// The step of projected gradient descent in the L-infinity norm (Madry et al. 2018).
  public static func projectedSignStep(
    _ x: Tensor, direction: Tensor, step: Float, center: Tensor, bound: Float, low: Float, high: Float
  ) -> Tensor {
    let moved = Tensor(uninitialized: x.shape, layout: x.layout)
    combine(x, direction, into: moved) { value, slope in
      let sign = Lanes.zero.replacing(with: 1, where: slope .> 0).replacing(with: -1, where: slope .< 0)
      return value + sign * step
    }
    combine(moved, center, into: moved) { value, center in
      let inside = lesser(greater(value, center - bound), center + bound)
      return lesser(greater(inside, Lanes(repeating: low)), Lanes(repeating: high))
    }
    return moved
  }
}
