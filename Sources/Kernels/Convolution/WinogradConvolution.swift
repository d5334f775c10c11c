internal import CWinograd

/// A 3x3 convolution by Winograd's algorithm (Lavin and Gray 2016): 4x4 outputs at a time from 36 products instead of 144.
///
/// F(4x4, 3x3): tiles of 6x6 input pixels overlap by two and give 4x4 outputs each. Their transforms have 36 values, the
/// points; at each point the convolution is a product of matrices, tiles by channels. Images that 4 does not divide are
/// filled up with zeros: even then F(2x2, 3x3) would take no fewer products, from 3x3 pixels on.
///
/// With a stride of 2 every other pixel meets the first and the last tap, by F(4, 2), and those between them the middle one:
/// 9 products instead of 12 along a side, 81 instead of 144.
///
/// Tiles are taken in blocks, from the input's transform to the output's, so that what lies between stays in the caches. A
/// result's bits depend neither on the blocks nor on the threads: its sums have one order.
struct WinogradConvolution {
  let shape: ConvolutionShape

  /// Whether the algorithm can compute a convolution; whether it should is ``ConvolutionAlgorithm/preferred(_:_:)``'s.
  static func takes(_ shape: ConvolutionShape) -> Bool {
    guard shape.kernel == 3, !shape.takesPlainInput else { return false }
    return shape.stride == 1 ? shape.padding <= 2 : shape.stride == 2 && shape.padding == 1
  }

  let kernels: cwinograd_kernels
  var lanes: Int { Int(kernels.lanes) }
  var inputVectors: Int { vectors(shape.inputChannels) }
  var outputVectors: Int { vectors(shape.outputChannels) }

  /// Vectors of channels in an image, with those that fill its blocks.
  private func vectors(_ channels: Int) -> Int { Layout.blocks(channels) * Layout.block / lanes }

  /// Floats in a vector: the most that a register holds and that blocks of channels are a multiple of.
  static let widestLanes = Layout.block == 16 && cwinograd_has_wide_registers() ? 16 : 8

  /// - Parameter lanes: floats in a vector, 8 or the widest.
  init(shape: ConvolutionShape, lanes: Int = widestLanes) {
    guard lanes <= WinogradConvolution.widestLanes,
      let kernels = cwinograd_kernels_with(Int32(lanes), Int32(shape.stride))
    else {
      preconditionFailure("Winograd: no kernels for vectors of \(lanes) floats")
    }
    (self.shape, self.kernels) = (shape, kernels.pointee)
  }

  /// Points along a side of a tile, and in all.
  private var side: Int { Int(kernels.side) }
  var points: Int { side * side }
  /// Matrices of transformed weights, and the one that a point is multiplied by: those from the sixth on of a side share it.
  static let matrices = Int(cwinograd_matrices)
  func matrix(_ point: Int) -> Int { 6 * min(5, point / side) + min(5, point % side) }

  /// Floats between the end of one point's values and the next: without it all points would share a few lines of cache.
  private static let gap = 16
  /// Greatest number of tiles in a block.
  private var block: Int { shape.stride == 1 ? 72 : 36 }

  /// Rows and columns of tiles that cover the output, or the input of that gradient.
  func grid(turned: Bool) -> (rows: Int, columns: Int) {
    let tile = Int(cwinograd_tile)
    let coversInput = turned && shape.stride == 1
    let (height, width) =
      coversInput ? (shape.height, shape.width) : (shape.outputHeight, shape.outputWidth)
    return ((height + tile - 1) / tile, (width + tile - 1) / tile)
  }

  /// Images cut into tiles.
  /// - Parameters:
  ///   - isInput: whether they are the convolution's input, or its gradient, and not the output's.
  ///   - margin: pixels by which the first tile begins outside.
  func images(_ tensor: Tensor, isInput: Bool, grid: (rows: Int, columns: Int), margin: Int)
    -> cwinograd_images
  {
    precondition(tensor.layout == .blocked, "Winograd: needs blocked images")
    return cwinograd_images(
      values: tensor.pointer, channels: Int32(Layout.blocks(tensor.shape[1]) * Layout.block),
      block: Int32(Layout.block), height: Int32(tensor.shape[2]), width: Int32(tensor.shape[3]),
      tile_rows: Int32(grid.rows), tile_columns: Int32(grid.columns),
      step: Int32(cwinograd_tile) * Int32(isInput ? shape.stride : 1), margin: Int32(margin))
  }

  /// Where transformed tiles of some vectors of channels stand: `[point][vector][tile][lane]`.
  struct Room {
    let vectorStride: Int
    let pointStride: Int
    let count: Int

    init(tiles: Int, vectors: Int, of convolution: WinogradConvolution) {
      vectorStride = tiles * convolution.lanes
      pointStride = vectorStride * vectors + WinogradConvolution.gap
      count = pointStride * convolution.points
    }

    func tiles(_ start: UnsafeMutablePointer<Float>) -> cwinograd_tiles {
      cwinograd_tiles(values: start, point_stride: pointStride, vector_stride: vectorStride)
    }
  }

  // MARK: Weights

  /// Floats from a matrix of transformed weights to the next, with so many vectors of columns.
  func weightStride(rows: Int, columns: Int) -> Int { rows * columns * lanes * lanes + Self.gap }

  /// Vectors of the weights' rows and columns: inputs and outputs, or for the input's gradient, `turned`, outputs and inputs.
  private func sides(turned: Bool) -> (rows: Int, columns: Int) {
    turned ? (outputVectors, inputVectors) : (inputVectors, outputVectors)
  }

  /// The weights' transform, for the output or, `turned`, for the input's gradient; the same for images of any size.
  func transformed(_ weight: Tensor, turned: Bool = false) -> Tensor {
    transformed(weight, turned: turned, columns: 0..<sides(turned: turned).columns)
  }

  private func transformed(_ weight: Tensor, turned: Bool, columns: Range<Int>) -> Tensor {
    let begin = Profile.begin()
    defer { Profile.end(begin, "Winograd weight transform") }
    let rows = sides(turned: turned).rows
    let stride = weightStride(rows: rows, columns: columns.count)
    let result = Tensor(uninitialized: [stride * Self.matrices])
    let source = weight.plain()
    parallelRanges((columns.count + 1) / 2) { panels in
      for vector in 2 * panels.lowerBound..<min(columns.count, 2 * panels.upperBound) {
        kernels.weights(
          source.pointer, Int32(shape.outputChannels), Int32(shape.inputChannels), turned,
          Int32(columns.lowerBound), Int32(vector), Int32(rows), Int32(columns.count), result.pointer, stride)
      }
    }
    withExtendedLifetime(source) {}
    return result
  }

  /// The columns that are convolved at a time where weights are transformed for one use: so many that their transform, 4
  /// times as large as they are, stays in a cache. The input is transformed anew for each, which large weights outweigh.
  func passes(turned: Bool) -> [Range<Int>] {
    let (rows, columns) = sides(turned: turned)
    let panels = (columns + 1) / 2
    let count = max(1, min(panels, Self.matrices * rows * columns * lanes * lanes >> 21))
    return (0..<count).map { 2 * ($0 * panels / count)..<min(columns, 2 * (($0 + 1) * panels / count)) }
  }

  // MARK: Output and input gradient

  /// The output `[batch, output channels, output height, output width]`.
  func forward(_ input: Tensor, _ weight: Tensor) -> Tensor {
    let output = Tensor(uninitialized: shape.outputShape, layout: .blocked)
    inference(input, weight: weight, bias: nil, addingOutput: false, relu: false, into: output)
    return output
  }

  /// The output with a bias and what follows it.
  /// - Parameters:
  ///   - weight: plain; not looked at where it is `ready`.
  ///   - ready: as ``transformed(_:turned:)`` gives it.
  ///   - bias: one for each channel of the output and those that fill its blocks, which must be zero.
  ///   - addingOutput: whether what stands in `output` is added before the ReLU.
  func inference(
    _ input: Tensor, weight: Tensor, ready: Tensor? = nil, bias: Tensor?, addingOutput: Bool, relu: Bool,
    into output: Tensor
  ) {
    let epilogue = cwinograd_epilogue(
      bias: bias.map { UnsafePointer($0.pointer) }, adds_output: addingOutput, relu: relu)
    convolve(input.blocked(), weight, ready: ready, turned: false, epilogue: epilogue, into: output)
    withExtendedLifetime(bias) {}
  }

  /// The gradient with respect to the input: the convolution of the output's gradient with the turned weights.
  func inputGradient(_ outputGradient: Tensor, _ weight: Tensor) -> Tensor {
    let result = Tensor(uninitialized: shape.inputShape, layout: .blocked)
    convolve(
      outputGradient.blocked(), weight, ready: nil, turned: true,
      epilogue: cwinograd_epilogue(bias: nil, adds_output: false, relu: false), into: result)
    return result
  }

  private func convolve(
    _ input: Tensor, _ weight: Tensor, ready: Tensor?, turned: Bool, epilogue: cwinograd_epilogue,
    into output: Tensor
  ) {
    let operation = turned ? "convolution input gradient, Winograd" : "convolution forward, Winograd"
    let columns = sides(turned: turned).columns
    for part in ready == nil ? passes(turned: turned) : [0..<columns] {
      let weights = ready ?? transformed(weight, turned: turned, columns: part)
      Profile.measure(operation) {
        convolve(input, weights, columns: part, turned: turned, epilogue: epilogue, into: output)
      }
    }
  }

  /// - Parameters:
  ///   - weights: transformed, of these columns alone.
  ///   - columns: vectors of the output's channels.
  private func convolve(
    _ input: Tensor, _ weights: Tensor, columns: Range<Int>, turned: Bool, epilogue: cwinograd_epilogue,
    into output: Tensor
  ) {
    let grid = grid(turned: turned)
    // What a stride of 2 reads for the input's gradient begins with the first pixel.
    let margin = turned ? (shape.stride == 1 ? 2 - shape.padding : 0) : shape.padding
    let source = images(input, isInput: !turned, grid: grid, margin: margin)
    let target = images(output, isInput: turned, grid: grid, margin: 0)
    let (toPoints, fromPoints) =
      turned ? (kernels.turned_input!, kernels.turned_output!) : (kernels.input!, kernels.output!)
    let (lanes, threads, inputs) = (lanes, Threads.count, sides(turned: turned).rows)
    let weightStride = weightStride(rows: inputs, columns: columns.count)
    let tiles = shape.batch * grid.rows * grid.columns
    // Blocks of equal size, at least one for each thread; of few tiles each thread takes some of the channels.
    let least = max((tiles + block - 1) / block, min(threads, max(1, tiles / Int(kernels.rows))))
    let blocks = least < threads ? least : (least + threads - 1) / threads * threads
    let blockTiles = (tiles + blocks - 1) / blocks
    let parts = (tiles + blockTiles - 1) / blockTiles
    let panels = (columns.count + 1) / 2
    let shares = min(panels, max(1, threads / parts))
    let values = Room(tiles: blockTiles, vectors: inputs, of: self)
    let products = Room(tiles: blockTiles, vectors: 2 * ((panels + shares - 1) / shares), of: self)
    parallelPieces(parts * shares) { item in
      let scratch = Self.scratch(values.count + products.count)
      let (first, second) = (scratch.pointer, scratch.pointer + values.count)
      let (start, share) = (item / shares * blockTiles, item % shares)
      let count = Int32(min(blockTiles, tiles - start))
      let firstVector = 2 * (share * panels / shares)
      let vectors = min(columns.count, 2 * ((share + 1) * panels / shares)) - firstVector
      toPoints(source, Int32(start), count, 0, Int32(inputs), values.tiles(first))
      for point in 0..<points {
        kernels.product(
          first + point * values.pointStride, values.vectorStride,
          weights.pointer + matrix(point) * weightStride + firstVector * inputs * lanes * lanes,
          second + point * products.pointStride, products.vectorStride, count, Int32(inputs), Int32(vectors))
      }
      fromPoints(
        products.tiles(second), epilogue, Int32(start), count, Int32(columns.lowerBound + firstVector),
        Int32(vectors), target)
      withExtendedLifetime(scratch) {}
    }
    withExtendedLifetime((input, weights, output)) {}
  }

  /// Memory for transformed tiles, in few sizes, so that layers of all shapes share the same blocks.
  static func scratch(_ count: Int) -> Storage {
    let unit = 1 << 20
    if count > unit { return Storage(count: (count + unit - 1) / unit * unit) }
    var size = 1 << 18
    while size < count { size *= 2 }
    return Storage(count: size)
  }
}
