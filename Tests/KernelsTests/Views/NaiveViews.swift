import Foundation

@testable import Kernels

/// torchvision's definitions in plain doubles, one pixel at a time, with the detours that the kernels avoid.
struct NaiveView {
  var size: ImageExtent
  /// `[3][height * width]`, in [0, 1].
  var planes: [[Double]]

  init(pixels: [UInt8], size: ImageExtent) {
    self.size = size
    planes = (0..<3).map { channel in
      (0..<size.pixels).map { Double(pixels[channel * size.pixels + $0]) / 255 }
    }
  }

  mutating func apply(_ parameters: ViewParameters, viewSize: ImageExtent) {
    resizeCrop(parameters.crop, to: viewSize)
    if parameters.isFlipped { flip() }
    for adjustment in parameters.adjustments { apply(adjustment) }
    if parameters.isGrayscale { planes = [gray, gray, gray] }
    if let blur = parameters.blur { self.blur(blur) }
  }

  mutating func resizeCrop(_ crop: ViewParameters.Crop, to viewSize: ImageExtent) {
    let (across, down) = (
      NaiveView.resizeWeights(crop.width, viewSize.width),
      NaiveView.resizeWeights(crop.height, viewSize.height)
    )
    let width = size.width
    planes = planes.map { plane in
      var result: [Double] = []
      for row in down {
        for column in across {
          var sum = 0.0
          for (y, wy) in row.enumerated() where wy != 0 {
            for (x, wx) in column.enumerated() where wx != 0 {
              sum += wy * wx * plane[(crop.top + y) * width + crop.left + x]
            }
          }
          result.append(sum)
        }
      }
      return result
    }
    size = viewSize
  }

  /// `[output][source]`
  static func resizeWeights(_ source: Int, _ outputs: Int) -> [[Double]] {
    let scale = Double(source) / Double(outputs)
    return (0..<outputs).map { output in
      let centre = scale * (Double(output) + 0.5)
      let weights = (0..<source).map { max(0, 1 - abs(Double($0) + 0.5 - centre) / max(1, scale)) }
      let sum = weights.reduce(0, +)
      return weights.map { $0 / sum }
    }
  }

  mutating func flip() {
    let size = size
    planes = planes.map { plane in
      (0..<size.pixels).map { plane[$0 / size.width * size.width + size.width - 1 - $0 % size.width] }
    }
  }

  var gray: [Double] {
    (0..<size.pixels).map { 0.2989 * planes[0][$0] + 0.587 * planes[1][$0] + 0.114 * planes[2][$0] }
  }

  mutating func apply(_ adjustment: ColourAdjustment) {
    func blend(_ plane: [Double], _ other: [Double], _ ratio: Float) -> [Double] {
      zip(plane, other).map { min(1, max(0, Double(ratio) * $0 + (1 - Double(ratio)) * $1)) }
    }
    let black = [Double](repeating: 0, count: size.pixels)
    switch adjustment {
    case .brightness(let factor): planes = planes.map { blend($0, black, factor) }
    case .contrast(let factor):
      let mean = gray.reduce(0, +) / Double(size.pixels)
      planes = planes.map { blend($0, black.map { _ in mean }, factor) }
    case .saturation(let factor):
      let gray = gray
      planes = planes.map { blend($0, gray, factor) }
    case .hue(let turn):
      for pixel in 0..<size.pixels {
        let rgb = NaiveView.turnHue(planes.map { $0[pixel] }, by: Double(turn))
        for channel in 0..<3 { planes[channel][pixel] = rgb[channel] }
      }
    }
  }

  /// To HSV, by the six cases, and back.
  static func turnHue(_ rgb: [Double], by turn: Double) -> [Double] {
    let (r, g, b) = (rgb[0], rgb[1], rgb[2])
    let (largest, smallest) = (max(r, g, b), min(r, g, b))
    if largest == smallest { return rgb }
    let difference = largest - smallest
    let saturation = difference / largest
    var hue = 0.0
    if r == largest {
      hue = (g - b) / difference
    } else if g == largest {
      hue = 2 + (b - r) / difference
    } else {
      hue = 4 + (r - g) / difference
    }
    hue = hue / 6 + turn
    hue -= hue.rounded(.down)
    let sector = Int(hue * 6) % 6
    let fraction = hue * 6 - (hue * 6).rounded(.down)
    let p = largest * (1 - saturation)
    let q = largest * (1 - saturation * fraction)
    let t = largest * (1 - saturation * (1 - fraction))
    return [
      [largest, t, p], [q, largest, p], [p, largest, t], [p, q, largest], [t, p, largest], [largest, p, q],
    ][sector]
  }

  mutating func blur(_ blur: ViewParameters.Blur) {
    let radius = blur.taps / 2
    let density = (-radius...radius).map { exp(-0.5 * pow(Double($0) / Double(blur.deviation), 2)) }
    let sum = density.reduce(0, +)
    func mirrored(_ index: Int, _ count: Int) -> Int {
      index < 0 ? -index : index < count ? index : 2 * (count - 1) - index
    }
    let size = size
    planes = planes.map { plane in
      (0..<size.pixels).map { pixel in
        var value = 0.0
        for dy in -radius...radius {
          for dx in -radius...radius {
            let y = mirrored(pixel / size.width + dy, size.height)
            let x = mirrored(pixel % size.width + dx, size.width)
            value += density[dy + radius] * density[dx + radius] * plane[y * size.width + x]
          }
        }
        return value / (sum * sum)
      }
    }
  }
}
