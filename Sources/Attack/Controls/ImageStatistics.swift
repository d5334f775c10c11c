/// What can be known of an image without any encoder: the inputs of the blind control.
///
/// Groups that differ in these differ by themselves (Das et al. 2024, "Blind baselines beat membership inference
/// attacks for foundation models").
public struct ImageStatistics: Sendable, Equatable {
  /// One number for each of ``names``.
  public let values: [Double]

  /// Bins of each colour histogram.
  static let colourBins = 8
  /// Directions of the gradient histogram.
  static let directions = 8
  /// Bins of the gradient's magnitude.
  static let magnitudes = 6

  /// What each value is.
  public static let names: [String] =
    ["red", "green", "blue"].flatMap { channel in
      (0..<colourBins).map { "\(channel) histogram \($0)" } + ["\(channel) mean", "\(channel) deviation"]
    }
    + (0..<directions).map { "gradient direction \($0)" }
    + (0..<magnitudes).map { "gradient magnitude \($0)" }
    + [
      "saturation", "border whiteness", "border deviation", "sharpness", "equal neighbours", "level variety",
    ]

  /// Statistics of one image.
  ///
  /// - Parameter planes: 8-bit values, `[3, height, width]`: all of red, then green, then blue.
  public init(planes: [UInt8], height: Int, width: Int) {
    precondition(
      height >= 1 && width >= 1 && planes.count == 3 * height * width,
      "ImageStatistics: \(planes.count) values for an image of 3 x \(height) x \(width)")
    let pixels = height * width
    var values: [Double] = []
    for channel in 0..<3 {
      values += ImageStatistics.colour(planes[(channel * pixels)..<((channel + 1) * pixels)])
    }
    let grey = (0..<pixels).map { pixel in
      0.299 * Double(planes[pixel]) + 0.587 * Double(planes[pixels + pixel])
        + 0.114 * Double(planes[2 * pixels + pixel])
    }
    values += ImageStatistics.gradients(grey, height: height, width: width)
    values.append(ImageStatistics.saturation(planes, pixels: pixels))
    values += ImageStatistics.border(grey, height: height, width: width)
    values += ImageStatistics.texture(grey, height: height, width: width)
    self.values = values
  }

  /// Histogram, mean and deviation of one channel.
  private static func colour(_ plane: ArraySlice<UInt8>) -> [Double] {
    var histogram = [Double](repeating: 0, count: colourBins)
    var (sum, squares) = (0, 0)
    for value in plane {
      histogram[Int(value) * colourBins / 256] += 1
      sum += Int(value)
      squares += Int(value) * Int(value)
    }
    let count = Double(plane.count)
    let mean = Double(sum) / count
    let variance = max(0, Double(squares) / count - mean * mean)
    return histogram.map { $0 / count } + [mean / 255, variance.squareRoot() / 255]
  }

  /// Histograms of gradient direction, weighted by magnitude, and of magnitude by powers of two.
  private static func gradients(_ grey: [Double], height: Int, width: Int) -> [Double] {
    var directionSums = [Double](repeating: 0, count: directions)
    var magnitudeCounts = [Double](repeating: 0, count: magnitudes)
    var (total, count) = (0.0, 0.0)
    for y in 1..<max(1, height - 1) {
      for x in 1..<max(1, width - 1) {
        let dx = grey[y * width + x + 1] - grey[y * width + x - 1]
        let dy = grey[(y + 1) * width + x] - grey[(y - 1) * width + x]
        let magnitude = (dx * dx + dy * dy).squareRoot()
        directionSums[octant(dx, dy)] += magnitude
        total += magnitude
        count += 1
        // 0-4, 4-8, 8-16, 16-32, 32-64, 64 and more.
        var (bin, edge) = (0, 4.0)
        while bin < magnitudes - 1 && magnitude >= edge {
          bin += 1
          edge *= 2
        }
        magnitudeCounts[bin] += 1
      }
    }
    return directionSums.map { total > 0 ? $0 / total : 0 }
      + magnitudeCounts.map { count > 0 ? $0 / count : 0 }
  }

  /// Which eighth of the circle a direction is in, by comparisons alone so that all machines agree.
  private static func octant(_ dx: Double, _ dy: Double) -> Int {
    (dx < 0 ? 4 : 0) + (dy < 0 ? 2 : 0) + (abs(dy) > abs(dx) ? 1 : 0)
  }

  /// The mean difference of a pixel's largest and smallest channel.
  private static func saturation(_ planes: [UInt8], pixels: Int) -> Double {
    var sum = 0
    for pixel in 0..<pixels {
      let (red, green, blue) = (planes[pixel], planes[pixels + pixel], planes[2 * pixels + pixel])
      sum += Int(max(red, green, blue)) - Int(min(red, green, blue))
    }
    return Double(sum) / Double(255 * pixels)
  }

  /// The share of near-white pixels on the border, and the border's deviation.
  private static func border(_ grey: [Double], height: Int, width: Int) -> [Double] {
    var (white, sum, squares, count) = (0.0, 0.0, 0.0, 0.0)
    for y in 0..<height {
      for x in 0..<width where y == 0 || x == 0 || y == height - 1 || x == width - 1 {
        let value = grey[y * width + x] / 255
        white += value > 0.98 ? 1 : 0
        sum += value
        squares += value * value
        count += 1
      }
    }
    let mean = sum / count
    return [white / count, max(0, squares / count - mean * mean).squareRoot()]
  }

  /// Mean size of the Laplacian, share of equal neighbours, and how evenly 32 grey levels are used.
  private static func texture(_ grey: [Double], height: Int, width: Int) -> [Double] {
    var (laplacian, inner, equal, neighbours) = (0.0, 0.0, 0.0, 0.0)
    var levels = [Double](repeating: 0, count: 32)
    for y in 0..<height {
      for x in 0..<width {
        let centre = grey[y * width + x]
        levels[min(31, Int(centre / 8))] += 1
        if x + 1 < width {
          neighbours += 1
          equal += grey[y * width + x + 1] == centre ? 1 : 0
        }
        if y > 0 && x > 0 && y + 1 < height && x + 1 < width {
          inner += 1
          let around =
            grey[y * width + x - 1] + grey[y * width + x + 1] + grey[(y - 1) * width + x]
            + grey[(y + 1) * width + x]
          laplacian += abs(around - 4 * centre)
        }
      }
    }
    let pixels = Double(grey.count)
    // The Gini-Simpson index: the chance that two pixels differ in level.
    let concentration = levels.reduce(0) { $0 + ($1 / pixels) * ($1 / pixels) }
    return [
      inner > 0 ? laplacian / (255 * inner) : 0, neighbours > 0 ? equal / neighbours : 0, 1 - concentration,
    ]
  }
}
