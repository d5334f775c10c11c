#if oneDNN
  internal import CDNNL
#endif

/// C = op(A)·B, or C += op(A)·B, for blocks of which one side is some hundred long; matrices are row-major and dense.
///
/// Called from within a parallel region, or with one thread set: the library would start threads of its own otherwise.
/// On such shapes oneDNN is a third faster than OpenBLAS, as long as neither B nor C must be read transposed.
func multiplyBlock(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, rows: Int,
  columns: Int, inner: Int, transposeLeft: Bool = false, accumulating: Bool
) {
  #if oneDNN
    let isDone = cdnnl_multiply(
      a, b, c, Int64(rows), Int64(columns), Int64(inner), transposeLeft, accumulating)
    if isDone { return }
  #endif
  multiply(
    a, b, c, rows: rows, columns: columns, inner: inner, transposeLeft: transposeLeft,
    accumulating: accumulating)
}

/// The transpose of a matrix, `[columns, rows]`.
func transposed(_ x: Tensor) -> Tensor {
  let result = Tensor(uninitialized: [x.shape[1], x.shape[0]])
  forEachTile(rows: x.shape[0], columns: x.shape[1]) { row, column in
    result.pointer[column * x.shape[0] + row] = x.pointer[row * x.shape[1] + column]
  }
  return result
}

/// Calls `body` for each place of a matrix in tiles of 16 by 16, so that both orders of walking stay within few lines.
@inline(__always)
func forEachTile(rows: Int, columns: Int, _ body: (_ row: Int, _ column: Int) -> Void) {
  parallelFor((rows + 15) / 16, grain: max(1, elementGrain / 16 / max(1, columns))) { strip in
    for start in stride(from: 0, to: columns, by: 16) {
      for row in strip * 16..<min(rows, strip * 16 + 16) {
        for column in start..<min(columns, start + 16) { body(row, column) }
      }
    }
  }
}
