import Foundation

/// Blurs planes with a Gaussian of finite support, mirrored at the edges without repeating the edge pixel.
struct GaussianBlur {
  private let size: ImageExtent
  /// The plane between the two passes.
  private let between: UnsafeMutablePointer<Float>

  init(size: ImageExtent) {
    self.size = size
    between = .allocate(capacity: size.pixels)
  }

  func deallocate() { between.deallocate() }

  /// Weights proportional to exp(-x² / 2 deviation²) at the integers around 0, summing to 1.
  static func weights(_ blur: ViewParameters.Blur) -> [Float] {
    let radius = blur.taps / 2
    let density = (-radius...radius).map { Foundation.exp(-0.5 * pow(Float($0) / blur.deviation, 2)) }
    let sum = density.reduce(0, +)
    return density.map { $0 / sum }
  }

  func apply(_ blur: ViewParameters.Blur, to planes: ColourPlanes) {
    precondition(
      blur.taps % 2 == 1 && blur.taps / 2 < min(size.height, size.width) && blur.deviation > 0,
      "GaussianBlur: \(blur.taps) taps of deviation \(blur.deviation) for a view of \(size)")
    let weights = GaussianBlur.weights(blur)
    for channel in 0..<3 {
      let plane = planes.plane(channel)
      pass(
        from: plane, to: between, weights, lines: size.height, along: size.width, lineStep: size.width,
        step: 1)
      pass(
        from: between, to: plane, weights, lines: size.width, along: size.height, lineStep: 1,
        step: size.width)
    }
  }

  /// Convolves each of `lines` lines of `along` values, `step` apart.
  private func pass(
    from source: UnsafeMutablePointer<Float>, to target: UnsafeMutablePointer<Float>, _ weights: [Float],
    lines: Int, along: Int, lineStep: Int, step: Int
  ) {
    let radius = weights.count / 2
    for position in 0..<along {
      for line in 0..<lines { target[line * lineStep + position * step] = 0 }
      for tap in -radius...radius {
        let weight = weights[tap + radius]
        let reach = abs(position + tap)
        let mirrored = reach < along ? reach : 2 * (along - 1) - reach
        for line in 0..<lines {
          target[line * lineStep + position * step].addProduct(
            source[line * lineStep + mirrored * step], weight)
        }
      }
    }
  }
}
