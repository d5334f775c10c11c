/// Numbers as 32-bit floats; nil if an integer is not equal to any.
func floats(_ bytes: UnsafeRawBufferPointer, _ kind: SafetensorsKind, _ count: Int) -> [Float]? {
  switch kind {
  case .f32: return numbers(bytes, count) { Float(bitPattern: UInt32(littleEndian: $0)) }
  case .f64: return numbers(bytes, count) { Float(Double(bitPattern: UInt64(littleEndian: $0))) }
  case .bf16: return numbers(bytes, count) { Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16) }
  case .f16: return numbers(bytes, count) { float(half: UInt16(littleEndian: $0)) }
  case .i64, .i32, .i16, .i8, .u8, .bool:
    guard let values = integers(bytes, kind, count) else { return nil }
    var result: [Float] = []
    result.reserveCapacity(count)
    for value in values {
      guard let float = Float(exactly: value) else { return nil }
      result.append(float)
    }
    return result
  }
}

/// Numbers as integers; nil if they are of a floating kind.
func integers(_ bytes: UnsafeRawBufferPointer, _ kind: SafetensorsKind, _ count: Int) -> [Int]? {
  switch kind {
  case .i64: return numbers(bytes, count) { Int(Int64(littleEndian: $0)) }
  case .i32: return numbers(bytes, count) { Int(Int32(littleEndian: $0)) }
  case .i16: return numbers(bytes, count) { Int(Int16(littleEndian: $0)) }
  case .i8: return numbers(bytes, count) { (byte: Int8) in Int(byte) }
  case .u8: return numbers(bytes, count) { (byte: UInt8) in Int(byte) }
  case .bool: return numbers(bytes, count) { (byte: UInt8) in byte == 0 ? 0 : 1 }
  case .f64, .f32, .f16, .bf16: return nil
  }
}

private func numbers<Raw: BitwiseCopyable, Number>(
  _ bytes: UnsafeRawBufferPointer, _ count: Int, _ convert: (Raw) -> Number
) -> [Number] {
  (0..<count).map {
    convert(bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Raw>.stride, as: Raw.self))
  }
}

/// IEEE 754 half precision: sign, five bits of exponent (bias 15), ten of fraction.
func float(half bits: UInt16) -> Float {
  let sign = UInt32(bits & 0x8000) << 16
  let exponent = UInt32(bits >> 10 & 0x1F)
  let fraction = UInt32(bits & 0x3FF)
  switch exponent {
  case 0:
    let magnitude = Float(fraction) * 0x1p-24
    return Float(bitPattern: magnitude.bitPattern | sign)
  case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
  default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
  }
}
