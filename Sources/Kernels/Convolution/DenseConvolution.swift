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

  /// Where a tap's vector stands in the matrix, from its kernel's place on.
  private struct Join {
    let tap: Int
    let offset: Int
  }

  /// All pairs of pixels that a tap joins, in the order of the matrix.
  private var joins: [Join] {
    var result: [Join] = []
    for outputPixel in 0..<outputPixels {
      for tap in 0..<shape.kernel * shape.kernel {
        let y = outputPixel / shape.outputWidth * shape.stride + tap / shape.kernel - shape.padding
        let x = outputPixel % shape.outputWidth * shape.stride + tap % shape.kernel - shape.padding
        guard y >= 0, y < shape.height, x >= 0, x < shape.width else { continue }
        let inputPixel = y * shape.width + x
        result.append(Join(tap: tap, offset: (inputPixel * columns + outputPixel) * Layout.block))
      }
    }
    return result.sorted { $0.offset < $1.offset }
  }

  /// Calls `body` once for each input channel and block of output channels, with the place in the weight of the first
  /// output channel's taps, the place in the matrix that joins count from, and room for the taps of the block.
  @inline(__always)
  private func forEachKernel(
    _ body: (_ weight: Int, _ matrix: Int, _ taps: UnsafeMutablePointer<Float>) -> Void
  ) {
    let (block, count, step) = (Layout.block, shape.kernel * shape.kernel, weightStep)
    let (inputs, inputPixels, outputPixels, columns) = (
      shape.inputChannels, inputPixels, outputPixels, columns
    )
    parallelRanges(shape.outputChannels / block) { range in
      let taps = Storage(count: count * block)
      for outputBlock in range {
        for input in 0..<inputs {
          let row = input / block * inputPixels * block + input % block
          body(
            outputBlock * block * step + input * count, row * columns + outputBlock * outputPixels * block,
            taps.pointer)
        }
      }
      withExtendedLifetime(taps) {}
    }
  }

  /// Values between the taps of two output channels.
  private var weightStep: Int { shape.inputChannels * shape.kernel * shape.kernel }

  /// The matrix `[input channels * pixels, output channels * pixels]`, the same for any batch.
  func matrix(_ weight: Tensor) -> Tensor {
    let begin = Profile.begin()
    defer { Profile.end(begin, "dense convolution's matrix") }
    let joins = joins
    let isFull = joins.count == inputPixels * outputPixels
    let result = isFull ? Tensor(uninitialized: [rows, columns]) : Tensor(zeros: [rows, columns])
    let weight = weight.plain()
    let (source, target, step) = (UnsafePointer(weight.pointer), result.pointer, weightStep)
    let block = Layout.block
    let used = Set(joins.map(\.tap)).sorted()
    joins.withUnsafeBufferPointer { joins in
      forEachKernel { weight, matrix, taps in
        for tap in used {
          var (from, to) = (source + weight + tap, taps + tap * block)
          for _ in 0..<block {
            to.pointee = from.pointee
            (from, to) = (from + step, to + 1)
          }
        }
        for join in joins {
          let (from, to) = (UnsafePointer(taps + join.tap * block), target + matrix + join.offset)
          for part in stride(from: 0, to: block, by: 8) { to.storeEight(from.eight(part), at: part) }
        }
      }
    }
    withExtendedLifetime(weight) {}
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

  func forward(_ input: Tensor, matrix: Tensor) -> Tensor {
    Profile.measure("convolution forward, dense") {
      image(matrixProduct(flat(input), matrix), shape.outputShape)
    }
  }

  func inputGradient(_ outputGradient: Tensor, matrix: Tensor) -> Tensor {
    Profile.measure("convolution input gradient, dense") {
      image(matrixProduct(flat(outputGradient), matrix, transposeRight: true), shape.inputShape)
    }
  }

  func weightGradient(_ input: Tensor, _ outputGradient: Tensor, addingTo gradient: Tensor) {
    let product = Profile.measure("convolution weight gradient, dense") {
      matrixProduct(flat(input), flat(outputGradient), transposeLeft: true)
    }
    let begin = Profile.begin()
    defer { Profile.end(begin, "dense convolution's matrix") }
    let (source, target, step) = (UnsafePointer(product.pointer), gradient.pointer, weightStep)
    let (block, joins) = (Layout.block, joins)
    let used = Set(joins.map(\.tap)).sorted()
    joins.withUnsafeBufferPointer { joins in
      forEachKernel { weight, matrix, taps in
        for tap in used { (taps + tap * block).update(repeating: 0, count: block) }
        for join in joins {
          let (from, to) = (source + matrix + join.offset, taps + join.tap * block)
          for part in stride(from: 0, to: block, by: 8) {
            to.storeEight(UnsafePointer(to).eight(part) + from.eight(part), at: part)
          }
        }
        for tap in used {
          var (from, to) = (taps + tap * block, target + weight + tap)
          for _ in 0..<block {
            to.pointee += from.pointee
            (from, to) = (from + 1, to + step)
          }
        }
      }
    }
    withExtendedLifetime(product) {}
  }
}
