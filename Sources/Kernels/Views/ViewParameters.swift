/// One change of colour, as torchvision's `adjust_*` functions define it on values in [0, 1].
public enum ColourAdjustment: Equatable, Sendable {
  /// Blends with black: 0 is black, 1 changes nothing.
  case brightness(Float)
  /// Blends with the mean of the image's gray values: 0 is uniformly gray, 1 changes nothing.
  case contrast(Float)
  /// Blends with the gray image: 0 is gray, 1 changes nothing.
  case saturation(Float)
  /// Turns the hue by a fraction of the colour circle in [-0.5, 0.5]; 0 changes nothing.
  case hue(Float)
}

/// All that distinguishes one view of an image from another.
///
/// The kernel crops and resizes, flips, changes colours in the order given, takes the gray values, blurs.
public struct ViewParameters: Equatable, Sendable {
  /// A rectangle of pixels; it must lie inside the image.
  public struct Crop: Equatable, Sendable {
    /// The first row.
    public var top: Int
    /// The first column.
    public var left: Int
    /// Rows, at least 1.
    public var height: Int
    /// Columns, at least 1.
    public var width: Int

    /// A rectangle from its upper left corner and size, in pixels.
    public init(top: Int, left: Int, height: Int, width: Int) {
      (self.top, self.left, self.height, self.width) = (top, left, height, width)
    }
  }

  /// A Gaussian of finite support, separable, with the image mirrored at its edges.
  public struct Blur: Equatable, Sendable {
    /// The number of taps along each axis: odd, and less than twice the view's shorter side.
    public var taps: Int
    /// The standard deviation, in pixels of the view.
    public var deviation: Float

    /// A Gaussian of `taps` weights that sum to 1.
    public init(taps: Int, deviation: Float) {
      (self.taps, self.deviation) = (taps, deviation)
    }
  }

  /// The part of the image that fills the view.
  public var crop: Crop
  /// Whether left and right are exchanged.
  public var isFlipped: Bool
  /// Changes of colour, first to last.
  public var adjustments: [ColourAdjustment]
  /// Whether all three channels become the gray value 0.2989 red + 0.587 green + 0.114 blue.
  public var isGrayscale: Bool
  /// The blur, if any.
  public var blur: Blur?

  /// The view of `crop` with the given changes, by default none.
  public init(
    crop: Crop, isFlipped: Bool = false, adjustments: [ColourAdjustment] = [], isGrayscale: Bool = false,
    blur: Blur? = nil
  ) {
    (self.crop, self.isFlipped, self.adjustments) = (crop, isFlipped, adjustments)
    (self.isGrayscale, self.blur) = (isGrayscale, blur)
  }
}

/// Height and width in pixels.
public struct ImageExtent: Hashable, Sendable, CustomStringConvertible {
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int

  /// A size of `height` rows and `width` columns.
  public init(height: Int, width: Int) {
    (self.height, self.width) = (height, width)
  }

  /// The number of pixels.
  public var pixels: Int { height * width }

  /// Height x width.
  public var description: String { "\(height)x\(width)" }
}
