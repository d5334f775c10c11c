/// Eight values side by side: what one AVX2 register holds.
typealias Eight = SIMD8<Float>

extension UnsafeMutablePointer<Float> {
  /// The eight values from `index` on.
  @inline(__always)
  func eight(at index: Int) -> Eight {
    UnsafeRawPointer(self + index).loadUnaligned(as: Eight.self)
  }

  @inline(__always)
  func setEight(at index: Int, _ value: Eight) {
    UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: Eight.self)
  }
}

/// Eight pixels.
struct EightColours {
  var red: Eight
  var green: Eight
  var blue: Eight

  /// The gray values with torchvision's weights, which are those of ITU-R BT.601 with the first cut to four digits.
  @inline(__always)
  var gray: Eight { (red * 0.2989).addingProduct(green, 0.587).addingProduct(blue, 0.114) }

  /// `ratio` of each colour plus `rest`, clamped to [0, 1].
  @inline(__always)
  func blended(_ ratio: Float, with rest: Eight) -> EightColours {
    EightColours(
      red: rest.addingProduct(red, ratio).clampedToUnit,
      green: rest.addingProduct(green, ratio).clampedToUnit,
      blue: rest.addingProduct(blue, ratio).clampedToUnit)
  }
}

extension Eight {
  @inline(__always)
  func orMore(_ bound: Eight) -> Eight { replacing(with: bound, where: self .< bound) }

  @inline(__always)
  func orLess(_ bound: Eight) -> Eight { replacing(with: bound, where: self .> bound) }

  @inline(__always)
  var clampedToUnit: Eight { orMore(Eight(repeating: 0)).orLess(Eight(repeating: 1)) }

  @inline(__always)
  var magnitudes: Eight { Eight(bitPattern: SIMD8<UInt32>(bitPattern: self) & 0x7FFF_FFFF) }
}

extension SIMD8<UInt32> {
  @inline(__always)
  init(bitPattern value: Eight) { self = unsafeBitCast(value, to: SIMD8<UInt32>.self) }
}

extension Eight {
  @inline(__always)
  init(bitPattern value: SIMD8<UInt32>) { self = unsafeBitCast(value, to: Eight.self) }
}

/// The three channels of one view while it is made, small enough to stay in the nearest cache.
///
/// Each plane is padded to a multiple of eight values, so that formulas of single pixels need no special end.
struct ColourPlanes {
  let size: ImageExtent
  /// Values from one plane to the next.
  let stride: Int
  let values: UnsafeMutablePointer<Float>

  init(size: ImageExtent) {
    self.size = size
    stride = (size.pixels + 7) & ~7
    values = .allocate(capacity: 3 * stride)
  }

  func deallocate() { values.deallocate() }

  func plane(_ channel: Int) -> UnsafeMutablePointer<Float> { values + channel * stride }

  /// Makes the padding black: needed before a sum over pixels.
  func clearPadding() {
    for channel in 0..<3 {
      for index in size.pixels..<stride { plane(channel)[index] = 0 }
    }
  }

  @inline(__always)
  func colours(at index: Int) -> EightColours {
    EightColours(
      red: values.eight(at: index), green: values.eight(at: index + stride),
      blue: values.eight(at: index + 2 * stride))
  }

  /// Replaces every pixel by a function of itself.
  @inline(__always)
  func update(_ formula: (EightColours) -> EightColours) {
    for index in Swift.stride(from: 0, to: stride, by: 8) {
      let result = formula(colours(at: index))
      values.setEight(at: index, result.red)
      values.setEight(at: index + stride, result.green)
      values.setEight(at: index + 2 * stride, result.blue)
    }
  }
}

extension ColourPlanes {
  /// Writes the normalised planes one after the other, without padding.
  func write(to output: UnsafeMutablePointer<Float>, _ normalisation: ColourNormalisation) {
    for channel in 0..<3 {
      let source = plane(channel)
      normalisation.write(channel: channel, size.pixels, to: output + channel * size.pixels) {
        source.eight(at: $0)
      } rest: {
        source[$0]
      }
    }
  }

  /// Writes the planes as bytes one after the other, without padding.
  func write(to output: UnsafeMutablePointer<UInt8>) {
    for channel in 0..<3 {
      writeBytes(of: plane(channel), 0..<size.pixels, to: output + channel * size.pixels)
    }
  }
}
