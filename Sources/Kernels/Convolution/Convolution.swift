/// Two-dimensional convolution (cross-correlation, as in every deep-learning library) without bias.
///
/// Images are `[batch, channels, height, width]`, weights `[output channels, input channels, kernel, kernel]`.
public enum Convolution {
  /// The output, `[batch, output channels, output height, output width]`.
  public static func forward(_ input: Tensor, weight: Tensor, stride: Int, padding: Int) -> Tensor {
    let shape = ConvolutionShape(input: input.shape, weight: weight.shape, stride: stride, padding: padding)
    if ConvolutionAlgorithm.preferred(shape, .forward) == .dense {
      return DenseConvolution(shape: shape).forward(input, weight)
    }
    #if oneDNN
      return DNNLConvolution.cached(shape, .forward).forward(input, weight)
    #else
      return Im2ColConvolution(shape: shape).forward(input, weight)
    #endif
  }

  /// The gradient with respect to an input of the given shape.
  public static func inputGradient(
    _ outputGradient: Tensor, weight: Tensor, inputShape: [Int], stride: Int, padding: Int
  ) -> Tensor {
    let shape = ConvolutionShape(input: inputShape, weight: weight.shape, stride: stride, padding: padding)
    requireShape(outputGradient, shape.outputShape, "Convolution.inputGradient")
    if ConvolutionAlgorithm.preferred(shape, .inputGradient) == .dense {
      return DenseConvolution(shape: shape).inputGradient(outputGradient, weight)
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
      return DNNLConvolution.cached(shape, .inputGradient).inputGradient(outputGradient, weight)
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
    if ConvolutionAlgorithm.preferred(shape, .weightGradient) == .dense {
      return DenseConvolution(shape: shape).weightGradient(input, outputGradient, addingTo: gradient)
    }
    #if oneDNN
      DNNLConvolution.cached(shape, .weightGradient).weightGradient(input, outputGradient, addingTo: gradient)
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
