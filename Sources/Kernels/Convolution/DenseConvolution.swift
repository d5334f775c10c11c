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

  /// The two pixels that a tap joins, for all taps that stay inside.
  private var joins: [(input: Int, output: Int, tap: Int)] {
    var result: [(input: Int, output: Int, tap: Int)] = []
    for outputPixel in 0..<outputPixels {
      for tap in 0..<shape.kernel * shape.kernel {
        let y = outputPixel / shape.outputWidth * shape.stride + tap / shape.kernel - shape.padding
        let x = outputPixel % shape.outputWidth * shape.stride + tap % shape.kernel - shape.padding
        if y >= 0, y < shape.height, x >= 0, x < shape.width {
          result.append((y * shape.width + x, outputPixel, tap))
        }
      }
    }
    return result
  }

  /// Calls `body` with, for a block of output channels that share a vector, the place of that vector in the matrix
  /// and of the first channel's value in the weight; the other channels' values follow at steps of `weightStep`.
  @inline(__always)
  private func forEachVector(_ body: (_ matrix: Int, _ weight: Int) -> Void) {
    let (joins, block, taps) = (joins, Layout.block, shape.kernel * shape.kernel)
    joins.withUnsafeBufferPointer { joins in
      parallelFor(shape.outputChannels / block) { outputBlock in
        for input in 0..<shape.inputChannels {
          let row = input / block * inputPixels * block + input % block
          let weight = outputBlock * block * weightStep + input * taps
          for join in joins {
            let line = (row + join.input * block) * columns
            body(line + (outputBlock * outputPixels + join.output) * block, weight + join.tap)
          }
        }
      }
    }
  }

  private var weightStep: Int { shape.inputChannels * shape.kernel * shape.kernel }

  /// The matrix `[input channels * pixels, output channels * pixels]`.
  func matrix(_ weight: Tensor) -> Tensor {
    let isFull = joins.count == inputPixels * outputPixels
    let result = isFull ? Tensor(uninitialized: [rows, columns]) : Tensor(zeros: [rows, columns])
    let (source, target, step, block) = (weight.plain().pointer, result.pointer, weightStep, Layout.block)
    let begin = Profile.begin()
    defer { Profile.end(begin, "dense convolution's matrix") }
    forEachVector { matrix, weight in
      for lane in 0..<block { target[matrix + lane] = source[weight + lane * step] }
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
    let matrix = matrix(weight)
    return Profile.measure("convolution forward, dense") {
      image(matrixProduct(flat(input), matrix), shape.outputShape)
    }
  }

  func inputGradient(_ outputGradient: Tensor, _ weight: Tensor) -> Tensor {
    let matrix = matrix(weight)
    return Profile.measure("convolution input gradient, dense") {
      image(matrixProduct(flat(outputGradient), matrix, transposeRight: true), shape.inputShape)
    }
  }

  func weightGradient(_ input: Tensor, _ outputGradient: Tensor, addingTo gradient: Tensor) {
    let product = Profile.measure("convolution weight gradient, dense") {
      matrixProduct(flat(input), flat(outputGradient), transposeLeft: true)
    }
    let (source, target, step, block) = (product.pointer, gradient.pointer, weightStep, Layout.block)
    let begin = Profile.begin()
    defer { Profile.end(begin, "dense convolution's matrix") }
    forEachVector { matrix, weight in
      for lane in 0..<block { target[weight + lane * step] += source[matrix + lane] }
    }
  }
}
