/// What is kept of a picture to find its near copies: its ``PerceptualHash``, and its grey in 16 by 16 cells.
///
/// The hash alone takes pictures of few edges for copies of each other; the cells tell them apart. A sketch takes about 0.3 KB,
/// whatever the picture's size.
public struct PictureSketch: Sendable {
  /// The least correlation of the greys of near copies.
  public static let nearCorrelation = 0.95
  private static let side = 16

  /// The hash.
  public let hash: PerceptualHash
  /// The cells with mean 0, the largest of them 127 or -127; none of a picture of one grey.
  private let cells: [Int8]
  /// The root of the sum of their squares.
  private let length: Float

  /// The sketch of a picture.
  public init(_ picture: PixelImage) {
    hash = PerceptualHash(of: picture)
    let greys = picture.greys(rows: Self.side, columns: Self.side)
    let mean = greys.reduce(0, +) / Double(greys.count)
    let apart = greys.map { $0 - mean }
    let largest = apart.reduce(0) { max($0, abs($1)) }
    let isFlat = apart.reduce(0) { $0 + $1 * $1 } <= 1
    cells = isFlat ? [] : apart.map { Int8(($0 / largest * 127).rounded()) }
    length = cells.reduce(0) { $0 + Float(Int($1) * Int($1)) }.squareRoot()
  }

  /// Whether one may be a copy of the other: within ``PerceptualHash/nearBits`` bits, and of greys that correlate by
  /// ``nearCorrelation`` at least.
  public func isNear(_ other: PictureSketch) -> Bool {
    guard hash.isNear(other.hash), !cells.isEmpty, cells.count == other.cells.count else { return false }
    let product = zip(cells, other.cells).reduce(0) { $0 + Int($1.0) * Int($1.1) }
    return Double(product) >= Self.nearCorrelation * Double(length) * Double(other.length)
  }
}

extension PixelImage {
  /// The mean grey, from 0 to 255, of equal cells, row by row; a pixel on a border counts for both cells by its share.
  fileprivate func greys(rows: Int, columns: Int) -> [Double] {
    let (vertical, horizontal) = (PixelImage.shares(height, rows), PixelImage.shares(width, columns))
    let area = height * width
    // First along each row of pixels, then down the columns of cells.
    var narrowed: [Double] = []
    narrowed.reserveCapacity(height * columns)
    bytes.withUnsafeBufferPointer { bytes in
      func grey(_ pixel: Int) -> Double {
        let (red, green, blue) = (Int(bytes[pixel]), Int(bytes[area + pixel]), Int(bytes[2 * area + pixel]))
        return Double(299 * red + 587 * green + 114 * blue) / 1000
      }
      for y in 0..<height {
        for shares in horizontal {
          narrowed.append(shares.reduce(0.0) { $0 + $1.weight * grey(y * width + $1.place) })
        }
      }
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
