import Autodiff
import Networks

/// VGG-11 with batch norm: Simonyan and Zisserman, ICLR 2015, configuration A; parameter names are torchvision's.
///
/// Deviates from the paper: no fully connected layers; the embedding is the average over what pixels the five
/// halvings leave, 8 times as wide as the first stage. Convolutions have no bias, which batch norm would cancel.
public struct VGG11: ImageEncoder {
  private enum Step: Sendable {
    case convolution(ConvolutionNorm)
    case halve
  }
  private let steps: [Step]
  /// Values in an embedding.
  public let embeddingWidth: Int

  /// - Parameter width: channels of the first stage; 64 in the paper.
  /// - Throws: ``ParameterError`` if the builder's source lacks a parameter.
  public init(_ builder: ParameterBuilder, width: Int = 64) throws {
    let features = builder.at("features")
    var (steps, channels, index): ([Step], Int, Int) = ([], 3, 0)
    for stage in [[1], [2], [4, 4], [8, 8], [8, 8]] {
      for factor in stage {
        steps.append(
          .convolution(
            try ConvolutionNorm(
              convolution: features.at("\(index)"), norm: features.at("\(index + 1)"), inputs: channels,
              outputs: factor * width, kernel: 3)))
        channels = factor * width
        index += 3
      }
      steps.append(.halve)
      index += 1
    }
    self.steps = steps
    embeddingWidth = channels
  }

  /// Embeddings `[batch, 8 * width]` of images `[batch, 3, height, width]`, at least 32 pixels a side.
  public func callAsFunction(_ images: Variable, _ pass: Pass) -> Variable {
    let pooled = steps.reduce(images) { hidden, step in
      switch step {
      case .convolution(let layer): layer(hidden, pass)
      case .halve: pass.tape.maxPool2x2(hidden)
      }
    }
    return pass.tape.globalAveragePool(pooled)
  }
}
