/// Pooling of images `[batch, channels, height, width]`.
public enum Pooling {
  /// Mean over all pixels, `[batch, channels]`.
  public static func globalAverage(_ images: Tensor) -> Tensor {
    let x = images.blocked()
    let begin = Profile.begin()
    defer { Profile.end(begin, "pooling") }
    let planes = Planes(x, "Pooling.globalAverage")
    let (batch, channels) = (images.shape[0], images.shape[1])
    let result = Tensor(uninitialized: [batch, channels, 1, 1], layout: .blocked)
    let share = 1 / Float(planes.pixels)
    planes.forEach { image, block, offset in
      var sum = Lanes.zero
      let plane = UnsafePointer(x.pointer + offset)
      planes.vectors { index, count in
        sum += count == 16 ? plane.lanes(index) : plane.lanes(index, count: count)
      }
      Planes.storeSum(sum * share, result.pointer + image * planes.channels, block)
    }
    return result.plain().reshaped([batch, channels])
  }

  /// The gradient of `globalAverage` for images of the given shape.
  public static func globalAverageGradient(_ gradient: Tensor, inputShape: [Int]) -> Tensor {
    requireShape(gradient, [inputShape[0], inputShape[1]], "Pooling.globalAverageGradient")
    let source = gradient.reshaped([inputShape[0], inputShape[1], 1, 1]).blocked()
    let result = Tensor(uninitialized: inputShape, layout: .blocked)
    let begin = Profile.begin()
    defer { Profile.end(begin, "pooling") }
    let planes = Planes(result, "Pooling.globalAverageGradient")
    let share = 1 / Float(planes.pixels)
    planes.forEach { image, block, offset in
      let value = Planes.constants(source.pointer + image * planes.channels, block) * share
      let plane = result.pointer + offset
      planes.vectors { index, count in
        if count == 16 { plane.store(value, at: index) } else { plane.store(value, at: index, count: count) }
      }
    }
    return result
  }

  /// Greatest value of each window of 2x2 pixels, step 2; an odd last row or column is dropped.
  public static func max2x2(_ images: Tensor) -> Tensor {
    let x = images.blocked()
    let (height, width, block) = (images.shape[2], images.shape[3], Layout.block)
    precondition(height >= 2 && width >= 2, "Pooling.max2x2: images of \(height)x\(width) pixels")
    let result = Tensor(
      uninitialized: [images.shape[0], images.shape[1], height / 2, width / 2], layout: .blocked)
    let begin = Profile.begin()
    defer { Profile.end(begin, "pooling") }
    let planes = Planes(result, "Pooling.max2x2")
    planes.forEach { image, part, offset in
      let source = x.pointer + (image * planes.blocks + part) * height * width * block
      let target = result.pointer + offset
      for y in 0..<height / 2 {
        for column in 0..<width / 2 {
          let from = source + (2 * y * width + 2 * column) * block
          let to = target + (y * (width / 2) + column) * block
          for lane in 0..<block {
            let upper = max(from[lane], from[lane + block])
            let lower = max(from[lane + width * block], from[lane + (width + 1) * block])
            to[lane] = max(upper, lower)
          }
        }
      }
    }
    return result
  }

  /// The gradient of `max2x2`: each goes to the first pixel of its window, row by row, that holds the maximum.
  public static func max2x2Gradient(_ gradient: Tensor, input: Tensor, output: Tensor) -> Tensor {
    requireShape(gradient, output.shape, "Pooling.max2x2Gradient")
    let (x, y, g) = (input.blocked(), output.blocked(), gradient.blocked())
    let (height, width, block) = (input.shape[2], input.shape[3], Layout.block)
    let result = Tensor(uninitialized: input.shape, layout: .blocked)
    result.pointer.update(repeating: 0, count: Layout.blocked.elements(input.shape))
    let begin = Profile.begin()
    defer { Profile.end(begin, "pooling") }
    let planes = Planes(y, "Pooling.max2x2Gradient")
    planes.forEach { image, part, offset in
      let start = (image * planes.blocks + part) * height * width * block
      for row in 0..<height / 2 {
        for column in 0..<width / 2 {
          let at = offset + (row * (width / 2) + column) * block
          let window = start + (2 * row * width + 2 * column) * block
          for lane in 0..<block {
            let value = y.pointer[at + lane]
            let candidates = (
              window + lane, window + block + lane, window + width * block + lane,
              window + (width + 1) * block + lane
            )
            let winner =
              x.pointer[candidates.0] == value
              ? candidates.0
              : x.pointer[candidates.1] == value
                ? candidates.1 : x.pointer[candidates.2] == value ? candidates.2 : candidates.3
            result.pointer[winner] = g.pointer[at + lane]
          }
        }
      }
    }
    return result
  }
}
