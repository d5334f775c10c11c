import Kernels
import TestSupport
import Testing

/// The sizes of one convolution, and the convolution as seven loops in double precision.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
  var batch = 2
  var inputs: Int
  var outputs: Int
  var height: Int
  var width: Int
  var kernel = 3
  var stride = 1
  var padding = 1

  var testDescription: String {
    "\(batch)x\(inputs)x\(height)x\(width) to \(outputs), kernel \(kernel), stride \(stride), padding \(padding)"
  }
  var inputShape: [Int] { [batch, inputs, height, width] }
  var weightShape: [Int] { [outputs, inputs, kernel, kernel] }
  var outputShape: [Int] {
    [
      batch, outputs, (height + 2 * padding - kernel) / stride + 1,
      (width + 2 * padding - kernel) / stride + 1,
    ]
  }
  var input: Tensor { sample(inputShape, seed: 1) }
  var weight: Tensor { sample(weightShape, seed: 2) }
  var outputGradient: Tensor { sample(outputShape, seed: 3) }

  /// Calls `body` with the flat indices of each product that a convolution adds up.
  private func forEachProduct(_ body: (_ input: Int, _ weight: Int, _ output: Int) -> Void) {
    let (outputHeight, outputWidth) = (outputShape[2], outputShape[3])
    for image in 0..<batch {
      for output in 0..<outputs {
        for y in 0..<outputHeight {
          for x in 0..<outputWidth {
            for channel in 0..<inputs {
              for dy in 0..<kernel {
                for dx in 0..<kernel {
                  let (row, column) = (y * stride + dy - padding, x * stride + dx - padding)
                  guard row >= 0, row < height, column >= 0, column < width else { continue }
                  body(
                    ((image * inputs + channel) * height + row) * width + column,
                    ((output * inputs + channel) * kernel + dy) * kernel + dx,
                    ((image * outputs + output) * outputHeight + y) * outputWidth + x)
                }
              }
            }
          }
        }
      }
    }
  }

  var naiveOutput: [Double] {
    let (x, w) = (input.values, weight.values)
    var result = [Double](repeating: 0, count: outputShape.reduce(1, *))
    forEachProduct { result[$2] += Double(x[$0]) * Double(w[$1]) }
    return result
  }

  var naiveInputGradient: [Double] {
    let (g, w) = (outputGradient.values, weight.values)
    var result = [Double](repeating: 0, count: inputShape.reduce(1, *))
    forEachProduct { result[$0] += Double(g[$2]) * Double(w[$1]) }
    return result
  }

  var naiveWeightGradient: [Double] {
    let (g, x) = (outputGradient.values, input.values)
    var result = [Double](repeating: 0, count: weightShape.reduce(1, *))
    forEachProduct { result[$1] += Double(g[$2]) * Double(x[$0]) }
    return result
  }

  static let few = [
    // Three channels, as of images.
    ConvolutionCase(inputs: 3, outputs: 16, height: 8, width: 8),
    ConvolutionCase(inputs: 3, outputs: 16, height: 9, width: 7, stride: 2),
    ConvolutionCase(inputs: 3, outputs: 16, height: 16, width: 16, stride: 4),
    ConvolutionCase(batch: 1, inputs: 3, outputs: 8, height: 15, width: 15, kernel: 7, stride: 2, padding: 3),
    ConvolutionCase(inputs: 3, outputs: 16, height: 2, width: 2),
    ConvolutionCase(batch: 1, inputs: 1, outputs: 5, height: 6, width: 6),
  ]

  static let many = [
    // Channels that do not fill a block.
    ConvolutionCase(inputs: 5, outputs: 7, height: 9, width: 7),
    ConvolutionCase(inputs: 5, outputs: 7, height: 9, width: 7, stride: 2),
    ConvolutionCase(inputs: 20, outputs: 24, height: 5, width: 5),
    ConvolutionCase(inputs: 17, outputs: 33, height: 7, width: 6, stride: 2),
    // 1x1 kernels, other kernels, no padding.
    ConvolutionCase(inputs: 16, outputs: 32, height: 8, width: 8, kernel: 1, stride: 2, padding: 0),
    ConvolutionCase(inputs: 16, outputs: 32, height: 7, width: 5, kernel: 1, stride: 2, padding: 0),
    ConvolutionCase(batch: 3, inputs: 17, outputs: 33, height: 7, width: 7, kernel: 1, padding: 0),
    ConvolutionCase(batch: 1, inputs: 5, outputs: 6, height: 8, width: 8, kernel: 5, padding: 2),
    ConvolutionCase(inputs: 8, outputs: 8, height: 6, width: 6, padding: 0),
    // Images of a few pixels.
    ConvolutionCase(batch: 4, inputs: 16, outputs: 16, height: 1, width: 1),
    ConvolutionCase(batch: 5, inputs: 32, outputs: 16, height: 2, width: 2),
    ConvolutionCase(batch: 4, inputs: 16, outputs: 32, height: 2, width: 2, stride: 2),
    ConvolutionCase(batch: 3, inputs: 48, outputs: 16, height: 1, width: 4),
    ConvolutionCase(batch: 3, inputs: 20, outputs: 24, height: 2, width: 2),
    ConvolutionCase(batch: 3, inputs: 32, outputs: 48, height: 1, width: 1, kernel: 1, padding: 0),
    ConvolutionCase(inputs: 16, outputs: 32, height: 3, width: 3, stride: 2),
  ]

  /// Shapes that Winograd's algorithm takes, with tiles of 4x4 that the images do not fill.
  static let winograd = [
    ConvolutionCase(inputs: 32, outputs: 48, height: 8, width: 8),
    ConvolutionCase(inputs: 32, outputs: 32, height: 4, width: 4),
    ConvolutionCase(batch: 1, inputs: 33, outputs: 40, height: 5, width: 7),
    ConvolutionCase(batch: 1, inputs: 32, outputs: 35, height: 9, width: 6),
    ConvolutionCase(inputs: 64, outputs: 32, height: 13, width: 4),
  ]
}
