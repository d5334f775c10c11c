import Foundation
import Kernels
import Networks

extension Augmentation {
  /// Draws the parameters of one view of an image of `size`, with the distributions of torchvision's transforms.
  ///
  /// How many numbers are drawn from `stream` varies; give each view a stream of its own.
  public func parameters(for size: ImageExtent, from stream: inout RandomStream) -> ViewParameters {
    var view = ViewParameters(crop: crop(of: size, from: &stream))
    view.isFlipped = happens(flipProbability, &stream)
    if happens(jitterProbability, &stream) { view.adjustments = adjustments(from: &stream) }
    view.isGrayscale = happens(grayscaleProbability, &stream)
    if let blur, happens(blur.probability, &stream) {
      view.blur = .init(taps: blur.taps, deviation: Float(uniform(blur.deviation, &stream)))
    }
    return view
  }

  /// The crop of torchvision's `RandomResizedCrop`: ten tries at an area and an aspect ratio that fit into the image,
  /// then the largest centred rectangle whose aspect ratio is allowed.
  func crop(of size: ImageExtent, from stream: inout RandomStream) -> ViewParameters.Crop {
    guard case .random(let scale, let aspects) = crop else {
      return .init(top: 0, left: 0, height: size.height, width: size.width)
    }
    let logarithms = Foundation.log(aspects.lowerBound)...Foundation.log(aspects.upperBound)
    for _ in 0..<10 {
      let area = Double(size.pixels) * uniform(scale, &stream)
      let aspect = Foundation.exp(uniform(logarithms, &stream))
      let width = Int((area * aspect).squareRoot().rounded(.toNearestOrEven))
      let height = Int((area / aspect).squareRoot().rounded(.toNearestOrEven))
      guard (1...size.width).contains(width), (1...size.height).contains(height) else { continue }
      return .init(
        top: stream.integer(below: size.height - height + 1),
        left: stream.integer(below: size.width - width + 1), height: height, width: width)
    }
    var (height, width) = (size.height, size.width)
    let own = Double(width) / Double(height)
    if own < aspects.lowerBound {
      height = Int((Double(width) / aspects.lowerBound).rounded(.toNearestOrEven))
    } else if own > aspects.upperBound {
      width = Int((Double(height) * aspects.upperBound).rounded(.toNearestOrEven))
    }
    // A very long and thin image rounds to no pixels at all.
    (height, width) = (max(1, height), max(1, width))
    return .init(
      top: (size.height - height) / 2, left: (size.width - width) / 2, height: height, width: width)
  }

  /// torchvision's `ColorJitter`: those of the four whose strength is not zero, in random order.
  private func adjustments(from stream: inout RandomStream) -> [ColourAdjustment] {
    func factor(_ strength: Double) -> Float {
      Float(uniform(max(0, 1 - strength)...1 + strength, &stream))
    }
    var adjustments: [ColourAdjustment] = []
    adjustments.reserveCapacity(4)
    if brightness > 0 { adjustments.append(.brightness(factor(brightness))) }
    if contrast > 0 { adjustments.append(.contrast(factor(contrast))) }
    if saturation > 0 { adjustments.append(.saturation(factor(saturation))) }
    if hue > 0 { adjustments.append(.hue(Float(uniform(-hue...hue, &stream)))) }
    adjustments.shuffle(using: &stream)
    return adjustments
  }

  private func happens(_ probability: Double, _ stream: inout RandomStream) -> Bool {
    probability > 0 && Double(stream.uniform()) < probability
  }

  private func uniform(_ range: ClosedRange<Double>, _ stream: inout RandomStream) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * Double(stream.uniform())
  }
}
