/// Pooling over the elements of sets: `[sets * size, width]` holds the elements of each set in consecutive rows.
public enum SetPooling {
  private static func extents(_ x: Tensor, _ size: Int, _ operation: String) -> (sets: Int, width: Int) {
    let (rows, width) = Rows.requireMatrix(x, operation)
    precondition(size > 0 && rows % size == 0, "\(operation): \(rows) rows are no sets of \(size)")
    return (rows / size, width)
  }

  /// Mean and maximum over each set, side by side, `[sets, 2 * width]`.
  public static func meanAndMaximum(_ x: Tensor, size: Int) -> Tensor {
    let (sets, width) = extents(x, size, "SetPooling.meanAndMaximum")
    let result = Tensor(uninitialized: [sets, 2 * width])
    let share = 1 / Float(size)
    parallelFor(sets, grain: max(1, elementGrain / (size * width))) { set in
      let source = UnsafePointer(x.pointer + set * size * width)
      let mean = result.pointer + set * 2 * width
      let greatest = mean + width
      mean.update(from: source, count: width)
      greatest.update(from: source, count: width)
      for element in 1..<max(1, size) {
        let line = source + element * width
        var index = 0
        while index + 16 <= width {
          let value = line.lanes(index)
          mean.store(mean.lanes(index) + value, at: index)
          greatest.store(greater(greatest.lanes(index), value), at: index)
          index += 16
        }
        while index < width {
          mean[index] += line[index]
          greatest[index] = max(greatest[index], line[index])
          index += 1
        }
      }
      for index in 0..<width { mean[index] *= share }
    }
    return result
  }

  /// The gradient of `meanAndMaximum`; a maximum's goes to the first element that attains it.
  public static func meanAndMaximumGradient(_ gradient: Tensor, input: Tensor, output: Tensor, size: Int)
    -> Tensor
  {
    let (sets, width) = extents(input, size, "SetPooling.meanAndMaximumGradient")
    requireShape(gradient, [sets, 2 * width], "SetPooling.meanAndMaximumGradient")
    let result = Tensor(uninitialized: input.shape)
    let share = 1 / Float(size)
    parallelFor(sets, grain: max(1, elementGrain / (size * width))) { set in
      let source = UnsafePointer(input.pointer + set * size * width)
      let target = result.pointer + set * size * width
      let mean = UnsafePointer(gradient.pointer + set * 2 * width)
      let greatest = UnsafePointer(output.pointer + set * 2 * width + width)
      let remaining = Storage(count: width)
      remaining.pointer.update(from: mean + width, count: width)
      for element in 0..<size {
        let (line, to) = (source + element * width, target + element * width)
        var index = 0
        while index + 8 <= width {
          let isGreatest = line.eight(index) .== greatest.eight(index)
          let rest = UnsafePointer(remaining.pointer).eight(index)
          let routed = HalfLanes.zero.replacing(with: rest, where: isGreatest)
          to.storeEight(routed.addingProduct(mean.eight(index), HalfLanes(repeating: share)), at: index)
          remaining.pointer.storeEight(rest.replacing(with: 0, where: isGreatest), at: index)
          index += 8
        }
        while index < width {
          to[index] = mean[index] * share
          if line[index] == greatest[index] {
            to[index] += remaining.pointer[index]
            remaining.pointer[index] = 0
          }
          index += 1
        }
      }
    }
    return result
  }

  /// Each element minus the maximum over its set, by column.
  public static func minusMaximum(_ x: Tensor, size: Int) -> Tensor {
    let (sets, width) = extents(x, size, "SetPooling.minusMaximum")
    let pooled = meanAndMaximum(x, size: size)
    let result = Tensor(uninitialized: x.shape)
    parallelFor(sets, grain: max(1, elementGrain / (size * width))) { set in
      let greatest = pooled.pointer + set * 2 * width + width
      for row in set * size..<(set + 1) * size {
        let (source, target) = (x.pointer + row * width, result.pointer + row * width)
        for index in 0..<width { target[index] = source[index] - greatest[index] }
      }
    }
    return result
  }

  /// The gradient of `minusMaximum`: the first element that attains the maximum loses the sum over the set.
  public static func minusMaximumGradient(_ gradient: Tensor, input: Tensor, size: Int) -> Tensor {
    let (sets, width) = extents(input, size, "SetPooling.minusMaximumGradient")
    requireShape(gradient, input.shape, "SetPooling.minusMaximumGradient")
    let result = gradient.copy()
    parallelFor(sets, grain: max(1, elementGrain / (size * width))) { set in
      for index in 0..<width {
        var (best, sum) = (set * size, Float(0))
        for row in set * size..<(set + 1) * size {
          if input.pointer[row * width + index] > input.pointer[best * width + index] { best = row }
          sum += gradient.pointer[row * width + index]
        }
        result.pointer[best * width + index] -= sum
      }
    }
    return result
  }
}
