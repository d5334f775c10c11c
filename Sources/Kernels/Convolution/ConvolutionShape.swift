/// The sizes of a two-dimensional convolution with a square kernel.
struct ConvolutionShape: Hashable, Sendable {
  let batch: Int
  let inputChannels: Int
  let outputChannels: Int
  let height: Int
  let width: Int
  let kernel: Int
  let stride: Int
  let padding: Int

  init(input: [Int], weight: [Int], stride: Int, padding: Int) {
    precondition(
      input.count == 4 && weight.count == 4 && input[1] == weight[1] && weight[2] == weight[3],
      "convolution: input \(input) does not fit the weight \(weight)")
    (batch, inputChannels, height, width) = (input[0], input[1], input[2], input[3])
    (outputChannels, kernel) = (weight[0], weight[2])
    (self.stride, self.padding) = (stride, padding)
    precondition(
      outputHeight > 0 && outputWidth > 0,
      "convolution: input \(input) is smaller than the kernel of \(weight) with padding \(padding)")
  }

  var outputHeight: Int { (height + 2 * padding - kernel) / stride + 1 }
  var outputWidth: Int { (width + 2 * padding - kernel) / stride + 1 }
  var inputShape: [Int] { [batch, inputChannels, height, width] }
  var outputShape: [Int] { [batch, outputChannels, outputHeight, outputWidth] }
  var weightShape: [Int] { [outputChannels, inputChannels, kernel, kernel] }

  /// The same with channels up to whole blocks, but for those of an input in row-major order.
  var wholeBlocks: ConvolutionShape {
    func whole(_ channels: Int) -> Int { Layout.blocks(channels) * Layout.block }
    let inputs = takesPlainInput ? inputChannels : whole(inputChannels)
    return ConvolutionShape(
      input: [batch, inputs, height, width], weight: [whole(outputChannels), inputs, kernel, kernel],
      stride: stride, padding: padding)
  }

  /// Whether the input stays in row-major order: an image's few channels would waste most of a block.
  var takesPlainInput: Bool { inputChannels <= 4 }
}

/// Which of a convolution's three products.
enum ConvolutionDirection: Hashable, Sendable {
  case forward
  /// Forward with a bias and what follows it, for inference.
  case inference(residual: Bool, relu: Bool)
  case inputGradient
  case weightGradient

  /// As profiles call it.
  var name: String {
    switch self {
    case .forward, .inference: "forward"
    case .inputGradient: "input gradient"
    case .weightGradient: "weight gradient"
    }
  }
}
