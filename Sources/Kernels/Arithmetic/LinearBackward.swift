/// The backward pass of a linear map over many rows, one chunk after the other: slope, bias, input and weight while the
/// chunk is in the cache.
struct LinearBackward {
  let gradient: Tensor
  let slope: Tensor?
  let input: Tensor
  let weight: Tensor
  let toWeight: Tensor?
  let toBias: Tensor?
  let wantsInput: Bool

  private var outputs: Int { weight.shape[0] }
  private var inputs: Int { weight.shape[1] }

  /// The product that sums over rows is faster with fewer rows than columns, so the gradient of a weight with more
  /// outputs than inputs is gathered transposed.
  private var isTurned: Bool { outputs > inputs }

  func run() -> Tensor? {
    let rows = gradient.shape[0]
    let chunks = (rows + LinearMap.chunk - 1) / LinearMap.chunk
    let groups = min(LinearMap.groups, chunks)
    let result = wantsInput ? Tensor(uninitialized: [rows, inputs]) : nil
    let weightSums = toWeight.map { _ in Tensor(uninitialized: [groups, inputs * outputs]) }
    let biasSums = toBias.map { _ in Tensor(zeros: [groups, outputs]) }
    parallelFor(groups) { group in
      let first = chunks * group / groups
      for chunk in first..<chunks * (group + 1) / groups {
        let range = chunk * LinearMap.chunk..<min(rows, (chunk + 1) * LinearMap.chunk)
        let part = gradient.pointer + range.lowerBound * outputs
        finish(part, range, bias: biasSums.map { $0.pointer + group * outputs })
        if let result {
          multiplyBlock(
            part, weight.pointer, result.pointer + range.lowerBound * inputs, rows: range.count,
            columns: inputs, inner: outputs, accumulating: false)
        }
        if let weightSums {
          let (x, sum) = (
            input.pointer + range.lowerBound * inputs, weightSums.pointer + group * inputs * outputs
          )
          multiplyBlock(
            isTurned ? x : part, isTurned ? part : x, sum, rows: isTurned ? inputs : outputs,
            columns: isTurned ? outputs : inputs, inner: range.count, transposeLeft: true,
            accumulating: chunk > first)
        }
      }
    }
    if let weightSums, let toWeight { add(weightSums, groups, to: toWeight) }
    if let biasSums, let toBias {
      for group in 0..<groups { Rows.add(biasSums.pointer + group * outputs, to: toBias.pointer, outputs) }
    }
    return result
  }

  /// Multiplies a chunk by the activation's slope and adds its rows to the bias's gradient.
  private func finish(
    _ part: UnsafeMutablePointer<Float>, _ range: Range<Int>, bias: UnsafeMutablePointer<Float>?
  ) {
    for row in 0..<range.count {
      let line = part + row * outputs
      if let slopes = slope.map({ $0.pointer + (range.lowerBound + row) * outputs }) {
        Sweep.vectors(0..<outputs) { index in
          line.store(line.lanes(index) * slopes.lanes(index), at: index)
        } rest: { index, size in
          line.store(
            line.lanes(index, count: size) * slopes.lanes(index, count: size), at: index, count: size)
        }
      }
      if let bias { Rows.add(line, to: bias, outputs) }
    }
  }

  /// Adds the groups' sums in their order, turned back if they stand transposed.
  private func add(_ sums: Tensor, _ groups: Int, to target: Tensor) {
    let count = inputs * outputs
    let first = sums.pointer
    Sweep.forEach(count) { range in
      for group in 1..<max(1, groups) {
        let other = first + group * count
        Rows.add(other + range.lowerBound, to: first + range.lowerBound, range.count)
      }
    }
    guard isTurned else {
      return Sweep.forEach(count) { range in
        Rows.add(first + range.lowerBound, to: target.pointer + range.lowerBound, range.count)
      }
    }
    let (destination, inputs, outputs) = (target.pointer, inputs, outputs)
    forEachTile(rows: outputs, columns: inputs) { row, column in
      destination[row * inputs + column] += first[column * outputs + row]
    }
  }
}
