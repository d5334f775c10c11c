extension ColourPlanes {
  func apply(_ adjustment: ColourAdjustment) {
    switch adjustment {
    case .brightness(let factor): update { $0.blended(factor, with: Eight(repeating: 0)) }
    case .contrast(let factor):
      let rest = Eight(repeating: (1 - factor) * meanGray())
      update { $0.blended(factor, with: rest) }
    case .saturation(let factor): update { $0.blended(factor, with: $0.gray * (1 - factor)) }
    case .hue(let turn): update { $0.turned(by: 6 * turn) }
    }
  }

  func makeGray() {
    update { colours in
      let gray = colours.gray
      return EightColours(red: gray, green: gray, blue: gray)
    }
  }

  private func meanGray() -> Float {
    clearPadding()
    var sums = Eight(repeating: 0)
    for index in Swift.stride(from: 0, to: stride, by: 8) { sums += colours(at: index).gray }
    return sums.sum() / Float(size.pixels)
  }
}

extension EightColours {
  /// Turns the hue by `turn` sixths of the colour circle, without the detour over the six cases of HSV.
  ///
  /// With v the largest and d the largest minus the smallest of the channels, the hue in sixths is
  /// h = (g - b) / d, 2 + (b - r) / d or 4 + (r - g) / d by which channel is the largest. Back in RGB each channel is
  /// v - d clamp(2 - m, 0, 1), where m is the distance on the circle of six between h and the hue opposite to
  /// the channel's own: 3 for red, 5 for green, 1 for blue.
  @inline(__always)
  func turned(by turn: Float) -> EightColours {
    let largest = red.orMore(green).orMore(blue)
    let smallest = red.orLess(green).orLess(blue)
    let difference = largest - smallest
    // A gray pixel has no hue; it stays as it is because its difference is zero.
    let inverse = 1 / difference.orMore(Eight(repeating: 1e-12))
    var slope = (red - green) * inverse
    var base = Eight(repeating: 4)
    let greenIsLargest = green .== largest
    slope.replace(with: (blue - red) * inverse, where: greenIsLargest)
    base.replace(with: Eight(repeating: 2), where: greenIsLargest)
    let redIsLargest = red .== largest
    slope.replace(with: (green - blue) * inverse, where: redIsLargest)
    base.replace(with: Eight(repeating: 0), where: redIsLargest)
    let hue = base + slope + turn

    return EightColours(
      red: Self.channel(hue - 3, largest, difference), green: Self.channel(hue + 1, largest, difference),
      blue: Self.channel(hue - 1, largest, difference))
  }

  /// - Parameter offset: the hue minus the channel's opposite hue, in sixths, up to whole circles.
  @inline(__always)
  private static func channel(_ offset: Eight, _ largest: Eight, _ difference: Eight) -> Eight {
    let circles = (offset * (1 / 6)).rounded(.toNearestOrEven)
    let distance = offset.addingProduct(circles, -6).magnitudes
    return largest.addingProduct(-difference, (2 - distance).clampedToUnit)
  }
}
