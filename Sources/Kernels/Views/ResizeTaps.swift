/// Along one axis, which source pixels an output pixel is made of, and with what weights.
///
/// The triangle filter of an antialiased bilinear resize: output i reads the source around c = scale (i + 1/2), where
/// scale = source size / outputs. A source pixel with centre j + 1/2 has weight 1 - |j + 1/2 - c| / s, s = max(1, scale),
/// normalised over the pixels that exist. When enlarging this is plain bilinear interpolation with two taps.
/// Every output has the same number of taps, so that loops over them are uniform; some weights may be zero.
struct ResizeTaps {
  let outputs: Int
  /// The number of taps in use.
  private(set) var count = 0
  /// For each output, the first source pixel it reads.
  let first: UnsafeMutablePointer<Int>
  /// `[tap][output]`.
  let weights: UnsafeMutablePointer<Float>

  /// Room for `outputs` that read from at most `longestSource` pixels.
  init(outputs: Int, longestSource: Int) {
    self.outputs = outputs
    first = .allocate(capacity: outputs)
    weights = .allocate(capacity: outputs * ResizeTaps.count(source: longestSource, outputs: outputs))
  }

  func deallocate() {
    first.deallocate()
    weights.deallocate()
  }

  private static func count(source: Int, outputs: Int) -> Int {
    let support = max(1, Float(source) / Float(outputs))
    return min(source, Int((2 * support).rounded(.up)))
  }

  /// Computes the taps for a source of `size` pixels, all weights multiplied by `gain`.
  /// - Parameter isReversed: whether the outputs run from the end of the source to its start.
  mutating func set(size: Int, isReversed: Bool, gain: Float) {
    count = ResizeTaps.count(source: size, outputs: outputs)
    let scale = Float(size) / Float(outputs)
    let support = max(1, scale)
    let inverse = 1 / support
    let lastFirst = size - count
    for output in 0..<outputs {
      let centre = scale * (Float(output) + 0.5)
      let start = min(max(0, Int(centre - support + 0.5)), lastFirst)
      let target = isReversed ? outputs - 1 - output : output
      var distance = Float(start) + 0.5 - centre
      var sum: Float = 0
      for tap in 0..<count {
        let weight = max(0, 1 - abs(distance) * inverse)
        weights[tap * outputs + target] = weight
        sum += weight
        distance += 1
      }
      let factor = gain / sum
      for tap in 0..<count { weights[tap * outputs + target] *= factor }
      first[target] = start
    }
  }
}
