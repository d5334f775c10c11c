import Synchronization

/// Scores of many sets against themselves (`second` is nil) or against another set each.
///
/// Eight inputs are handled at a time: their scores stand in the lanes of vectors, so that sorting eight inputs costs as
/// much as sorting one.
struct SetComparison {
  let first: EmbeddingSets
  let second: EmbeddingSets?
  let similarity: Similarity
  let isSorted: Bool

  private static let lanes = 8

  /// Fills `result`, `[inputs, scores]`, and returns the rows for which the similarity is undefined, ascending.
  func run(into result: Tensor) -> [Int] {
    let (inputs, scores) = (result.shape[0], result.shape[1])
    let network = isSorted ? SortingNetwork(count: scores) : nil
    let undefined = Mutex<[Int]>([])
    let groups = (inputs + SetComparison.lanes - 1) / SetComparison.lanes
    parallelRanges(groups) { range in
      let workspace = Workspace(first: first, second: second, scores: scores)
      var found: [Int] = []
      for group in range {
        let start = group * SetComparison.lanes
        let count = min(SetComparison.lanes, inputs - start)
        for lane in 0..<count {
          compare(start + lane, lane: lane, workspace)
          found += workspace.undefinedRows(of: start + lane, inputs: inputs)
        }
        if let network { network.sort(workspace.scores) }
        for lane in 0..<count {
          let target = result.pointer + (start + lane) * scores
          let source = UnsafeMutableRawPointer(workspace.scores).assumingMemoryBound(to: Float.self) + lane
          for score in 0..<scores { target[score] = source[score * SetComparison.lanes] }
        }
      }
      workspace.free()
      if !found.isEmpty { undefined.withLock { $0 += found } }
    }
    return undefined.withLock { $0.sorted() }
  }

  /// Writes the scores of one input into a lane of the workspace.
  private func compare(_ input: Int, lane: Int, _ workspace: Workspace) {
    let left = first.prepare(
      input, similarity: similarity, scratch: workspace.firstRows, scales: workspace.firstScales)
    let leftTable = DotTile.Rows(pointer: left, count: first.rows, stride: first.paddedWidth)
    var rightTable = leftTable
    if let second {
      let right = second.prepare(
        input, similarity: similarity, scratch: workspace.secondRows, scales: workspace.secondScales)
      rightTable = DotTile.Rows(pointer: right, count: second.rows, stride: second.paddedWidth)
    }
    let isSymmetric = second == nil
    let scalesA = workspace.firstScales
    let scalesB = isSymmetric ? workspace.firstScales : workspace.secondScales
    let lanes = UnsafeMutableRawPointer(workspace.scores).assumingMemoryBound(to: Float.self) + lane
    let (rows, columns) = (leftTable.count, rightTable.count)
    for row in stride(from: 0, to: rows, by: DotTile.height) {
      for column in stride(from: isSymmetric ? row : 0, to: columns, by: DotTile.width) {
        let tile =
          similarity == .euclidean
          ? DotTile.squaredDistances(leftTable, row, rightTable, column)
          : DotTile.dotProducts(leftTable, row, rightTable, column)
        for i in row..<min(rows, row + DotTile.height) {
          for j in column..<min(columns, column + DotTile.width) where !isSymmetric || j > i {
            let value = tile[(i - row) * DotTile.width + j - column]
            let scale = scalesA[i] * scalesB[j]
            let index = isSymmetric ? i * (2 * columns - i - 1) / 2 + j - i - 1 : i * columns + j
            lanes[index * SetComparison.lanes] = finished(value, scale)
          }
        }
      }
    }
  }

  @inline(__always)
  private func finished(_ value: Float, _ scale: Float) -> Float {
    if scale == 0 { return 0 }
    // Rounding may leave the cosine of equal directions just above 1.
    return similarity == .euclidean ? -value.squareRoot() : max(-1, min(1, value * scale))
  }
}

/// Memory of one thread for the eight inputs it works on.
private struct Workspace {
  let firstRows: UnsafeMutablePointer<Float>
  let secondRows: UnsafeMutablePointer<Float>
  let firstScales: UnsafeMutablePointer<Float>
  let secondScales: UnsafeMutablePointer<Float>
  /// Score by score, the eight inputs in lanes.
  let scores: UnsafeMutablePointer<SIMD8<Float>>
  let counts: (first: Int, second: Int)

  init(first: EmbeddingSets, second: EmbeddingSets?, scores count: Int) {
    counts = (first.rows, second?.rows ?? 0)
    firstRows = .allocate(capacity: first.scratchCount)
    secondRows = .allocate(capacity: max(1, second?.scratchCount ?? 0))
    firstScales = .allocate(capacity: counts.first)
    secondScales = .allocate(capacity: max(1, counts.second))
    scores = .allocate(capacity: count)
    scores.initialize(repeating: SIMD8(), count: count)
  }

  func free() {
    firstRows.deallocate()
    secondRows.deallocate()
    firstScales.deallocate()
    secondScales.deallocate()
    scores.deallocate()
  }

  func undefinedRows(of input: Int, inputs: Int) -> [Int] {
    var rows: [Int] = []
    for row in 0..<counts.first where firstScales[row] == 0 { rows.append(input * counts.first + row) }
    for row in 0..<counts.second where secondScales[row] == 0 {
      rows.append(inputs * counts.first + input * counts.second + row)
    }
    return rows
  }
}
