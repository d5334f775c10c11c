import Autodiff
import Networks

/// ResNet-18 for small images: He et al., "Deep residual learning for image recognition", CVPR 2016.
///
/// As contrastive codes for CIFAR have it, the stem is one 3x3 convolution without max-pooling. The embedding is the
/// global average, 8 times as wide as the first stage. Parameter names are torchvision's.
public struct ResNet18: ImageEncoder {
  private let stem: ConvolutionNorm
  private let blocks: [ResidualBlock]
  /// Values in an embedding.
  public let embeddingWidth: Int

  /// - Parameters:
  ///   - width: channels of the first stage; 64 in the paper.
  ///   - stemStride: 1 for images of 32 pixels.
  /// - Throws: ``ParameterError`` if the builder's source lacks a parameter.
  public init(_ builder: ParameterBuilder, width: Int = 64, stemStride: Int = 1) throws {
    stem = try ConvolutionNorm(
      convolution: builder.at("conv1"), norm: builder.at("bn1"), inputs: 3, outputs: width, kernel: 3,
      stride: stemStride)
    var blocks: [ResidualBlock] = []
    var channels = width
    for stage in 0..<4 {
      for index in 0..<2 {
        blocks.append(
          try ResidualBlock(
            builder.at("layer\(stage + 1)").at("\(index)"), inputs: channels, outputs: width << stage,
            stride: stage > 0 && index == 0 ? 2 : 1))
        channels = width << stage
      }
    }
    self.blocks = blocks
    embeddingWidth = channels
  }

  /// Embeddings `[batch, 8 * width]` of images `[batch, 3, height, width]`.
  public func callAsFunction(_ images: Variable, _ pass: Pass) -> Variable {
    pass.tape.globalAveragePool(blocks.reduce(stem(images, pass)) { $1($0, pass) })
  }
}

/// relu(norm(conv(relu(norm(conv(x))))) + shortcut(x)).
struct ResidualBlock: Sendable {
  private let first: ConvolutionNorm
  private let second: ConvolutionNorm
  private let downsample: ConvolutionNorm?

  init(_ builder: ParameterBuilder, inputs: Int, outputs: Int, stride: Int) throws {
    first = try ConvolutionNorm(
      convolution: builder.at("conv1"), norm: builder.at("bn1"), inputs: inputs, outputs: outputs, kernel: 3,
      stride: stride)
    second = try ConvolutionNorm(
      convolution: builder.at("conv2"), norm: builder.at("bn2"), inputs: outputs, outputs: outputs, kernel: 3)
    downsample =
      stride == 1 && inputs == outputs
      ? nil
      : try ConvolutionNorm(
        convolution: builder.at("downsample").at("0"), norm: builder.at("downsample").at("1"), inputs: inputs,
        outputs: outputs, kernel: 1, stride: stride)
  }

  func callAsFunction(_ input: Variable, _ pass: Pass) -> Variable {
    let hidden = first(input, pass)
    return second(hidden, pass, residual: downsample?(input, pass, relu: false) ?? input)
  }
}
