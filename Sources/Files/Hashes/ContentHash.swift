/// XXH64 with seed 0 (Y. Collet's xxHash, 64-bit): a hash of bytes, fast and spread over all bits.
///
/// It tells pictures apart and notices changed files; it does not resist somebody who searches for collisions.
public func contentHash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  let (p1, p2, p3): (UInt64, UInt64, UInt64) = (
    0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9
  )
  let (p4, p5): (UInt64, UInt64) = (0x85EB_CA77_C2B2_AE63, 0x27D4_EB2F_1656_67C5)
  func rotate(_ value: UInt64, _ by: UInt64) -> UInt64 { value << by | value >> (64 - by) }
  func round(_ lane: UInt64, _ input: UInt64) -> UInt64 { rotate(lane &+ input &* p2, 31) &* p1 }
  func word(_ at: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
  }

  var position = 0
  var hash: UInt64
  if bytes.count >= 32 {
    var (a, b, c, d) = (p1 &+ p2, p2, UInt64(0), 0 &- p1)
    while position + 32 <= bytes.count {
      a = round(a, word(position))
      b = round(b, word(position + 8))
      c = round(c, word(position + 16))
      d = round(d, word(position + 24))
      position += 32
    }
    hash = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
    for lane in [a, b, c, d] { hash = (hash ^ round(0, lane)) &* p1 &+ p4 }
  } else {
    hash = p5
  }
  hash &+= UInt64(bytes.count)
  while position + 8 <= bytes.count {
    hash = rotate(hash ^ round(0, word(position)), 27) &* p1 &+ p4
    position += 8
  }
  if position + 4 <= bytes.count {
    let half = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
    hash = rotate(hash ^ UInt64(half) &* p1, 23) &* p2 &+ p3
    position += 4
  }
  while position < bytes.count {
    hash = rotate(hash ^ UInt64(bytes[position]) &* p5, 11) &* p1
    position += 1
  }
  hash = (hash ^ hash >> 33) &* p2
  hash = (hash ^ hash >> 29) &* p3
  return hash ^ hash >> 32
}
