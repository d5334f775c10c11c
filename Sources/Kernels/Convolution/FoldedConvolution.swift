import Synchronization

/// A convolution with the batch norm that follows it folded into weight and bias, for inference.
///
/// gamma·(w*x - mean)/sqrt(variance + epsilon) + beta = w'*x + b' with w' = w·s, b' = beta - mean·s,
/// s = gamma/sqrt(variance + epsilon). The residual is added and the ReLU taken in the same pass.
public final class FoldedConvolution: Sendable {
  private let weight: Tensor
  private let bias: Tensor
  private let stride: Int
  private let padding: Int
  #if oneDNN
    private struct Prepared: Sendable {
      var storage: [ObjectIdentifier: Tensor] = [:]
    }
    private let prepared = Mutex(Prepared())
  #endif
  private let scale: Tensor
  /// The weights as ``WinogradConvolution`` takes them, for images of any size.
  private let transformed = Mutex<Tensor?>(nil)
  /// What ``DenseConvolution`` multiplies images with, by their height and width.
  private let matrices = Mutex<[[Int]: Tensor]>([:])

  /// - Parameters:
  ///   - weight: `[output channels, input channels, kernel, kernel]`.
  ///   - gain: gamma; like `shift` (beta), `mean` and `variance` `[output channels]`.
  public init(
    weight: Tensor, gain: Tensor, shift: Tensor, mean: Tensor, variance: Tensor, epsilon: Float, stride: Int,
    padding: Int
  ) {
    let channels = weight.shape[0]
    let (gains, shifts, means, variances) = (gain.values, shift.values, mean.values, variance.values)
    let factor = (0..<channels).map { gains[$0] / (variances[$0] + epsilon).squareRoot() }
    let folded = weight.copy()
    let row = weight.count / channels
    for channel in 0..<channels {
      let line = folded.pointer + channel * row
      for index in 0..<row { line[index] *= factor[channel] }
    }
    self.weight = folded
    // Padded to whole blocks: what lies behind the last channel must stay zero.
    let padded = Layout.blocks(channels) * Layout.block
    bias = Tensor(
      (0..<padded).map { $0 < channels ? shifts[$0] - means[$0] * factor[$0] : 0 }, shape: [padded])
    scale = Tensor((0..<padded).map { $0 < channels ? 1 : 0 }, shape: [padded])
    (self.stride, self.padding) = (stride, padding)
  }

  /// The output `[batch, output channels, output height, output width]`.
  /// - Parameter residual: added before the ReLU; its memory is overwritten.
  public func callAsFunction(_ input: Tensor, consumingResidual residual: Tensor? = nil, relu: Bool) -> Tensor
  {
    let shape = ConvolutionShape(input: input.shape, weight: weight.shape, stride: stride, padding: padding)
    let direction = ConvolutionDirection.inference(residual: residual != nil, relu: relu)
    let algorithm = ConvolutionAlgorithm.preferred(shape, direction)
    switch algorithm {
    case .dense:
      let dense = DenseConvolution(shape: shape)
      let matrix = matrices.withLock { matrices in
        if let ready = matrices[[shape.height, shape.width]] { return ready }
        let made = dense.matrix(weight)
        matrices[[shape.height, shape.width]] = made
        return made
      }
      return affine(dense.forward(input, matrix: matrix), residual: residual, relu: relu)
    case .winograd:
      let winograd = WinogradConvolution(shape: shape)
      let output = residual?.blocked() ?? Tensor(uninitialized: shape.outputShape, layout: .blocked)
      winograd.inference(
        input, weight: weight, ready: kept(winograd), bias: bias, addingOutput: residual != nil, relu: relu,
        into: output)
      return output
    case .direct, .dnnlWinograd: break
    }
    #if oneDNN
      let compiled = DNNLConvolution.cached(shape, direction, algorithm)
      let weights = prepared.withLock { prepared in
        if let ready = prepared.storage[ObjectIdentifier(compiled)] { return ready }
        let made = compiled.prepared(weight)
        prepared.storage[ObjectIdentifier(compiled)] = made
        return made
      }
      let output = residual?.blocked() ?? Tensor(uninitialized: shape.outputShape, layout: .blocked)
      compiled.inference(input, weights: weights, bias: bias, relu: relu, into: output)
      return output
    #else
      let product = Convolution.forward(input, weight: weight, stride: stride, padding: padding)
      return affine(product, residual: residual, relu: relu)
    #endif
  }

  /// Transformed weights take four times the memory of plain ones. Kept are those of small kernels; of large ones the
  /// transform is little beside the product.
  private func kept(_ winograd: WinogradConvolution) -> Tensor? {
    guard weight.count <= 1 << 18 else { return nil }
    return transformed.withLock { transformed in
      if let ready = transformed { return ready }
      let made = winograd.transformed(weight)
      transformed = made
      return made
    }
  }

  private func affine(_ x: Tensor, residual: Tensor?, relu: Bool) -> Tensor {
    BatchNorm.apply(x, scale: scale, shift: bias, residual: residual?.blocked(), relu: relu, into: x)
  }
}
