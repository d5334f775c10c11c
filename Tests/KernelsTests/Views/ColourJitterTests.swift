import Networks
import Testing

@testable import Kernels

@Suite("Colour jitter")
struct ColourJitterTests {
  private let size = ImageExtent(height: 7, width: 9)

  @Test(
    "A change of colour equals its definition, pixel by pixel",
    arguments: [
      ColourAdjustment.brightness(0.6), .brightness(1.4), .brightness(0), .contrast(0.6), .contrast(1.4),
      .contrast(0), .saturation(0.6), .saturation(1.4), .saturation(0), .hue(-0.1), .hue(0.1), .hue(0.5),
      .hue(-0.5), .hue(0.33),
    ])
  func equalsNaive(adjustment: ColourAdjustment) {
    for seed in 0..<4 {
      let pixels = randomPixels(size, seed: UInt64(seed))
      let parameters = ViewParameters(crop: whole(size), adjustments: [adjustment])
      let difference = largestDifference(
        view(pixels, size, parameters, to: size), naiveView(pixels, size, parameters, to: size))
      #expect(difference < 2e-6)
    }
  }

  @Test("All 24 orders of the four changes equal their definitions")
  func orders() {
    let changes: [ColourAdjustment] = [.brightness(1.3), .contrast(0.7), .saturation(1.4), .hue(0.08)]
    let pixels = randomPixels(size, seed: 5)
    var stream = RandomStream(seed: 1, name: "orders")
    var seen: Set<[Int]> = []
    while seen.count < 24 {
      let order = stream.permutation(4)
      guard seen.insert(order).inserted else { continue }
      let parameters = ViewParameters(crop: whole(size), adjustments: order.map { changes[$0] })
      let difference = largestDifference(
        view(pixels, size, parameters, to: size), naiveView(pixels, size, parameters, to: size))
      #expect(difference < 5e-6, "\(order)")
    }
  }

  @Test("Factors of one and a turn of zero change nothing")
  func identities() {
    let pixels = randomPixels(size)
    let changes: [ColourAdjustment] = [.hue(0), .saturation(1), .contrast(1), .brightness(1)]
    #expect(largestDifference(adjusted(pixels, size, changes), pixels.map { Float($0) / 255 }) < 1e-6)
  }

  @Test("A third of the circle moves red to green, green to blue and blue to red")
  func thirdOfACircle() {
    let one = ImageExtent(height: 1, width: 3)
    let turned = adjusted([255, 0, 0, 0, 255, 0, 0, 0, 255], one, [.hue(1.0 / 3)])
    #expect(largestDifference(turned, [0, 0, 1, 1, 0, 0, 0, 1, 0]) < 1e-6)
  }

  @Test("Turns of a half forwards and backwards are the same")
  func halves() {
    let pixels = randomPixels(size)
    let (forwards, backwards) = (adjusted(pixels, size, [.hue(0.5)]), adjusted(pixels, size, [.hue(-0.5)]))
    #expect(largestDifference(forwards, backwards) < 2e-6)
  }

  @Test("Gray pixels have no hue to turn")
  func grayStays() {
    let plane = (0..<63).map { UInt8($0 * 4) }
    let pixels = plane + plane + plane
    #expect(adjusted(pixels, size, [.hue(0.3)]) == adjusted(pixels, size, []))
  }

  @Test("Contrast zero is the mean gray value everywhere, padding not counted")
  func contrastZero() {
    let pixels = [UInt8](repeating: 204, count: 3 * size.pixels)
    let gray: Float = 0.8 * 0.9999
    let values = adjusted(pixels, size, [.contrast(0)])
    #expect(values.allSatisfy { abs($0 - gray) < 1e-6 })
  }

  @Test("A gray view has three equal channels")
  func grayscale() {
    let pixels = randomPixels(size)
    let parameters = ViewParameters(crop: whole(size), isGrayscale: true)
    let values = view(pixels, size, parameters, to: size)
    let n = size.pixels
    #expect(values[0..<n] == values[n..<2 * n] && values[0..<n] == values[2 * n..<3 * n])
    #expect(largestDifference(values, naiveView(pixels, size, parameters, to: size)) < 1e-6)
  }
}
