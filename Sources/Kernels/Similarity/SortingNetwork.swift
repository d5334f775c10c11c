/// Batcher's merge exchange (Knuth, The Art of Computer Programming, volume 3, algorithm 5.2.2M): a fixed list of
/// comparisons that sorts any input of one length, so that the lanes of vectors sort independently.
struct SortingNetwork {
  private let exchanges: [(Int32, Int32)]

  /// The network for `count` values.
  init(count: Int) {
    var exchanges: [(Int32, Int32)] = []
    if count > 1 {
      let top = 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
      var p = top
      while p > 0 {
        var (q, r, d) = (top, 0, p)
        while true {
          for i in 0..<max(0, count - d) where i & p == r { exchanges.append((Int32(i), Int32(i + d))) }
          if q == p { break }
          (d, q, r) = (q - p, q / 2, p)
        }
        p /= 2
      }
    }
    self.exchanges = exchanges
  }

  /// Sorts each lane in descending order.
  func sort(_ values: UnsafeMutablePointer<SIMD8<Float>>) {
    for (first, second) in exchanges {
      let (a, b) = (values[Int(first)], values[Int(second)])
      let isLess = a .< b
      values[Int(first)] = a.replacing(with: b, where: isLess)
      values[Int(second)] = b.replacing(with: a, where: isLess)
    }
  }
}
