import Foundation

/// A named stream of random numbers under one seed.
///
/// Streams of different names or indices are independent; a stream's numbers depend on its seed, its name and its
/// indices alone, never on the thread that draws them or on what other streams have drawn. Its position is a value,
/// so a checkpoint can hold it.
public struct RandomStream: Sendable, Codable, Equatable, RandomNumberGenerator {
  private let key: UInt64
  private let stream: UInt64
  private var position: UInt64 = 0
  /// The block last computed, which four draws share; no block has the number that stands for none.
  private var cached = SIMD4<UInt32>()
  private var cachedBlock = UInt64.max

  private enum CodingKeys: String, CodingKey { case key, stream, position }

  /// Streams are equal when they will give the same numbers.
  public static func == (a: RandomStream, b: RandomStream) -> Bool {
    a.key == b.key && a.stream == b.stream && a.position == b.position
  }

  /// The stream `name` ("split", "views", "weights") under `seed`.
  public init(seed: UInt64, name: String) {
    self.init(key: seed, stream: RandomStream.hash(name))
  }

  private init(key: UInt64, stream: UInt64) {
    self.key = key
    self.stream = stream
  }

  /// An independent stream for one item, such as the views of one image in one epoch.
  public func substream(_ index: Int) -> RandomStream {
    RandomStream(
      key: key, stream: RandomStream.mix(stream ^ RandomStream.mix(UInt64(bitPattern: Int64(index)) &+ 1)))
  }

  /// An independent stream under this one, by name.
  public func substream(_ name: String) -> RandomStream {
    RandomStream(key: key, stream: RandomStream.mix(stream ^ RandomStream.hash(name)))
  }

  /// 32 random bits.
  @inline(__always)
  public mutating func next32() -> UInt32 {
    let block = position >> 2
    if block != cachedBlock {
      cached = computed(block)
      cachedBlock = block
    }
    let word = cached[Int(position & 3)]
    position &+= 1
    return word
  }

  /// The stream as it is after `words` more calls of ``next32()``.
  func advanced(by words: Int) -> RandomStream {
    var result = self
    result.position &+= UInt64(words)
    return result
  }

  private func computed(_ block: UInt64) -> SIMD4<UInt32> {
    Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32),
        UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)),
      key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)))
  }

  /// 64 random bits.
  public mutating func next() -> UInt64 {
    let low = UInt64(next32())
    return UInt64(next32()) << 32 | low
  }

  /// A number in [0, 1), of 24 random bits.
  public mutating func uniform() -> Float { Float(next32() >> 8) * 0x1p-24 }

  /// A number in [0, 1), of 53 random bits.
  public mutating func uniformDouble() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number in [low, high).
  public mutating func uniform(_ low: Float, _ high: Float) -> Float { low + (high - low) * uniform() }

  /// An integer in 0..<bound, without bias (Lemire 2019).
  public mutating func integer(below bound: Int) -> Int {
    precondition(
      bound > 0 && bound <= Int(UInt32.max), "RandomStream.integer: bound \(bound) outside 1...2^32-1")
    let range = UInt64(bound)
    var product = UInt64(next32()) * range
    if UInt32(truncatingIfNeeded: product) < UInt32(bound) {
      let threshold = UInt32(truncatingIfNeeded: (1 << 32) % range)
      while UInt32(truncatingIfNeeded: product) < threshold { product = UInt64(next32()) * range }
    }
    return Int(product >> 32)
  }

  /// A standard normal number (Box-Muller).
  public mutating func normal() -> Float {
    let radius = (-2 * Foundation.log(1 - uniformDouble())).squareRoot()
    return Float(radius * Foundation.cos(2 * Double.pi * uniformDouble()))
  }

  /// The integers 0..<count in random order (Fisher-Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    if count > 1 {
      for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, integer(below: last + 1)) }
    }
    return order
  }

  private static func hash(_ name: String) -> UInt64 {
    // FNV-1a, then mixed: short names differ in all bits.
    mix(name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
  }

  /// The finalizer of SplitMix64: a bijection in which each input bit moves every output bit.
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
