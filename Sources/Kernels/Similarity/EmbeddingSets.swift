/// Sets of embeddings, each of as many rows, as the similarity kernels read them.
struct EmbeddingSets {
  static let lanes = 8
  let embeddings: Tensor
  /// Rows of a set.
  let rows: Int
  let width: Int
  /// Width rounded up to whole vectors.
  let paddedWidth: Int

  init(_ embeddings: Tensor, rows: Int) {
    self.embeddings = embeddings.plain()
    self.rows = rows
    width = embeddings.shape[1]
    paddedWidth = (width + EmbeddingSets.lanes - 1) / EmbeddingSets.lanes * EmbeddingSets.lanes
  }

  /// Floats of scratch memory that ``prepare(_:similarity:scratch:scales:)`` needs.
  var scratchCount: Int { rows * paddedWidth }

  /// Makes a set ready for dot products, or differences: whole vectors, centred for the correlation.
  ///
  /// - Parameter scales: for each row the reciprocal of its norm, 1 for distances; 0 where similarity is undefined.
  /// - Returns: the rows, `paddedWidth` apart: in place where nothing had to be changed, else in `scratch`.
  func prepare(
    _ set: Int, similarity: Similarity, scratch: UnsafeMutablePointer<Float>,
    scales: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    let source = UnsafePointer(embeddings.pointer + set * rows * width)
    let isCopied = similarity == .correlation || paddedWidth != width
    if isCopied {
      for row in 0..<rows {
        let (from, to) = (source + row * width, scratch + row * paddedWidth)
        to.update(from: from, count: width)
        for pad in width..<paddedWidth { to[pad] = 0 }
      }
    }
    let ready = isCopied ? UnsafePointer(scratch) : source
    for row in 0..<rows {
      let square = sumOfSquares(ready + row * paddedWidth, paddedWidth)
      var norm = square
      if similarity == .correlation {
        center(scratch + row * paddedWidth)
        norm = sumOfSquares(ready + row * paddedWidth, paddedWidth)
        // What rounding leaves of equal components is no deviation.
        if norm <= 1e-12 * square { norm = 0 }
      }
      let isDefined = norm.isFinite && (norm >= .leastNormalMagnitude || similarity == .euclidean)
      scales[row] = !isDefined ? 0 : similarity == .euclidean ? 1 : 1 / norm.squareRoot()
    }
    return ready
  }

  private func center(_ row: UnsafeMutablePointer<Float>) {
    var sums = SIMD8<Float>()
    var index = 0
    while index < paddedWidth {
      sums += load(row + index)
      index += EmbeddingSets.lanes
    }
    let mean = sums.sum() / Float(width)
    for column in 0..<width { row[column] -= mean }
  }
}

/// Eight floats from memory of any alignment.
@inline(__always)
func load(_ pointer: UnsafePointer<Float>) -> SIMD8<Float> {
  UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self)
}

/// The sum of squares of whole vectors.
@inline(__always)
func sumOfSquares(_ row: UnsafePointer<Float>, _ count: Int) -> Float {
  var even = SIMD8<Float>()
  var odd = SIMD8<Float>()
  var index = 0
  while index + 16 <= count {
    let (a, b) = (load(row + index), load(row + index + 8))
    even.addProduct(a, a)
    odd.addProduct(b, b)
    index += 16
  }
  if index < count {
    let a = load(row + index)
    even.addProduct(a, a)
  }
  return (even + odd).sum()
}
