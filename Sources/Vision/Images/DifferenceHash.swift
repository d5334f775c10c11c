/// A perceptual hash: 64 bits that hardly change when a picture is scaled, compressed anew or made a little lighter
/// (Krawetz 2013, dHash).
///
/// The picture's grey is averaged in 8 rows of 9 cells; bit 8 · row + column is set where a cell is darker than its
/// right neighbour by more than half a level of 255.
public struct DifferenceHash: Hashable, Sendable {
  /// The bits, the first of the upper left cell lowest.
  public let bits: UInt64

  /// The hash of a picture.
  public init(_ picture: PixelImage) { self.init(Grey(picture)) }

  fileprivate init(_ grey: Grey) {
    let (rows, columns) = (8, 9)
    let cells = grey.averages(rows: rows, columns: columns)
    bits = (0..<rows * (columns - 1)).reduce(0) { bits, place in
      let cell = place / (columns - 1) * columns + place % (columns - 1)
      return cells[cell + 1] - cells[cell] > 0.5 ? bits | 1 << UInt64(place) : bits
    }
  }

  /// In how many bits two hashes differ, 0 to 64.
  public func distance(to other: DifferenceHash) -> Int { (bits ^ other.bits).nonzeroBitCount }
}

/// What is kept of a picture to find its near copies: its ``DifferenceHash``, and its grey in 16 by 16 cells.
///
/// The hash alone takes pictures of few edges for copies of each other; the cells tell them apart.
public struct PictureSketch: Sendable {
  /// Within this many bits pictures may be near copies. Of two pictures that have nothing to do with each other about half
  /// of the 64 bits differ, if they have edges.
  public static let nearDistance = 6
  /// The least correlation of the greys of near copies.
  public static let nearCorrelation = 0.95
  private static let side = 16

  /// The hash.
  public let hash: DifferenceHash
  /// The cells with mean 0 and squares that sum to 1; none of a picture of one grey.
  private let cells: [Double]

  /// The sketch of a picture.
  public init(_ picture: PixelImage) {
    let grey = Grey(picture)
    hash = DifferenceHash(grey)
    let cells = grey.averages(rows: Self.side, columns: Self.side)
    let mean = cells.reduce(0, +) / Double(cells.count)
    let length = cells.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
    self.cells = length > 1 ? cells.map { ($0 - mean) / length } : []
  }

  /// Whether one may be a copy of the other: within ``nearDistance`` bits, and of greys that correlate by
  /// ``nearCorrelation`` at least.
  public func isNear(_ other: PictureSketch) -> Bool {
    guard !cells.isEmpty, cells.count == other.cells.count,
      hash.distance(to: other.hash) <= Self.nearDistance
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
