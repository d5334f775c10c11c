extension Pooling {
  /// Greatest value of each window of 2x2 pixels, step 2; an odd last row or column is dropped.
  public static func max2x2(_ images: Tensor) -> Tensor {
    let x = images.blocked()
    let (height, width, block) = (images.shape[2], images.shape[3], Layout.block)
    precondition(height >= 2 && width >= 2, "Pooling.max2x2: images of \(height)x\(width) pixels")
    let begin = Profile.begin()
    defer { Profile.end(begin, "pooling") }
    let result = Tensor(
      uninitialized: [images.shape[0], images.shape[1], height / 2, width / 2], layout: .blocked)
    let planes = Planes(result, "Pooling.max2x2")
    let (rows, columns) = (height / 2, width / 2)
    planes.forEach { image, part, offset in
      let source = UnsafePointer(x.pointer + (image * planes.blocks + part) * height * width * block)
      let target = result.pointer + offset
      for row in 0..<rows {
        let (upper, lower) = (source + 2 * row * width * block, source + (2 * row + 1) * width * block)
        let line = target + row * columns * block
        for column in 0..<columns {
          // A block is one or two vectors of eight channels.
          for lane in stride(from: 2 * column * block, to: (2 * column + 1) * block, by: 8) {
            let above = larger(upper.eight(lane), upper.eight(lane + block))
            let below = larger(lower.eight(lane), lower.eight(lane + block))
            line.storeEight(larger(above, below), at: lane - column * block)
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
    let begin = Profile.begin()
    defer { Profile.end(begin, "pooling") }
    let (height, width, block) = (input.shape[2], input.shape[3], Layout.block)
    let (rows, columns) = (height / 2, width / 2)
    let result = Tensor(uninitialized: input.shape, layout: .blocked)
    if height % 2 != 0 || width % 2 != 0 {
      // What no window covers.
      result.pointer.update(repeating: 0, count: Layout.blocked.elements(input.shape))
    }
    let planes = Planes(y, "Pooling.max2x2Gradient")
    planes.forEach { image, part, offset in
      let start = (image * planes.blocks + part) * height * width * block
      let (greatest, gradients) = (UnsafePointer(y.pointer + offset), UnsafePointer(g.pointer + offset))
      for row in 0..<rows {
        let source = UnsafePointer(x.pointer + start + 2 * row * width * block)
        let target = result.pointer + start + 2 * row * width * block
        for column in 0..<columns {
          for lane in stride(from: 0, to: block, by: 8) {
            let from = (row * columns + column) * block + lane
            let value = greatest.eight(from)
            var rest = gradients.eight(from)
            let first = 2 * column * block + lane
            let below = first + width * block
            target.storeEight(taken(from: &rest, where: source.eight(first) .== value), at: first)
            target.storeEight(
              taken(from: &rest, where: source.eight(first + block) .== value), at: first + block)
            target.storeEight(taken(from: &rest, where: source.eight(below) .== value), at: below)
            target.storeEight(rest, at: below + block)
          }
        }
      }
    }
    return result
  }

  @inline(__always)
  private static func larger(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
    a.replacing(with: b, where: (b .> a) .| (b .!= b))
  }

  /// What `rest` holds in the lanes of the mask, which it loses there.
  @inline(__always)
  private static func taken(from rest: inout SIMD8<Float>, where mask: SIMDMask<SIMD8<Int32>>)
    -> SIMD8<Float>
  {
    let share = SIMD8<Float>.zero.replacing(with: rest, where: mask)
    rest = rest.replacing(with: 0, where: mask)
    return share
  }
}
