import Foundation
import Kernels
import Networks
import Testing

@testable import Vision

@Suite("Drawing view parameters")
struct ViewDrawingTests {
  private let size = ImageExtent(height: 200, width: 300)

  private func draw(_ augmentation: Augmentation, _ count: Int, size: ImageExtent? = nil) -> [ViewParameters]
  {
    let streams = RandomStream(seed: 4, name: "views")
    return (0..<count).map { index in
      var stream = streams.substream(index)
      return augmentation.parameters(for: size ?? self.size, from: &stream)
    }
  }

  private func share(_ views: [ViewParameters], _ holds: (ViewParameters) -> Bool) -> Double {
    Double(views.count(where: holds)) / Double(views.count)
  }

  @Test("Crops lie inside the image, with area and aspect in their ranges up to rounding")
  func crops() {
    for view in draw(.moco, 5000) {
      let crop = view.crop
      #expect(crop.top >= 0 && crop.top + crop.height <= 200)
      #expect(crop.left >= 0 && crop.left + crop.width <= 300)
      let area = Double(crop.height * crop.width) / 60000
      let aspect = Double(crop.width) / Double(crop.height)
      #expect(area > 0.195 && area <= 1)
      #expect(aspect > 0.74 && aspect < 1.35)
    }
  }

  @Test("Small crops have uniform areas and log-uniform aspect ratios")
  func distribution() {
    var augmentation = Augmentation.moco
    // Crops of at most half of a square always fit, so no try is refused.
    augmentation.crop = .random(scale: 0.1...0.5, aspect: 0.5...2)
    let crops = draw(augmentation, 20000, size: ImageExtent(height: 1000, width: 1000)).map(\.crop)
    let areas = crops.map { Double($0.height * $0.width) / 1e6 }
    let logarithms = crops.map { log2(Double($0.width) / Double($0.height)) }
    for step in 1...3 {
      let part = Double(step) / 4
      let below = Double(areas.count { $0 < 0.1 + 0.4 * part }) / 20000
      let narrower = Double(logarithms.count { $0 < -1 + 2 * part }) / 20000
      // Four standard deviations of a share of 20,000 are 0.0142 at most.
      #expect(abs(below - part) < 0.0142)
      #expect(abs(narrower - part) < 0.0142)
    }
  }

  @Test("The corner of a crop is uniform over where it fits")
  func corners() {
    var augmentation = Augmentation.moco
    augmentation.crop = .random(scale: 0.25...0.25, aspect: 1...1)
    let crops = draw(augmentation, 6000, size: ImageExtent(height: 4, width: 4)).map(\.crop)
    #expect(crops.allSatisfy { $0.height == 2 && $0.width == 2 })
    for corner in 0..<3 {
      #expect(abs(Double(crops.count { $0.top == corner }) / 6000 - 1.0 / 3) < 0.025)
      #expect(abs(Double(crops.count { $0.left == corner }) / 6000 - 1.0 / 3) < 0.025)
    }
  }

  @Test(
    "Where no try fits, the crop is the largest centred rectangle of an allowed aspect",
    arguments: [
      (
        ImageExtent(height: 100, width: 1000), ViewParameters.Crop(top: 0, left: 433, height: 100, width: 133)
      ),
      (
        ImageExtent(height: 1000, width: 100), ViewParameters.Crop(top: 433, left: 0, height: 133, width: 100)
      ),
    ])
  func fallback(size: ImageExtent, expected: ViewParameters.Crop) {
    var augmentation = Augmentation.moco
    augmentation.crop = .random(scale: 1...1, aspect: 0.75...4.0 / 3)
    #expect(draw(augmentation, 3, size: size).allSatisfy { $0.crop == expected })
  }

  @Test("An image within the allowed aspects falls back to all of itself")
  func wholeFallback() {
    var augmentation = Augmentation.moco
    augmentation.crop = .random(scale: 1...1, aspect: 0.5...0.6)
    let crop = draw(augmentation, 1, size: ImageExtent(height: 9, width: 5))[0].crop
    #expect(crop == .init(top: 0, left: 0, height: 9, width: 5))
  }

  @Test("The thinnest images still have a crop")
  func thin() {
    let size = ImageExtent(height: 2, width: 2000)
    #expect(draw(.simCLR, 100, size: size).allSatisfy { $0.crop.height >= 1 && $0.crop.width >= 1 })
  }

  @Test("Flips, jitter and gray come at their probabilities")
  func probabilities() {
    let views = draw(.moco, 20000)
    #expect(abs(share(views) { $0.isFlipped } - 0.5) < 0.0142)
    #expect(abs(share(views) { !$0.adjustments.isEmpty } - 0.8) < 0.0142)
    #expect(abs(share(views) { $0.isGrayscale } - 0.2) < 0.0142)
    #expect(views.allSatisfy { $0.blur == nil })
  }

  @Test("Jitter factors are uniform in their ranges, and all 24 orders are equally likely")
  func jitter() {
    var augmentation = Augmentation.moco
    (augmentation.jitterProbability, augmentation.brightness) = (1, 1.5)
    var orders: [String: Int] = [:]
    var sums = [Float](repeating: 0, count: 4)
    let views = draw(augmentation, 24000)
    for view in views {
      var order = ""
      for adjustment in view.adjustments {
        switch adjustment {
        case .brightness(let factor):
          #expect((0...2.5).contains(factor))
          (sums[0], order) = (sums[0] + factor, order + "b")
        case .contrast(let factor):
          #expect((0.6...1.4).contains(factor))
          (sums[1], order) = (sums[1] + factor, order + "c")
        case .saturation(let factor):
          #expect((0.6...1.4).contains(factor))
          (sums[2], order) = (sums[2] + factor, order + "s")
        case .hue(let turn):
          #expect((-0.1...0.1).contains(turn))
          (sums[3], order) = (sums[3] + turn, order + "h")
        }
      }
      orders[order, default: 0] += 1
    }
    for (sum, mean) in zip(sums, [1.25, 1, 1, 0]) { #expect(abs(sum / 24000 - Float(mean)) < 0.02) }
    #expect(orders.count == 24)
    // An order's count has mean 1000 and standard deviation 31.
    #expect(orders.values.allSatisfy { abs($0 - 1000) < 140 })
  }

  @Test("A strength of zero leaves that change out")
  func zeroStrength() {
    var augmentation = Augmentation.moco
    (augmentation.jitterProbability, augmentation.hue, augmentation.contrast) = (1, 0, 0)
    #expect(draw(augmentation, 100).allSatisfy { $0.adjustments.count == 2 })
  }

  @Test("Blur comes at its probability with deviations in its range")
  func blur() {
    var augmentation = Augmentation.moco
    augmentation.blur = RandomBlur()
    let blurs = draw(augmentation, 10000).compactMap(\.blur)
    #expect(abs(Double(blurs.count) / 10000 - 0.5) < 0.02)
    #expect(blurs.allSatisfy { $0.taps == 3 && (0.1...2).contains($0.deviation) })
  }

  @Test("The centre preset always shows the whole image, unchanged")
  func centre() {
    let expected = ViewParameters(crop: .init(top: 0, left: 0, height: 200, width: 300))
    #expect(draw(.centre, 50).allSatisfy { $0 == expected })
  }
}
