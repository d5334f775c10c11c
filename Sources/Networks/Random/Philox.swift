/// The counter-based generator Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
///
/// Ten rounds turn a 128-bit counter and a 64-bit key into 128 random bits, so that any block of any stream can be
/// computed at once, by any thread, without what came before.
struct Philox: Sendable {
  static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (counter, key) = (counter, key)
    for _ in 0..<10 {
      let even = UInt64(counter.x) * 0xD251_1F53
      let odd = UInt64(counter.z) * 0xCD9E_8D57
      counter = SIMD4(
        UInt32(truncatingIfNeeded: odd >> 32) ^ counter.y ^ key.x, UInt32(truncatingIfNeeded: odd),
        UInt32(truncatingIfNeeded: even >> 32) ^ counter.w ^ key.y, UInt32(truncatingIfNeeded: even))
      key = key &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return counter
  }
}
