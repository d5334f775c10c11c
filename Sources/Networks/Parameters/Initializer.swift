import Kernels

/// How fresh values of a parameter are drawn.
public enum Initializer: Sendable, Equatable {
  /// The same value everywhere.
  case constant(Float)
  /// Uniform in [-bound, bound).
  case uniform(bound: Float)
  /// Normal around 0.
  case normal(deviation: Float)
  /// Normal around 0 with variance 2 / fanOut, for layers before a ReLU (He et al., "Delving deep into rectifiers",
  /// ICCV 2015); fanOut is output channels times kernel area.
  case kaimingNormal(fanOut: Int)

  /// Uniform with bound 1 / sqrt(fanIn), PyTorch's default for weights and biases of linear layers and convolutions.
  public static func standard(fanIn: Int) -> Initializer {
    .uniform(bound: 1 / Float(max(1, fanIn)).squareRoot())
  }

  /// Values in row-major order; each depends on the stream and its own place only.
  func values(_ count: Int, from stream: RandomStream) -> [Float] {
    switch self {
    case .constant(let value):
      return [Float](repeating: value, count: count)
    case .uniform(let bound):
      return Initializer.draw(count, from: stream, words: 1) { $0.uniform(-bound, bound) }
    case .normal(let deviation):
      return Initializer.draw(count, from: stream, words: 4) { deviation * $0.normal() }
    case .kaimingNormal(let fanOut):
      let deviation = (2 / Float(max(1, fanOut))).squareRoot()
      return Initializer.normal(deviation: deviation).values(count, from: stream)
    }
  }

  /// Draws in parallel: a counter-based stream can start anywhere, and each value takes a known number of words.
  private static func draw(
    _ count: Int, from stream: RandomStream, words: Int, _ next: (inout RandomStream) -> Float
  ) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      let values = buffer.baseAddress
      parallelRanges(count, grain: 1 << 12) { range in
        guard let values else { return }
        var stream = stream.advanced(by: range.lowerBound * words)
        for index in range { (values + index).initialize(to: next(&stream)) }
      }
      initialized = count
    }
  }
}
