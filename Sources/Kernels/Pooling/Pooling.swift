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
}
