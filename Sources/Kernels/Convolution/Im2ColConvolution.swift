/// A convolution on OpenBLAS alone: windows are copied to the columns of a matrix, image by image.
struct Im2ColConvolution {
  let shape: ConvolutionShape

  private var taps: Int { shape.inputChannels * shape.kernel * shape.kernel }
  private var pixels: Int { shape.outputHeight * shape.outputWidth }

  /// Calls `body` with each row of the column matrix and the part of each image row that it reads.
  private func forEachRun(
    _ body: (_ column: Int, _ source: Int, _ start: Int, _ count: Int) -> Void, outside: (Int, Int) -> Void
  ) {
    let area = shape.kernel * shape.kernel
    for row in 0..<taps {
      let (channel, tap) = (row / area, row % area)
      let (dy, dx) = (tap / shape.kernel - shape.padding, tap % shape.kernel - shape.padding)
      for y in 0..<shape.outputHeight {
        let line = row * pixels + y * shape.outputWidth
        let sourceY = y * shape.stride + dy
        guard sourceY >= 0 && sourceY < shape.height else {
          outside(line, shape.outputWidth)
          continue
        }
        // The outputs x whose source column x·stride + dx lies inside the image.
        let first = dx >= 0 ? 0 : min(shape.outputWidth, (-dx + shape.stride - 1) / shape.stride)
        let limit = shape.width - 1 - dx
        let end = limit < 0 ? first : max(first, min(shape.outputWidth, limit / shape.stride + 1))
        outside(line, first)
        outside(line + end, shape.outputWidth - end)
        if end > first {
          let source = (channel * shape.height + sourceY) * shape.width + first * shape.stride + dx
          body(line + first, source, first, end - first)
        }
      }
    }
  }

  private func unfold(_ image: UnsafePointer<Float>, _ columns: UnsafeMutablePointer<Float>) {
    forEachRun(
      { column, source, _, count in
        for index in 0..<count { columns[column + index] = image[source + index * shape.stride] }
      }, outside: { start, count in for index in 0..<count { columns[start + index] = 0 } })
  }

  private func fold(_ columns: UnsafePointer<Float>, _ image: UnsafeMutablePointer<Float>) {
    forEachRun(
      { column, source, _, count in
        for index in 0..<count { image[source + index * shape.stride] += columns[column + index] }
      }, outside: { _, _ in })
  }

  func forward(_ input: Tensor, _ weight: Tensor) -> Tensor {
    let output = Tensor(uninitialized: shape.outputShape)
    let (source, kernel, target) = (input.plain(), weight.plain().pointer, output.pointer)
    let inputCount = shape.inputChannels * shape.height * shape.width
    parallelRanges(shape.batch) { images in
      let columns = Storage(count: taps * pixels)
      for image in images {
        unfold(source.pointer + image * inputCount, columns.pointer)
        multiply(
          kernel, columns.pointer, target + image * shape.outputChannels * pixels, rows: shape.outputChannels,
          columns: pixels, inner: taps, accumulating: false)
      }
    }
    return output.blocked()
  }

  func inputGradient(_ outputGradient: Tensor, _ weight: Tensor) -> Tensor {
    let result = Tensor(zeros: shape.inputShape)
    let (source, kernel, target) = (outputGradient.plain(), weight.plain().pointer, result.pointer)
    let inputCount = shape.inputChannels * shape.height * shape.width
    parallelRanges(shape.batch) { images in
      let columns = Storage(count: taps * pixels)
      for image in images {
        multiply(
          kernel, source.pointer + image * shape.outputChannels * pixels, columns.pointer, rows: taps,
          columns: pixels, inner: shape.outputChannels, transposeLeft: true, accumulating: false)
        fold(columns.pointer, target + image * inputCount)
      }
    }
    return shape.takesPlainInput ? result : result.blocked()
  }

  func weightGradient(_ input: Tensor, _ outputGradient: Tensor, addingTo gradient: Tensor) {
    let (source, upstream) = (input.plain(), outputGradient.plain())
    let inputCount = shape.inputChannels * shape.height * shape.width
    let columns = Storage(count: taps * pixels)
    for image in 0..<shape.batch {
      unfold(source.pointer + image * inputCount, columns.pointer)
      parallelMultiply(
        upstream.pointer + image * shape.outputChannels * pixels, columns.pointer, gradient.pointer,
        rows: shape.outputChannels, columns: taps, inner: pixels, transposeRight: true, accumulating: true)
    }
  }
}
