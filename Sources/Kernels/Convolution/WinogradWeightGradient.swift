internal import CWinograd

extension WinogradConvolution {
  /// Tiles that a thread transforms at a time for the weight's gradient.
  private static let piece = 24

  /// Adds the gradient with respect to the weight: of transformed tiles of input and output gradient, at each point, the
  /// product of matrices, channels by channels.
  func weightGradient(_ input: Tensor, _ outputGradient: Tensor, addingTo gradient: Tensor) {
    let begin = Profile.begin()
    defer { Profile.end(begin, "convolution weight gradient, Winograd") }
    let (input, outputGradient) = (input.blocked(), outputGradient.blocked())
    let grid = grid(turned: false)
    let left = images(input, isInput: true, grid: grid, margin: shape.padding)
    let right = images(outputGradient, isInput: false, grid: grid, margin: 0)
    let (inputs, outputs, lanes) = (inputVectors, outputVectors, lanes)
    let tiles = shape.batch * grid.rows * grid.columns
    let chunks = max(1, tiles / Self.chunk(channels: (inputs + outputs) * lanes, points: points))
    let chunk = (tiles + chunks - 1) / chunks
    let values = Room(tiles: chunk, vectors: inputs, of: self)
    let gradients = Room(tiles: chunk, vectors: outputs, of: self)
    let scratch = Self.scratch(values.count + gradients.count)
    let (first, second) = (scratch.pointer, scratch.pointer + values.count)
    // The points of each matrix; those of the most first, for their sums take longest.
    let pointsOfMatrix = Dictionary(grouping: 0..<points, by: matrix).sorted {
      ($1.value.count, $0.key) < ($0.value.count, $1.key)
    }
    // Where all tiles are transformed at once, the sums of some outputs after the other take less memory.
    let parts = chunks == 1 ? passes(turned: false) : [0..<outputs]
    let widest = parts.map(\.count).max() ?? 0
    let sums = Tensor(uninitialized: [weightStride(rows: inputs, columns: widest) * Self.matrices])
    for start in stride(from: 0, to: tiles, by: chunk) {
      let count = min(chunk, tiles - start)
      parallelPieces((count + Self.piece - 1) / Self.piece) { index in
        let skipped = index * Self.piece
        let (tile, size) = (Int32(start + skipped), Int32(min(Self.piece, count - skipped)))
        let offset = skipped * lanes
        kernels.input(left, tile, size, 0, Int32(inputs), values.tiles(first + offset))
        kernels.gradient(right, tile, size, 0, Int32(outputs), gradients.tiles(second + offset))
      }
      for part in parts {
        let panels = (part.count + 1) / 2
        let weightStride = weightStride(rows: inputs, columns: part.count)
        parallelPieces(Self.matrices * panels) { index in
          let (matrix, vector) = (index / panels, index % panels * 2)
          let offset = (part.lowerBound + vector) * gradients.vectorStride
          for (order, point) in pointsOfMatrix[matrix].value.enumerated() {
            kernels.weight_product(
              first + point * values.pointStride, values.vectorStride,
              second + point * gradients.pointStride + offset, gradients.vectorStride,
              sums.pointer + pointsOfMatrix[matrix].key * weightStride + vector * inputs * lanes * lanes,
              Int32(count), Int32(inputs), Int32(min(2, part.count - vector)), start > 0 || order > 0)
          }
        }
        if start + count == tiles { add(sums, of: part, to: gradient) }
      }
    }
    withExtendedLifetime((input, outputGradient, scratch)) {}
  }

  /// Adds sums at all points, transformed back, to the weight's gradient for these vectors of outputs.
  private func add(_ sums: Tensor, of part: Range<Int>, to gradient: Tensor) {
    let inputs = inputVectors
    let weightStride = weightStride(rows: inputs, columns: part.count)
    let skipped = part.lowerBound * lanes
    parallelRanges((part.count + 1) / 2) { range in
      for vector in 2 * range.lowerBound..<min(part.count, 2 * range.upperBound) {
        kernels.add_weights(
          sums.pointer, weightStride, Int32(vector), Int32(inputs), Int32(part.count),
          gradient.pointer + skipped * shape.inputChannels * 9, Int32(shape.outputChannels - skipped),
          Int32(shape.inputChannels))
      }
    }
  }

  /// Tiles between two sums into the weight's gradient, at least: enough that the sums are read and written seldom, and of
  /// few channels as many as make four megabytes when transformed.
  private static func chunk(channels: Int, points: Int) -> Int {
    max(points > 36 ? 64 : 96, min(192, (1 << 20) / (points * channels)))
  }
}
