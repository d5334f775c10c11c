/// Cuts a rectangle out of an 8-bit image and resizes it to the size of a view, antialiased bilinear.
///
/// Rows first: each output row is a weighted sum of source rows, eight columns at a time, straight from bytes. Then
/// columns: each output pixel gathers from that one row of floats.
struct CropResizer {
  let imageSize: ImageSize
  private let outputSize: ImageSize
  private var rowTaps: ResizeTaps
  private var columnTaps: ResizeTaps
  /// One source row for each channel, summed over the row taps: `[3][rowStride]`.
  private let rows: UnsafeMutablePointer<Float>
  private let rowStride: Int

  init(imageSize: ImageSize, outputSize: ImageSize) {
    (self.imageSize, self.outputSize) = (imageSize, outputSize)
    rowTaps = ResizeTaps(outputs: outputSize.height, longestSource: imageSize.height)
    columnTaps = ResizeTaps(outputs: outputSize.width, longestSource: imageSize.width)
    rowStride = (imageSize.width + 7) & ~7
    rows = .allocate(capacity: 3 * rowStride)
  }

  func deallocate() {
    rowTaps.deallocate()
    columnTaps.deallocate()
    rows.deallocate()
  }

  /// Fills the planes with values in [0, 1] from an image `[3][height][width]` of bytes.
  mutating func resize(
    _ image: UnsafePointer<UInt8>, crop: ViewParameters.Crop, isFlipped: Bool, to planes: ColourPlanes
  ) {
    rowTaps.set(size: crop.height, isReversed: false, gain: 1 / 255)
    columnTaps.set(size: crop.width, isReversed: isFlipped, gain: 1)
    for row in 0..<outputSize.height {
      let top = crop.top + rowTaps.first[row]
      for channel in 0..<3 {
        let source = image + (channel * imageSize.height + top) * imageSize.width + crop.left
        sumRows(source, row: row, width: crop.width, into: rows + channel * rowStride)
      }
      gatherColumns(into: planes, at: row * outputSize.width)
    }
  }

  @inline(__always)
  private func sumRows(
    _ source: UnsafePointer<UInt8>, row: Int, width: Int, into target: UnsafeMutablePointer<Float>
  ) {
    let weights = rowTaps.weights + row
    func sum(_ column: Int) -> Eight {
      var sum = Eight(repeating: 0)
      for tap in 0..<rowTaps.count {
        let bytes = UnsafeRawPointer(source + tap * imageSize.width + column)
          .loadUnaligned(as: SIMD8<UInt8>.self)
        let values = Eight(SIMD8<Int32>(truncatingIfNeeded: bytes))
        sum.addProduct(values, weights[tap * rowTaps.outputs])
      }
      return sum
    }
    if width >= 8 {
      for column in stride(from: 0, to: width - 7, by: 8) { target.setEight(at: column, sum(column)) }
      // The last eight overlap the ones before rather than read beyond the image.
      if width % 8 != 0 { target.setEight(at: width - 8, sum(width - 8)) }
    } else {
      for column in 0..<width {
        var sum: Float = 0
        for tap in 0..<rowTaps.count {
          sum += Float(source[tap * imageSize.width + column]) * weights[tap * rowTaps.outputs]
        }
        target[column] = sum
      }
    }
  }

  @inline(__always)
  private func gatherColumns(into planes: ColourPlanes, at start: Int) {
    let (red, green, blue) = (rows, rows + rowStride, rows + 2 * rowStride)
    let (toRed, toGreen) = (planes.values + start, planes.values + start + planes.stride)
    let toBlue = toGreen + planes.stride
    let (first, weights, outputs) = (columnTaps.first, columnTaps.weights, columnTaps.outputs)
    if columnTaps.count == 2 {
      for column in 0..<outputs {
        let index = first[column]
        let (a, b) = (weights[column], weights[column + outputs])
        toRed[column] = (red[index] * a).addingProduct(red[index + 1], b)
        toGreen[column] = (green[index] * a).addingProduct(green[index + 1], b)
        toBlue[column] = (blue[index] * a).addingProduct(blue[index + 1], b)
      }
      return
    }
    for column in 0..<outputs {
      var sums: (Float, Float, Float) = (0, 0, 0)
      for tap in 0..<columnTaps.count {
        let (index, weight) = (first[column] + tap, weights[column + tap * outputs])
        sums.0.addProduct(red[index], weight)
        sums.1.addProduct(green[index], weight)
        sums.2.addProduct(blue[index], weight)
      }
      (toRed[column], toGreen[column], toBlue[column]) = sums
    }
  }
}
