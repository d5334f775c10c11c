/// How the values of a tensor stand in memory.
///
/// `blocked` is for images: `[batch, channels / B, height, width, B]` with channels padded by zeros to a multiple of
/// B = ``Layout/block``. It is oneDNN's native layout, and it makes every per-channel operation a vector operation.
enum Layout: Equatable, Sendable {
  case plain
  case blocked

  /// Channels in a block: the width of the widest vector the convolutions use.
  static let block = Machine.vectorWidth

  static func blocks(_ channels: Int) -> Int { (channels + block - 1) / block }

  func elements(_ shape: [Int]) -> Int {
    switch self {
    case .plain: return shape.reduce(1, *)
    case .blocked:
      precondition(shape.count == 4, "blocked layout is for [batch, channels, height, width], not \(shape)")
      return shape[0] * Layout.blocks(shape[1]) * Layout.block * shape[2] * shape[3]
    }
  }
}

extension Tensor {
  /// The values in row-major order, sharing memory where they already are.
  func plain() -> Tensor { converted(to: .plain) }

  /// The values of an image tensor by channel blocks, sharing memory where they already are.
  func blocked() -> Tensor { converted(to: .blocked) }

  func converted(to target: Layout) -> Tensor {
    if layout == target { return self }
    let (images, channels, pixels) = (shape[0], shape[1], shape[2] * shape[3])
    let (block, blocks) = (Layout.block, Layout.blocks(channels))
    // One pixel and no padding: both layouts are the same bytes.
    if pixels == 1 && channels % block == 0 {
      return Tensor(shape: shape, storage: storage, offset: offset, layout: target)
    }
    let begin = Profile.begin()
    defer { Profile.end(begin, "layout conversion") }
    let result = Tensor(uninitialized: shape, layout: target)
    let (source, destination) = (pointer, result.pointer)
    parallelFor(images * blocks, grain: max(1, 4096 / max(1, pixels * block))) { index in
      let (image, part) = (index / blocks, index % blocks)
      let lanes = min(block, channels - part * block)
      let blockedStart = index * pixels * block
      let plainStart = (image * channels + part * block) * pixels
      for lane in 0..<block {
        if target == .blocked {
          let to = destination + blockedStart + lane
          if lane < lanes {
            let from = source + plainStart + lane * pixels
            for pixel in 0..<pixels { to[pixel * block] = from[pixel] }
          } else {
            for pixel in 0..<pixels { to[pixel * block] = 0 }
          }
        } else if lane < lanes {
          let from = source + blockedStart + lane
          let to = destination + plainStart + lane * pixels
          for pixel in 0..<pixels { to[pixel] = from[pixel * block] }
        }
      }
    }
    return result
  }
}
