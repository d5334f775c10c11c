/// How a convolution is computed.
enum ConvolutionAlgorithm: Hashable, Sendable {
  case direct
  /// F(4x4, 3x3) of Lavin and Gray 2016: 4 times fewer multiplications, paid for by transforms of input and output.
  case winograd
  /// One matrix product with the kernel written out for every pair of an input and an output pixel.
  case dense

  /// The fastest algorithm by a rule on the shape alone, so that a run's bits do not depend on timings.
  ///
  /// Winograd's transforms pass over the input once for all output channels and the other way round, so it needs
  /// many channels on both sides, and tiles of 4x4 that are mostly filled. On images of one to four pixels most of
  /// a 3x3 kernel falls on padding, which the direct algorithms still multiply; written out it is a matrix product.
  static func preferred(_ shape: ConvolutionShape, _ direction: ConvolutionDirection) -> ConvolutionAlgorithm
  {
    let isSmall = shape.height * shape.width <= 4 && shape.kernel == 3
    if isSmall && shape.inputChannels % Layout.block == 0 && shape.outputChannels % Layout.block == 0 {
      return .dense
    }
    guard shape.kernel == 3, shape.stride == 1, shape.padding == 1 else { return .direct }
    guard min(shape.inputChannels, shape.outputChannels) >= 32, min(shape.height, shape.width) >= 4 else {
      return .direct
    }
    return .winograd
  }
}
