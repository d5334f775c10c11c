/// Colours in [0, 1] as bytes: the nearest of value · 255, halves up; what lies outside becomes 0 or 255.
/// - Parameter pixels: numbers, of any shape.
/// - Returns: one byte a value, in row-major order.
public func pixelBytes(_ pixels: Tensor) -> [UInt8] {
  let source = pixels.plain()
  return [UInt8](unsafeUninitializedCapacity: source.count) { buffer, count in
    count = source.count
    guard let output = buffer.baseAddress else { return }
    Sweep.forEach(source.count) { writeBytes(of: source.pointer, $0, to: output) }
  }
}

/// Writes colours in [0, 1] at some indices as bytes at the same.
func writeBytes(
  of source: UnsafeMutablePointer<Float>, _ range: Range<Int>, to target: UnsafeMutablePointer<UInt8>
) {
  var index = range.lowerBound
  while index &+ 8 <= range.upperBound {
    let bytes = source.eight(at: index).roundedBytes
    UnsafeMutableRawPointer(target + index).storeBytes(of: bytes, as: SIMD8<UInt8>.self)
    index &+= 8
  }
  while index < range.upperBound {
    target[index] = Eight(repeating: source[index]).roundedBytes[0]
    index &+= 1
  }
}

extension Eight {
  /// The nearest bytes to 255 times these values, halves up.
  @inline(__always)
  var roundedBytes: SIMD8<UInt8> {
    let scaled = clampedToUnit * 255
    // A float from 2^23 on has no fraction: the sum is rounded, halves to even, and ends in the whole number's bits.
    let shifted = scaled + 0x1p23
    let whole = SIMD8<UInt32>(bitPattern: shifted)
    let isHalfBelow = scaled - (shifted - 0x1p23) .== 0.5
    return SIMD8<UInt8>(truncatingIfNeeded: whole.replacing(with: whole &+ 1, where: isHalfBelow))
  }
}
