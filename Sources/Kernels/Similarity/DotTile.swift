/// Dot products, or squared distances, of four rows with two: each vector that is loaded is used more than once, and the
/// eight sums are enough to keep both multipliers busy.
enum DotTile {
  static let height = 4
  static let width = 2

  /// Rows in memory; an index past the last one stands for the last one.
  struct Rows {
    let pointer: UnsafePointer<Float>
    let count: Int
    /// From one row to the next, whole vectors.
    let stride: Int

    @inline(__always)
    subscript(_ row: Int) -> UnsafePointer<Float> { pointer + min(row, count - 1) * stride }
  }

  /// Element `2 i + j` is the dot product of rows `row + i` of `a` and `column + j` of `b`.
  @inline(__always)
  static func dotProducts(_ a: Rows, _ row: Int, _ b: Rows, _ column: Int) -> SIMD8<Float> {
    accumulate(a, row, b, column) { $0.addProduct($1, $2) }
  }

  /// Element `2 i + j` is the squared distance of rows `row + i` of `a` and `column + j` of `b`, summed from differences:
  /// views of one image lie close together, where norms less products would cancel.
  @inline(__always)
  static func squaredDistances(_ a: Rows, _ row: Int, _ b: Rows, _ column: Int) -> SIMD8<Float> {
    accumulate(a, row, b, column) {
      let difference = $1 - $2
      $0.addProduct(difference, difference)
    }
  }

  @inline(__always)
  private static func accumulate(
    _ a: Rows, _ row: Int, _ b: Rows, _ column: Int,
    _ add: (inout SIMD8<Float>, SIMD8<Float>, SIMD8<Float>) -> Void
  ) -> SIMD8<Float> {
    let (a0, a1, a2, a3) = (a[row], a[row + 1], a[row + 2], a[row + 3])
    let (b0, b1) = (b[column], b[column + 1])
    var (s00, s01, s10, s11) = (SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>())
    var (s20, s21, s30, s31) = (SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>())
    var index = 0
    while index < a.stride {
      let (y0, y1) = (load(b0 + index), load(b1 + index))
      let x0 = load(a0 + index)
      add(&s00, x0, y0)
      add(&s01, x0, y1)
      let x1 = load(a1 + index)
      add(&s10, x1, y0)
      add(&s11, x1, y1)
      let x2 = load(a2 + index)
      add(&s20, x2, y0)
      add(&s21, x2, y1)
      let x3 = load(a3 + index)
      add(&s30, x3, y0)
      add(&s31, x3, y1)
      index += EmbeddingSets.lanes
    }
    return SIMD8(s00.sum(), s01.sum(), s10.sum(), s11.sum(), s20.sum(), s21.sum(), s30.sum(), s31.sum())
  }
}
