/// The affine map of each channel that a network expects: (value - mean) / deviation.
public struct ColourNormalisation: Hashable, Sendable {
  /// What is subtracted from red, green and blue in [0, 1].
  public let mean: [Float]
  /// What they are then divided by, above 0.
  public let deviation: [Float]

  /// Three means and three deviations.
  public init(mean: [Float], deviation: [Float]) {
    precondition(
      mean.count == 3 && deviation.count == 3 && deviation.allSatisfy { $0 > 0 },
      "ColourNormalisation: three means and three positive deviations, not \(mean) and \(deviation)")
    (self.mean, self.deviation) = (mean, deviation)
  }

  /// The map that changes nothing.
  public static let identity = ColourNormalisation(mean: [0, 0, 0], deviation: [1, 1, 1])
}

extension ColourNormalisation {
  /// 8-bit images as a network expects them: (byte / 255 - mean) / deviation.
  /// - Parameters:
  ///   - bytes: images of one size, one after the other, each `[3, height, width]`.
  ///   - size: their size.
  /// - Returns: `[images, 3, height, width]`.
  public func normalised(_ bytes: [UInt8], size: ImageExtent) -> Tensor {
    precondition(
      size.height > 0 && size.width > 0 && bytes.count % (3 * size.pixels) == 0,
      "ColourNormalisation.normalised: \(bytes.count) bytes are not whole images of \(size) in three channels"
    )
    let share = Float(1) / 255
    let result = Tensor(uninitialized: [bytes.count / (3 * size.pixels), 3, size.height, size.width])
    bytes.withUnsafeBufferPointer { buffer in
      guard let source = buffer.baseAddress else { return }
      fill(result) {
        let eight = UnsafeRawPointer(source + $0).loadUnaligned(as: SIMD8<UInt8>.self)
        return Eight(SIMD8<Int32>(truncatingIfNeeded: eight)) * share
      } rest: {
        Float(source[$0]) * share
      }
    }
    return result
  }

  /// Images of colours in [0, 1] as a network expects them: (value - mean) / deviation.
  /// - Parameter pixels: `[images, 3, height, width]`.
  public func normalised(_ pixels: Tensor) -> Tensor {
    precondition(
      pixels.shape.count == 4 && pixels.shape[1] == 3,
      "ColourNormalisation.normalised: shape \(pixels.shape) where [images, 3, height, width] is needed")
    let source = pixels.plain()
    let result = Tensor(uninitialized: pixels.shape)
    fill(result) {
      source.pointer.eight(at: $0)
    } rest: {
      source.pointer[$0]
    }
    return result
  }

  /// Fills images with normalised values from colours in [0, 1] at an index: eight, or at a plane's end one.
  @inline(__always)
  private func fill(_ images: Tensor, _ eight: (Int) -> Eight, rest: (Int) -> Float) {
    let (output, pixels) = (images.pointer, images.shape[2] * images.shape[3])
    parallelFor(3 * images.shape[0], grain: max(1, elementGrain / max(1, pixels))) { plane in
      let start = plane * pixels
      write(channel: plane % 3, pixels, to: output + start) {
        eight(start + $0)
      } rest: {
        rest(start + $0)
      }
    }
  }

  /// Writes one normalised plane of `count` pixels.
  @inline(__always)
  func write(
    channel: Int, _ count: Int, to target: UnsafeMutablePointer<Float>, _ eight: (Int) -> Eight,
    rest: (Int) -> Float
  ) {
    let scale = 1 / deviation[channel]
    let offset = Eight(repeating: -mean[channel] * scale)
    let whole = count & ~7
    for index in stride(from: 0, to: whole, by: 8) {
      target.setEight(at: index, offset.addingProduct(eight(index), scale))
    }
    for index in whole..<count { target[index] = offset[0].addingProduct(rest(index), scale) }
  }
}
