import Foundation
import Kernels

/// How random views of an image are made: the distribution that ``parameters(for:from:)`` draws from.
///
/// The order is that of torchvision's transforms in the contrastive papers: random resized crop, colour jitter,
/// grayscale, blur, horizontal flip, normalisation. In JSON a missing key has the value of ``moco``, an unknown key is
/// an error.
public struct Augmentation: Codable, Equatable, Sendable {
  /// Height and width of a view, in pixels, from 1 up.
  public var outputSize = 32
  /// The crop's area as a fraction of the image's, in (0, 1].
  public var cropScale: ClosedRange<Double> = 0.2...1
  /// The crop's width divided by its height, above 0; its logarithm is drawn uniformly. `nil` keeps the image's own.
  public var cropAspect: ClosedRange<Double>? = 3.0 / 4...4.0 / 3
  /// The probability of exchanging left and right.
  public var flipProbability = 0.5
  /// Brightness is multiplied by a factor in [max(0, 1 - this), 1 + this].
  public var brightness = 0.4
  /// Contrast is multiplied by a factor in [max(0, 1 - this), 1 + this].
  public var contrast = 0.4
  /// Saturation is multiplied by a factor in [max(0, 1 - this), 1 + this].
  public var saturation = 0.4
  /// The hue is turned by a fraction of the colour circle in [-this, this]; at most 0.5.
  public var hue = 0.1
  /// The probability that brightness, contrast, saturation and hue are changed, in random order.
  public var jitterProbability = 0.8
  /// The probability that a view is gray.
  public var grayscaleProbability = 0.2
  /// Gaussian blur, off by default: at 32 pixels it removes most of what there is to see.
  public var blur: RandomBlur?
  /// What is subtracted from red, green and blue in [0, 1].
  public var mean: [Float] = [0.5, 0.5, 0.5]
  /// What red, green and blue are then divided by, above 0.
  public var deviation: [Float] = [0.25, 0.25, 0.25]

  /// MoCo's augmentation for small images, as of the paper's pre-training and of its attack.
  public init() {}

  /// The augmentation of MoCo pre-training, and the default: area 0.2 to 1, jitter 0.4, 0.4, 0.4, 0.1.
  public static let moco = Augmentation()

  /// The same with crops down to 0.08 of the area, as SimCLR has them (Chen et al., ICML 2020, appendix A).
  public static let simCLR: Augmentation = {
    var augmentation = Augmentation()
    augmentation.cropScale = 0.08...1
    return augmentation
  }()

  /// Nothing random: the whole image, resized and normalised. For monitors that compare images, not views.
  public static let centre: Augmentation = {
    var augmentation = Augmentation()
    (augmentation.cropScale, augmentation.cropAspect) = (1...1, nil)
    augmentation.flipProbability = 0
    augmentation.jitterProbability = 0
    augmentation.grayscaleProbability = 0
    return augmentation
  }()
}

/// A Gaussian blur of random strength that is applied to some of the views.
public struct RandomBlur: Codable, Equatable, Sendable {
  /// The probability of a view to be blurred; SimCLR's is 0.5.
  public var probability = 0.5
  /// The standard deviation, drawn uniformly, in pixels of the view; above 0.
  public var deviation: ClosedRange<Double> = 0.1...2
  /// The number of taps along each axis, odd; `nil` takes a tenth of the view's size, as SimCLR does, at least 3.
  public var taps: Int?

  /// SimCLR's blur (Chen et al., ICML 2020, appendix A).
  public init() {}

  func taps(outputSize: Int) -> Int { taps ?? max(3, outputSize / 10 | 1) }
}

extension Augmentation {
  /// Checks every field.
  /// - Throws: ``AugmentationError/invalidValue(field:value:expected:)`` for the first one out of its range.
  public func validate() throws(AugmentationError) {
    func require(_ holds: Bool, _ field: String, _ value: Any, _ expected: String) throws(AugmentationError) {
      if !holds {
        throw AugmentationError.invalidValue(field: field, value: "\(value)", expected: expected)
      }
    }
    try require((1...4096).contains(outputSize), "outputSize", outputSize, "1 to 4096 pixels")
    try require(
      cropScale.lowerBound > 0 && cropScale.upperBound <= 1, "cropScale", cropScale,
      "fractions of the image's area above 0 and at most 1")
    if let cropAspect {
      try require(
        cropAspect.lowerBound > 0 && cropAspect.upperBound.isFinite, "cropAspect", cropAspect,
        "ratios of width to height above 0")
    }
    for (field, value) in [("brightness", brightness), ("contrast", contrast), ("saturation", saturation)] {
      try require(value >= 0 && value.isFinite, field, value, "a number from 0 up")
    }
    try require((0...0.5).contains(hue), "hue", hue, "0 to 0.5 of the colour circle")
    var probabilities = [
      ("flipProbability", flipProbability), ("jitterProbability", jitterProbability),
      ("grayscaleProbability", grayscaleProbability),
    ]
    if let blur { probabilities.append(("blur.probability", blur.probability)) }
    for (field, value) in probabilities {
      try require((0...1).contains(value), field, value, "a probability, 0 to 1")
    }
    if let blur {
      try require(
        blur.deviation.lowerBound > 0 && blur.deviation.upperBound.isFinite, "blur.deviation", blur.deviation,
        "standard deviations above 0")
      let taps = blur.taps(outputSize: outputSize)
      try require(
        taps > 0 && taps % 2 == 1 && taps / 2 < outputSize, "blur.taps", taps,
        "an odd number less than twice the outputSize of \(outputSize)")
    }
    try require(
      mean.count == 3 && mean.allSatisfy(\.isFinite), "mean", mean, "three numbers, for red, green, blue")
    try require(
      deviation.count == 3 && deviation.allSatisfy { $0 > 0 && $0.isFinite }, "deviation", deviation,
      "three numbers above 0, for red, green, blue")
  }
}
