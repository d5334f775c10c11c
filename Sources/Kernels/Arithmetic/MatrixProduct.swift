internal import COpenBLAS

/// C = op(A)·op(B), or C += op(A)·op(B), on the calling thread; matrices are row-major and dense.
func multiply(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, rows: Int,
  columns: Int, inner: Int, transposeLeft: Bool = false, transposeRight: Bool = false, accumulating: Bool,
  scale: Float = 1, leftStride: Int? = nil, rightStride: Int? = nil, targetStride: Int? = nil
) {
  cblas_sgemm(
    CblasRowMajor, transposeLeft ? CblasTrans : CblasNoTrans, transposeRight ? CblasTrans : CblasNoTrans,
    Int32(rows), Int32(columns), Int32(inner), scale, a,
    Int32(leftStride ?? (transposeLeft ? rows : inner)), b,
    Int32(rightStride ?? (transposeRight ? inner : columns)), accumulating ? 1 : 0, c,
    Int32(targetStride ?? columns))
}

/// The same, spread over the threads by rows or columns of C, whichever are more.
func parallelMultiply(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, rows: Int,
  columns: Int, inner: Int, transposeLeft: Bool = false, transposeRight: Bool = false, accumulating: Bool,
  scale: Float = 1
) {
  // Below about 10^5 multiplications a second thread costs more than it brings.
  let byRows = rows >= columns
  let extent = byRows ? rows : columns
  let work = rows * columns * inner
  let grain = max(16, Int(Double(extent) * 131_072 / Double(max(1, work))))
  let (leftStride, rightStride) = (transposeLeft ? rows : inner, transposeRight ? inner : columns)
  let tiles = (extent + 15) / 16
  parallelRanges(tiles, grain: max(1, grain / 16)) { range in
    let start = range.lowerBound * 16
    let count = min(extent, range.upperBound * 16) - start
    if byRows {
      multiply(
        a + (transposeLeft ? start : start * leftStride), b, c + start * columns, rows: count,
        columns: columns,
        inner: inner, transposeLeft: transposeLeft, transposeRight: transposeRight,
        accumulating: accumulating,
        scale: scale, leftStride: leftStride, rightStride: rightStride)
    } else {
      multiply(
        a, b + (transposeRight ? start * rightStride : start), c + start, rows: rows, columns: count,
        inner: inner, transposeLeft: transposeLeft, transposeRight: transposeRight,
        accumulating: accumulating,
        scale: scale, leftStride: leftStride, rightStride: rightStride, targetStride: columns)
    }
  }
}

private func extents(_ a: Tensor, _ b: Tensor, _ transposeLeft: Bool, _ transposeRight: Bool) -> (
  rows: Int, columns: Int, inner: Int
) {
  precondition(
    a.shape.count == 2 && b.shape.count == 2
      && a.shape[transposeLeft ? 0 : 1] == b.shape[transposeRight ? 1 : 0],
    "matrixProduct: \(a.shape)\(transposeLeft ? " transposed" : "") with \(b.shape)\(transposeRight ? " transposed" : "")"
  )
  let inner = a.shape[transposeLeft ? 0 : 1]
  return (a.shape[transposeLeft ? 1 : 0], b.shape[transposeRight ? 0 : 1], inner)
}

/// The product of two matrices `[rows, inner]` and `[inner, columns]`, either of them given transposed, times `scale`.
public func matrixProduct(
  _ a: Tensor, _ b: Tensor, transposeLeft: Bool = false, transposeRight: Bool = false, scale: Float = 1
) -> Tensor {
  let (rows, columns, inner) = extents(a, b, transposeLeft, transposeRight)
  let result = Tensor(uninitialized: [rows, columns])
  parallelMultiply(
    a.plain().pointer, b.plain().pointer, result.pointer, rows: rows, columns: columns, inner: inner,
    transposeLeft: transposeLeft, transposeRight: transposeRight, accumulating: false, scale: scale)
  return result
}

/// Adds a product of two matrices to `target` in place.
public func addMatrixProduct(
  _ a: Tensor, _ b: Tensor, transposeLeft: Bool = false, transposeRight: Bool = false, scale: Float = 1,
  to target: Tensor
) {
  let (rows, columns, inner) = extents(a, b, transposeLeft, transposeRight)
  requireShape(target, [rows, columns], "addMatrixProduct")
  parallelMultiply(
    a.plain().pointer, b.plain().pointer, target.pointer, rows: rows, columns: columns, inner: inner,
    transposeLeft: transposeLeft, transposeRight: transposeRight, accumulating: true, scale: scale)
}
