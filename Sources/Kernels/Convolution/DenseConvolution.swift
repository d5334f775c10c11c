/// A convolution of tiny images as one matrix product.
///
/// With blocked images as rows, y = x·M, where M[(i, p), (o, q)] = w[o, i, tap that takes pixel p to q], or 0 where
/// no tap does. Rows and columns stand in blocked order: (block, pixel, lane).
struct DenseConvolution {
  let shape: ConvolutionShape

  private var inputPixels: Int { shape.height * shape.width }
  private var outputPixels: Int { shape.outputHeight * shape.outputWidth }
  private var rows: Int { shape.inputChannels * inputPixels }
  private var columns: Int { shape.outputChannels * outputPixels }

  /// Calls `body` with the two pixels that a tap joins, for all taps that stay inside.
  private func forEachTap(_ body: (_ input: Int, _ output: Int, _ tap: Int) -> Void) {
    for outputPixel in 0..<outputPixels {
      for tap in 0..<shape.kernel * shape.kernel {
        let y = outputPixel / shape.outputWidth * shape.stride + tap / shape.kernel - shape.padding
        let x = outputPixel % shape.outputWidth * shape.stride + tap % shape.kernel - shape.padding
        if y >= 0, y < shape.height, x >= 0, x < shape.width {
          body(y * shape.width + x, outputPixel, tap)
        }
      }
    }
  }

  private func row(_ channel: Int, _ pixel: Int) -> Int {
    (channel / Layout.block * inputPixels + pixel) * Layout.block + channel % Layout.block
  }

  private func column(_ channel: Int, _ pixel: Int) -> Int {
    (channel / Layout.block * outputPixels + pixel) * Layout.block + channel % Layout.block
  }

  /// The matrix `[input channels * pixels, output channels * pixels]`.
  func matrix(_ weight: Tensor) -> Tensor {
    let result = Tensor(zeros: [rows, columns])
    let (source, target) = (weight.plain().pointer, result.pointer)
    let taps = shape.kernel * shape.kernel
    parallelFor(shape.inputChannels) { input in
      forEachTap { inputPixel, outputPixel, tap in
        let line = target + row(input, inputPixel) * columns
        var from = source + input * taps + tap
        for output in 0..<shape.outputChannels {
          line[column(output, outputPixel)] = from.pointee
          from += shape.inputChannels * taps
        }
      }
    }
    return result
  }

  private func flat(_ tensor: Tensor) -> Tensor {
    let source = tensor.blocked()
    return Tensor(
      shape: [shape.batch, tensor.count / shape.batch], storage: source.storage, offset: source.offset,
      layout: .plain)
  }

  private func image(_ matrix: Tensor, _ shape: [Int]) -> Tensor {
    Tensor(shape: shape, storage: matrix.storage, offset: matrix.offset, layout: .blocked)
  }

  func forward(_ input: Tensor, _ weight: Tensor) -> Tensor {
    image(matrixProduct(flat(input), matrix(weight)), shape.outputShape)
  }

  func inputGradient(_ outputGradient: Tensor, _ weight: Tensor) -> Tensor {
    image(matrixProduct(flat(outputGradient), matrix(weight), transposeRight: true), shape.inputShape)
  }

  func weightGradient(_ input: Tensor, _ outputGradient: Tensor, addingTo gradient: Tensor) {
    let product = matrixProduct(flat(input), flat(outputGradient), transposeLeft: true)
    let (source, target) = (product.pointer, gradient.pointer)
    let taps = shape.kernel * shape.kernel
    parallelFor(shape.inputChannels) { input in
      forEachTap { inputPixel, outputPixel, tap in
        let line = source + row(input, inputPixel) * columns
        var to = target + input * taps + tap
        for output in 0..<shape.outputChannels {
          to.pointee += line[column(output, outputPixel)]
          to += shape.inputChannels * taps
        }
      }
    }
  }
}
