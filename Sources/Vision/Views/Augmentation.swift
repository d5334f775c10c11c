/// How random views of an image are made: the distribution that ``parameters(for:from:)`` draws from.
///
/// The order is that of torchvision's transforms in the contrastive papers: random resized crop, colour jitter,
/// grayscale, blur, horizontal flip, normalisation. Decoding checks every value; in JSON the blur is given or left out.
public struct Augmentation: Codable, Equatable, Sendable {
  /// Height and width of a view, in pixels, from 1 up to 4096.
  public var outputSize = 32
  /// Which part of the image a view shows.
  public var crop = RandomCrop.random(scale: 0.2...1, aspect: 3.0 / 4...4.0 / 3)
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

  enum CodingKeys: String, CodingKey {
    case outputSize, crop, flipProbability, brightness, contrast, saturation, hue
    case jitterProbability, grayscaleProbability, blur, mean, deviation
  }

  /// The values of ``moco``.
  public init() {}

  /// MoCo's augmentation for small images, in pre-training and in the attack: area 0.2 to 1, jitter 0.4, 0.4, 0.4, 0.1.
  public static let moco = Augmentation()

  /// The same with crops down to 0.08 of the area, as SimCLR has them (Chen et al., ICML 2020, appendix A).
  public static let simCLR: Augmentation = {
    var augmentation = Augmentation()
    augmentation.crop = .random(scale: 0.08...1, aspect: 3.0 / 4...4.0 / 3)
    return augmentation
  }()

  /// Crops alone, of 0.9 to 1 of the area, as CLIP's are in the OpenCLIP training code; the authors of CLIP took random
  /// square crops of resized images and nothing else (Radford et al., ICML 2021, section 2.4).
  public static let clip: Augmentation = {
    var augmentation = Augmentation.centre
    augmentation.crop = .random(scale: 0.9...1, aspect: 3.0 / 4...4.0 / 3)
    return augmentation
  }()

  /// Nothing random: the whole image, resized and normalised. For monitors that compare images, not views.
  public static let centre: Augmentation = {
    var augmentation = Augmentation()
    augmentation.crop = .whole
    augmentation.flipProbability = 0
    augmentation.jitterProbability = 0
    augmentation.grayscaleProbability = 0
    return augmentation
  }()
}

/// Which part of an image a view shows.
public enum RandomCrop: Codable, Equatable, Sendable {
  /// All of it; an image that is not square is squeezed.
  case whole
  /// A random rectangle. `scale` is its area as a fraction of the image's, in (0, 1]; `aspect` its width divided by
  /// its height, above 0, whose logarithm is drawn uniformly.
  case random(scale: ClosedRange<Double>, aspect: ClosedRange<Double>)
}

/// A Gaussian blur of random strength that is applied to some of the views.
public struct RandomBlur: Codable, Equatable, Sendable {
  /// The probability of a view to be blurred; SimCLR's is 0.5.
  public var probability = 0.5
  /// The standard deviation, drawn uniformly, in pixels of the view; above 0. SimCLR's is 0.1 to 2.
  public var deviation: ClosedRange<Double> = 0.1...2
  /// The number of taps along each axis: odd, and less than twice the view's size. SimCLR's is about a tenth of it.
  public var taps = 3

  /// SimCLR's blur for views of 32 pixels (Chen et al., ICML 2020, appendix A).
  public init() {}
}
