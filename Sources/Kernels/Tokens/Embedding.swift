/// Rows of a table, chosen by token ids, plus the embedding of each token's position.
public enum Embedding {
  /// - Parameters:
  ///   - ids: rows of the table, `[batch, tokens]` row by row.
  ///   - table: `[vocabulary, width]`.
  ///   - positions: `[context, width]`, of which the first `tokens` rows are used.
  ///   - tokens: in each sequence, at most the context.
  /// - Returns: `[batch * tokens, width]`.
  public static func forward(_ ids: [Int32], table: Tensor, positions: Tensor, tokens: Int) -> Tensor {
    let (vocabulary, width) = Rows.requireMatrix(table, "Embedding")
    precondition(
      positions.shape.count == 2 && positions.shape[1] == width && tokens > 0
        && tokens <= positions.shape[0] && ids.count % tokens == 0,
      "Embedding: \(ids.count) ids in rows of \(tokens), a table \(table.shape), positions \(positions.shape)"
    )
    precondition(
      ids.allSatisfy { $0 >= 0 && Int($0) < vocabulary },
      "Embedding: ids from \(ids.min() ?? 0) to \(ids.max() ?? 0) for a table of \(vocabulary) rows")
    let result = Tensor(uninitialized: [ids.count, width])
    let begin = Profile.begin()
    defer { Profile.end(begin, "token embedding") }
    parallelFor(ids.count, grain: max(1, elementGrain / width)) { row in
      let target = result.pointer + row * width
      target.update(from: table.pointer + Int(ids[row]) * width, count: width)
      Rows.add(positions.pointer + row % tokens * width, to: target, width)
    }
    return result
  }

  /// Adds to each row of the table's gradient those of its uses, first to last: the same for any number of threads.
  public static func addTableGradient(_ gradient: Tensor, ids: [Int32], to table: Tensor) {
    let (vocabulary, width) = Rows.requireMatrix(table, "Embedding.addTableGradient")
    requireShape(gradient, [ids.count, width], "Embedding.addTableGradient")
    var starts = [Int](repeating: 0, count: vocabulary + 1)
    for id in ids { starts[Int(id) + 1] += 1 }
    for id in 0..<vocabulary { starts[id + 1] += starts[id] }
    var next = starts
    var rows = [Int](repeating: 0, count: ids.count)
    for (row, id) in ids.enumerated() {
      rows[next[Int(id)]] = row
      next[Int(id)] += 1
    }
    let (source, target) = (gradient.pointer, table.pointer)
    let begin = Profile.begin()
    defer { Profile.end(begin, "token embedding") }
    parallelFor(vocabulary, grain: 64) { id in
      for use in starts[id]..<starts[id + 1] {
        Rows.add(source + rows[use] * width, to: target + id * width, width)
      }
    }
  }

  /// Adds to the gradient of each position, `[context, width]`, those of all sequences, first to last.
  public static func addPositionGradient(_ gradient: Tensor, tokens: Int, to positions: Tensor) {
    let (rows, width) = Rows.requireMatrix(gradient, "Embedding.addPositionGradient")
    precondition(
      rows % tokens == 0 && tokens <= positions.shape[0] && positions.shape.last == width,
      "Embedding.addPositionGradient: \(gradient.shape) in rows of \(tokens) for \(positions.shape)")
    let begin = Profile.begin()
    defer { Profile.end(begin, "token embedding") }
    parallelFor(tokens, grain: max(1, elementGrain / max(1, width * rows / tokens))) { token in
      for row in stride(from: token, to: rows, by: tokens) {
        Rows.add(gradient.pointer + row * width, to: positions.pointer + token * width, width)
      }
    }
  }
}

extension Rows {
  /// Adds each row of `x` to that row of `target`, in place.
  public static func add(_ x: Tensor, to target: Tensor, rows: [Int]) {
    let (count, width) = requireMatrix(target, "Rows.add")
    requireShape(x, [rows.count, width], "Rows.add")
    for (row, place) in rows.enumerated() {
      precondition(place >= 0 && place < count, "Rows.add: row \(place) of \(count)")
      add(x.pointer + row * width, to: target.pointer + place * width, width)
    }
  }
}
