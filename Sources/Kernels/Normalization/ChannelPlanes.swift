/// A blocked image tensor seen as planes: one for each image and channel block, each of pixels x block floats.
///
/// Loops over a plane take ``Lanes`` at a time. With blocks of 16 a lane is a channel; with blocks of 8 a vector
/// holds two pixels, and per-channel constants stand in it twice.
struct Planes {
  let images: Int
  let blocks: Int
  let pixels: Int
  var length: Int { pixels * Layout.block }
  var channels: Int { blocks * Layout.block }

  init(_ tensor: Tensor, _ operation: String) {
    precondition(
      tensor.shape.count == 4 && tensor.layout == .blocked,
      "\(operation): needs blocked images [batch, channels, height, width], found \(tensor.shape)")
    images = tensor.shape[0]
    blocks = Layout.blocks(tensor.shape[1])
    pixels = tensor.shape[2] * tensor.shape[3]
  }

  /// Calls `body` with the image, the block, and the offset of each plane, spread over the threads.
  func forEach(_ body: (_ image: Int, _ block: Int, _ offset: Int) -> Void) {
    parallelFor(images * blocks, grain: max(1, elementGrain / max(1, length))) { index in
      body(index / blocks, index % blocks, index * length)
    }
  }

  /// Whether it pays to take all images of a block of channels one after the other, several times: they lie in a cache
  /// from one time to the next, and every thread has a block.
  var fitBlockwise: Bool { blocks >= Threads.count && images * length <= 1 << 18 }

  /// Calls `body` with each block of channels, spread over the threads.
  func forEachBlock(_ body: (_ block: Int) -> Void) {
    parallelFor(blocks, grain: max(1, elementGrain / max(1, images * length)), body)
  }

  /// Calls `body` with the image, the block, and the offset of each plane of one block of channels.
  @inline(__always)
  func forEach(in block: Int, _ body: (_ image: Int, _ block: Int, _ offset: Int) -> Void) {
    for image in 0..<images { body(image, block, (image * blocks + block) * length) }
  }

  /// Calls `body` with the offset of every vector and the number of floats in it that belong to the plane.
  @inline(__always) func vectors(_ body: (_ offset: Int, _ count: Int) -> Void) {
    let whole = length & ~15
    var offset = 0
    while offset < whole {
      body(offset, 16)
      offset += 16
    }
    if offset < length { body(offset, length - offset) }
  }

  /// The constants of one block's channels, one for each lane.
  @inline(__always) static func constants(_ values: UnsafePointer<Float>, _ block: Int) -> Lanes {
    if Layout.block == 16 { return values.lanes(block * 16) }
    let eight = values.eight(block * 8)
    return Lanes(lowHalf: eight, highHalf: eight)
  }

  /// Stores a sum over pixels that was kept by lane, one value a channel.
  @inline(__always) static func storeSum(_ sum: Lanes, _ target: UnsafeMutablePointer<Float>, _ block: Int) {
    if Layout.block == 16 { return target.store(sum, at: block * 16) }
    target.storeEight(sum.lowHalf + sum.highHalf, at: block * 8)
  }

  /// A per-channel tensor padded with zeros to whole blocks.
  static func padded(_ values: Tensor) -> Tensor {
    let channels = values.count
    let padded = Layout.blocks(channels) * Layout.block
    let result = Tensor(zeros: [padded])
    result.pointer.update(from: values.plain().pointer, count: channels)
    return result
  }
}
