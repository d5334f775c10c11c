/// What is kept of a picture to find its near copies: its ``PerceptualHash``, and its grey in 16 by 16 cells.
///
/// The hash alone takes pictures of few edges for copies of each other; the cells tell them apart.
public struct PictureSketch: Sendable {
  /// The least correlation of the greys of near copies.
  public static let nearCorrelation = 0.95
  private static let side = 16

  /// The hash.
  public let hash: PerceptualHash
  /// The cells with mean 0 and squares that sum to 1; none of a picture of one grey.
  private let cells: [Double]

  /// The sketch of a picture.
  public init(_ picture: PixelImage) {
    let grey = Grey(picture)
    hash = PerceptualHash(of: picture)
    let cells = grey.averages(rows: Self.side, columns: Self.side)
    let mean = cells.reduce(0, +) / Double(cells.count)
    let length = cells.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
    self.cells = length > 1 ? cells.map { ($0 - mean) / length } : []
  }

  /// Whether one may be a copy of the other: within ``PerceptualHash/nearBits`` bits, and of greys that correlate by
  /// ``nearCorrelation`` at least.
  public func isNear(_ other: PictureSketch) -> Bool {
    guard !cells.isEmpty, cells.count == other.cells.count,
      hash.isNear(other.hash)
    else { return false }
    return zip(cells, other.cells).reduce(0) { $0 + $1.0 * $1.1 } >= Self.nearCorrelation
  }
}

/// A picture's grey, from 0 to 255.
private struct Grey {
  let height: Int
  let width: Int
  let levels: [Double]

  init(_ picture: PixelImage) {
    let area = picture.height * picture.width
    (height, width) = (picture.height, picture.width)
    levels = picture.bytes.withUnsafeBufferPointer { bytes in
      (0..<area).map { pixel in
        let (red, green, blue) = (Int(bytes[pixel]), Int(bytes[area + pixel]), Int(bytes[2 * area + pixel]))
        return Double(299 * red + 587 * green + 114 * blue) / 1000
      }
    }
  }

  /// The mean grey of equal cells, row by row; a pixel on a border counts for both cells by its share.
  func averages(rows: Int, columns: Int) -> [Double] {
    let (vertical, horizontal) = (Grey.shares(height, rows), Grey.shares(width, columns))
    // First along each row of pixels, then down the columns of cells.
    let narrowed = (0..<height).flatMap { y in
      horizontal.map { shares in shares.reduce(0.0) { $0 + $1.weight * levels[y * width + $1.place] } }
    }
    return vertical.flatMap { shares in
      (0..<columns).map { column in
        shares.reduce(0.0) { $0 + $1.weight * narrowed[$1.place * columns + column] }
      }
    }
  }

  /// For each of some equal parts of a line the pixels in it, with weights that sum to 1.
  private static func shares(_ length: Int, _ parts: Int) -> [[(place: Int, weight: Double)]] {
    let step = Double(length) / Double(parts)
    return (0..<parts).map { part in
      let (start, end) = (Double(part) * step, Double(part + 1) * step)
      return (Int(start)..<min(length, Int(end.rounded(.up)))).compactMap { place in
        let weight = (min(end, Double(place + 1)) - max(start, Double(place))) / step
        return weight > 0 ? (place, weight) : nil
      }
    }
  }
}
