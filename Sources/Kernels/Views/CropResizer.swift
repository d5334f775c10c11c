/// Cuts a rectangle out of an 8-bit image and resizes it to the size of a view, antialiased bilinear.
///
/// Rows first: each output row is a weighted sum of source rows, eight columns at a time, straight from bytes. Then
/// columns: each output pixel gathers from that one row of floats.
struct CropResizer {
  let imageSize: ImageExtent
  private let outputSize: ImageExtent
  private var rowTaps: ResizeTaps
  private var columnTaps: ResizeTaps
  /// One source row for each channel, summed over the row taps: `[3][rowStride]`.
  private let rows: UnsafeMutablePointer<Float>
  private let rowStride: Int

  init(imageSize: ImageExtent, outputSize: ImageExtent) {
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

  /// Sums the source rows that output row `row` reads, from `source` on.
  private func sumRows(
    _ source: UnsafePointer<UInt8>, row: Int, width: Int, into target: UnsafeMutablePointer<Float>
  ) {
    let (weights, step) = (rowTaps.weights + row, rowTaps.outputs)
    if rowTaps.count == 2 && width >= 8 {
      let below = source + imageSize.width
      return CropResizer.blend(source, below, weights[0], weights[step], width: width, into: target)
    }
    target.update(repeating: 0, count: width)
    for tap in 0..<rowTaps.count {
      CropResizer.add(source + tap * imageSize.width, weights[tap * step], width: width, into: target)
    }
  }

  @inline(__always)
  private static func values(_ bytes: UnsafePointer<UInt8>, at column: Int) -> Eight {
    let eight = UnsafeRawPointer(bytes + column).loadUnaligned(as: SIMD8<UInt8>.self)
    return Eight(SIMD8<Int32>(truncatingIfNeeded: eight))
  }

  // The loops below stand alone, not inlined, so that their pointers stay in registers.

  /// a times one row plus b times another, of 8 columns or more.
  @inline(never)
  private static func blend(
    _ above: UnsafePointer<UInt8>, _ below: UnsafePointer<UInt8>, _ a: Float, _ b: Float, width: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    func blend(_ column: Int) {
      target.setEight(at: column, (values(above, at: column) * a).addingProduct(values(below, at: column), b))
    }
    var column = 0
    while column <= width &- 8 {
      blend(column)
      column &+= 8
    }
    // The last eight overlap the ones before rather than read beyond the image.
    if column < width { blend(width &- 8) }
  }

  @inline(never)
  private static func add(
    _ source: UnsafePointer<UInt8>, _ weight: Float, width: Int, into target: UnsafeMutablePointer<Float>
  ) {
    var column = 0
    while column <= width &- 8 {
      let sum = target.eight(at: column).addingProduct(values(source, at: column), weight)
      target.setEight(at: column, sum)
      column &+= 8
    }
    while column < width {
      target[column].addProduct(Float(source[column]), weight)
      column &+= 1
    }
  }

  private func gatherColumns(into planes: ColourPlanes, at start: Int) {
    let (target, outputs) = (planes.values + start, columnTaps.outputs)
    if columnTaps.count == 2 {
      return CropResizer.gatherPairs(
        rows, rowStride, columnTaps.first, columnTaps.weights, columnTaps.weights + outputs, outputs,
        into: target, planes.stride)
    }
    CropResizer.gather(
      rows, rowStride, columnTaps.first, columnTaps.weights, taps: columnTaps.count, outputs, into: target,
      planes.stride)
  }

  @inline(never)
  private static func gatherPairs(
    _ rows: UnsafePointer<Float>, _ rowStride: Int, _ first: UnsafePointer<Int>,
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, _ outputs: Int,
    into target: UnsafeMutablePointer<Float>, _ planeStride: Int
  ) {
    let (red, green, blue) = (rows, rows + rowStride, rows + 2 * rowStride)
    let (toRed, toGreen, toBlue) = (target, target + planeStride, target + 2 * planeStride)
    var column = 0
    while column < outputs {
      let index = first[column]
      let (a, b) = (left[column], right[column])
      toRed[column] = (red[index] * a).addingProduct(red[index &+ 1], b)
      toGreen[column] = (green[index] * a).addingProduct(green[index &+ 1], b)
      toBlue[column] = (blue[index] * a).addingProduct(blue[index &+ 1], b)
      column &+= 1
    }
  }

  @inline(never)
  private static func gather(
    _ rows: UnsafePointer<Float>, _ rowStride: Int, _ first: UnsafePointer<Int>,
    _ weights: UnsafePointer<Float>, taps: Int, _ outputs: Int,
    into target: UnsafeMutablePointer<Float>, _ planeStride: Int
  ) {
    let (red, green, blue) = (rows, rows + rowStride, rows + 2 * rowStride)
    for column in 0..<outputs {
      var (sumRed, sumGreen, sumBlue): (Float, Float, Float) = (0, 0, 0)
      var (index, tap) = (first[column], column)
      for _ in 0..<taps {
        let weight = weights[tap]
        sumRed.addProduct(red[index], weight)
        sumGreen.addProduct(green[index], weight)
        sumBlue.addProduct(blue[index], weight)
        index &+= 1
        tap &+= outputs
      }
      target[column] = sumRed
      target[column + planeStride] = sumGreen
      target[column + 2 * planeStride] = sumBlue
    }
  }
}
