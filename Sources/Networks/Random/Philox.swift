/// The counter-based generator Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
///
/// Ten rounds turn a 128-bit counter and a 64-bit key into 128 random bits, so that any block of any stream can be
/// computed at once, by any thread, without what came before.
struct Philox: Sendable {
  static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    // In four scalars: products of 64 bits do not stay in vector registers.
    var (x, y, z, w) = (counter.x, counter.y, counter.z, counter.w)
    var (low, high) = (key.x, key.y)
    for _ in 0..<10 {
      let even = UInt64(x) &* 0xD251_1F53
      let odd = UInt64(z) &* 0xCD9E_8D57
      x = UInt32(truncatingIfNeeded: odd >> 32) ^ y ^ low
      y = UInt32(truncatingIfNeeded: odd)
      z = UInt32(truncatingIfNeeded: even >> 32) ^ w ^ high
      w = UInt32(truncatingIfNeeded: even)
      low &+= 0x9E37_79B9
      high &+= 0xBB67_AE85
    }
    return SIMD4(x, y, z, w)
  }
}
