import Synchronization

#if oneDNN
  internal import CDNNL
#endif

/// How a convolution is computed.
public enum ConvolutionAlgorithm: String, CaseIterable, Hashable, Sendable {
  /// One multiplication for each tap, by oneDNN; without it, windows copied to the columns of a matrix.
  case direct
  /// ``WinogradConvolution``: 4 times fewer multiplications, with a stride of 2 16 for 9, paid for by transforms of input
  /// and output.
  case winograd
  /// The same by oneDNN 2, which has it for AVX-512 alone.
  case dnnlWinograd = "onednn-winograd"
  /// One matrix product with the kernel written out for every pair of an input and an output pixel.
  case dense

  /// An algorithm for all 3x3 convolutions of stride 1 that would not be `dense`, by index; -1 for the rule.
  private static let forced = Atomic<Int>(-1)

  /// Whether this build has the algorithm, and this processor what it needs.
  public var isAvailable: Bool {
    switch self {
    case .direct, .winograd, .dense: return true
    case .dnnlWinograd:
      #if oneDNN
        return cdnnl_has_winograd() && Machine.vectorWidth == 16
      #else
        return false
      #endif
    }
  }

  /// Takes one algorithm for 3x3 convolutions of stride 1 or 2, images of a few pixels and of few channels excepted, where the
  /// rule may choose another; nil is the rule again. For comparisons: set it before the first convolution.
  public static func force(_ algorithm: ConvolutionAlgorithm?) {
    precondition(algorithm?.isAvailable ?? true, "ConvolutionAlgorithm.force: not available here")
    forced.store(algorithm.flatMap { allCases.firstIndex(of: $0) } ?? -1, ordering: .relaxed)
  }

  /// The fastest algorithm by a rule on the shape alone, so that a run's bits do not depend on timings.
  ///
  /// Winograd's transforms pass over the input once for all output channels and the other way round, so it needs
  /// sixteen channels on both sides, and tiles of 4x4 that are mostly filled. On images of one to four pixels most of
  /// a 3x3 kernel falls on padding, which the direct algorithms still multiply; written out it is a matrix product.
  static func preferred(_ shape: ConvolutionShape, _ direction: ConvolutionDirection) -> ConvolutionAlgorithm
  {
    let isSmall = shape.height * shape.width <= 4 && shape.kernel == 3
    if isSmall && shape.inputChannels % Layout.block == 0 && shape.outputChannels % Layout.block == 0 {
      return .dense
    }
    guard WinogradConvolution.takes(shape) else { return .direct }
    let forced = forced.load(ordering: .relaxed)
    if forced >= 0 { return allCases[forced] }
    guard min(shape.inputChannels, shape.outputChannels) >= 16,
      min(shape.outputHeight, shape.outputWidth) >= 4
    else { return .direct }
    return .winograd
  }
}
