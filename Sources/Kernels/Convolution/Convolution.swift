/// Two-dimensional convolution (cross-correlation, as in every deep-learning library) without bias.
///
/// Images are `[batch, channels, height, width]`, weights `[output channels, input channels, kernel, kernel]`.
public enum Convolution {
  /// What is made of a weight for the output and serves the input's gradient too, as long as the weight stays the same.
  public struct Prepared: Sendable {
    /// What ``DenseConvolution`` multiplies images with.
    let matrix: Tensor?
  }

  /// Makes of a weight what output and input gradient of images of one shape share.
  public static func prepare(_ weight: Tensor, inputShape: [Int], stride: Int, padding: Int) -> Prepared {
    let shape = ConvolutionShape(input: inputShape, weight: weight.shape, stride: stride, padding: padding)
    let isDense = ConvolutionAlgorithm.preferred(shape, .forward) == .dense
    return Prepared(matrix: isDense ? DenseConvolution(shape: shape).matrix(weight) : nil)
  }

  /// The output, `[batch, output channels, output height, output width]`.
  /// - Parameter prepared: of this weight, where it is at hand.
  public static func forward(
    _ input: Tensor, weight: Tensor, stride: Int, padding: Int, prepared: Prepared? = nil
  ) -> Tensor {
    let shape = ConvolutionShape(input: input.shape, weight: weight.shape, stride: stride, padding: padding)
    let algorithm = ConvolutionAlgorithm.preferred(shape, .forward)
    switch algorithm {
    case .dense:
      let dense = DenseConvolution(shape: shape)
      return dense.forward(input, matrix: prepared?.matrix ?? dense.matrix(weight))
    case .winograd: return WinogradConvolution(shape: shape).forward(input, weight)
    case .direct, .dnnlWinograd: break
    }
    #if oneDNN
      return DNNLConvolution.cached(shape, .forward, algorithm).forward(input, weight)
    #else
      return Im2ColConvolution(shape: shape).forward(input, weight)
    #endif
  }

  /// The gradient with respect to an input of the given shape.
  /// - Parameter prepared: of this weight, where it is at hand.
  public static func inputGradient(
    _ outputGradient: Tensor, weight: Tensor, inputShape: [Int], stride: Int, padding: Int,
    prepared: Prepared? = nil
  ) -> Tensor {
    let shape = ConvolutionShape(input: inputShape, weight: weight.shape, stride: stride, padding: padding)
    requireShape(outputGradient, shape.outputShape, "Convolution.inputGradient")
    let algorithm = ConvolutionAlgorithm.preferred(shape, .inputGradient)
    switch algorithm {
    case .dense:
      let dense = DenseConvolution(shape: shape)
      return dense.inputGradient(outputGradient, matrix: prepared?.matrix ?? dense.matrix(weight))
    case .winograd: return WinogradConvolution(shape: shape).inputGradient(outputGradient, weight)
    case .direct, .dnnlWinograd: break
    }
    #if oneDNN
      if shape.takesPlainInput {
        // No fast kernel writes three channels: widen them to a block of zeros and drop those again.
        let wide = widenedInputChannels(weight)
        let wideShape = [inputShape[0], wide.shape[1], inputShape[2], inputShape[3]]
        let result = inputGradient(
          outputGradient, weight: wide, inputShape: wideShape, stride: stride, padding: padding)
        return Tensor(
          shape: inputShape, storage: result.storage, offset: result.offset, layout: .blocked)
      }
      return DNNLConvolution.cached(shape, .inputGradient, algorithm).inputGradient(outputGradient, weight)
    #else
      return Im2ColConvolution(shape: shape).inputGradient(outputGradient, weight)
    #endif
  }

  /// Adds the gradient with respect to the weight to `gradient`, in place.
  public static func addWeightGradient(
    input: Tensor, outputGradient: Tensor, to gradient: Tensor, stride: Int, padding: Int
  ) {
    let shape = ConvolutionShape(input: input.shape, weight: gradient.shape, stride: stride, padding: padding)
    requireShape(outputGradient, shape.outputShape, "Convolution.addWeightGradient")
    let algorithm = ConvolutionAlgorithm.preferred(shape, .weightGradient)
    switch algorithm {
    case .dense:
      return DenseConvolution(shape: shape).weightGradient(input, outputGradient, addingTo: gradient)
    case .winograd:
      return WinogradConvolution(shape: shape).weightGradient(input, outputGradient, addingTo: gradient)
    case .direct, .dnnlWinograd: break
    }
    #if oneDNN
      DNNLConvolution.cached(shape, .weightGradient, algorithm)
        .weightGradient(input, outputGradient, addingTo: gradient)
    #else
      Im2ColConvolution(shape: shape).weightGradient(input, outputGradient, addingTo: gradient)
    #endif
  }

  private static func widenedInputChannels(_ weight: Tensor) -> Tensor {
    let (outputs, inputs, taps) = (weight.shape[0], weight.shape[1], weight.shape[2] * weight.shape[3])
    let wide = Tensor(zeros: [outputs, Layout.block, weight.shape[2], weight.shape[3]])
    for output in 0..<outputs {
      (wide.pointer + output * Layout.block * taps).update(
        from: weight.pointer + output * inputs * taps, count: inputs * taps)
    }
    return wide
  }
}

func requireShape(_ tensor: Tensor, _ shape: [Int], _ operation: String) {
  precondition(tensor.shape == shape, "\(operation): expected shape \(shape), found \(tensor.shape)")
}
