/// Images cut into square patches, which a vision transformer reads as tokens.
public enum Patches {
  /// Patches row by row from the top left, each as a kernel's weights stand: by channel, row, column.
  /// - Parameters:
  ///   - images: `[batch, channels, height, width]`, both sides multiples of `side`.
  ///   - side: of a patch in pixels.
  /// - Returns: `[batch * patches, channels * side * side]`.
  public static func cut(_ images: Tensor, side: Int) -> Tensor {
    let grid = PatchGrid(images.shape, side)
    let source = images.plain()
    let result = Tensor(uninitialized: [grid.batch * grid.rows * grid.columns, grid.channels * side * side])
    grid.forEachLine { image, patch in
      (result.pointer + patch).update(from: source.pointer + image, count: side)
    }
    return result
  }

  /// The gradient of the images from that of their patches.
  public static func joined(_ patches: Tensor, side: Int, shape: [Int]) -> Tensor {
    let grid = PatchGrid(shape, side)
    requireShape(
      patches, [grid.batch * grid.rows * grid.columns, grid.channels * side * side], "Patches.joined")
    let result = Tensor(uninitialized: shape)
    grid.forEachLine { image, patch in
      (result.pointer + image).update(from: patches.pointer + patch, count: side)
    }
    return result
  }

  /// A class token before each image's patches, and to all the embeddings of their positions.
  /// - Parameters:
  ///   - patches: `[batch * patches, width]`.
  ///   - classToken: `[width]`.
  ///   - positions: `[patches + 1, width]`, the class token's first.
  /// - Returns: `[batch * (patches + 1), width]`.
  public static func tokens(_ patches: Tensor, classToken: Tensor, positions: Tensor) -> Tensor {
    let (batch, count, width) = sequence(patches, positions)
    requireShape(classToken, [width], "Patches.tokens")
    let result = Tensor(uninitialized: [batch * (count + 1), width])
    parallelFor(batch, grain: max(1, elementGrain / max(1, count * width))) { image in
      let target = result.pointer + image * (count + 1) * width
      target.update(from: classToken.pointer, count: width)
      (target + width).update(from: patches.pointer + image * count * width, count: count * width)
      Rows.add(positions.pointer, to: target, (count + 1) * width)
    }
    return result
  }

  /// The gradient of the patches from that of the tokens: all but the first row of each image.
  public static func withoutClassToken(_ gradient: Tensor, tokens: Int) -> Tensor {
    let (rows, width) = Rows.requireMatrix(gradient, "Patches.withoutClassToken")
    precondition(tokens > 1 && rows % tokens == 0, "Patches: \(gradient.shape) in sequences of \(tokens)")
    let (batch, count) = (rows / tokens, tokens - 1)
    let result = Tensor(uninitialized: [batch * count, width])
    parallelFor(batch, grain: max(1, elementGrain / max(1, count * width))) { image in
      (result.pointer + image * count * width).update(
        from: gradient.pointer + (image * tokens + 1) * width, count: count * width)
    }
    return result
  }

  private static func sequence(_ patches: Tensor, _ positions: Tensor) -> (batch: Int, count: Int, width: Int)
  {
    let (rows, width) = Rows.requireMatrix(patches, "Patches.tokens")
    let count = positions.shape[0] - 1
    precondition(
      positions.shape == [count + 1, width] && count > 0 && rows % count == 0,
      "Patches.tokens: patches \(patches.shape) with positions \(positions.shape)")
    return (rows / count, count, width)
  }
}

private struct PatchGrid {
  let batch, channels, rows, columns, side: Int

  init(_ shape: [Int], _ side: Int) {
    precondition(
      shape.count == 4 && side > 0 && shape[2] % side == 0 && shape[3] % side == 0,
      "Patches: images \(shape) cannot be cut into patches of \(side) pixels")
    (batch, channels, self.side) = (shape[0], shape[1], side)
    (rows, columns) = (shape[2] / side, shape[3] / side)
  }

  /// Calls `body` with where each line of each patch begins in the images and in the patches.
  func forEachLine(_ body: (_ image: Int, _ patch: Int) -> Void) {
    let begin = Profile.begin()
    defer { Profile.end(begin, "patches") }
    let patchSize = channels * side * side
    parallelFor(batch * rows, grain: max(1, elementGrain / (columns * patchSize))) { strip in
      let (image, row) = (strip / rows, strip % rows)
      for channel in 0..<channels {
        for line in 0..<side {
          let source = ((image * channels + channel) * rows * side + row * side + line) * columns * side
          let target = strip * columns * patchSize + (channel * side + line) * side
          for column in 0..<columns { body(source + column * side, target + column * patchSize) }
        }
      }
    }
  }
}
