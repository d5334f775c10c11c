import Kernels

/// A difference hash: 64 bits that hardly change when a picture is scaled, compressed or slightly retouched.
///
/// The picture is brought to 9 by 8 grey pixels, each the mean of the area under it; a bit for each row and each pair of
/// neighbours in it says whether the left one is brighter. Two pictures whose hashes differ in few bits resemble each
/// other; unrelated ones differ in about half. A picture without structure, such as an empty page, has few bits set and is
/// near every other one of its kind.
public struct PerceptualHash: Hashable, Sendable {
  /// Row by row, the upper left pair in the highest bit.
  public let bits: UInt64

  /// The most bits in which the hashes of near duplicates differ, unless another number is asked for: a tenth of all.
  public static let nearBits = 6

  private static let (rows, columns) = (8, 9)

  /// A hash by its bits.
  public init(bits: UInt64) { self.bits = bits }

  /// The hash of a picture of any size.
  public init(of image: PixelImage) {
    let (rows, columns) = (PerceptualHash.rows, PerceptualHash.columns)
    let area = rows * columns
    let small = [UInt8](unsafeUninitializedCapacity: 3 * area) { target, count in
      image.bytes.withUnsafeBufferPointer { source in
        resize(
          source, planes: 3, rows: ResizedAxis(source: image.height, resized: rows),
          columns: ResizedAxis(source: image.width, resized: columns), filter: .area, into: target)
      }
      count = 3 * area
    }
    // Luma in thousandths (ITU-R BT.601), whole numbers so that all machines agree.
    let grey = (0..<area).map {
      299 * Int(small[$0]) + 587 * Int(small[area + $0]) + 114 * Int(small[2 * area + $0])
    }
    var bits: UInt64 = 0
    for row in 0..<rows {
      for column in 0..<(columns - 1) {
        let place = row * columns + column
        bits = bits << 1 | (grey[place] > grey[place + 1] ? 1 : 0)
      }
    }
    self.bits = bits
  }

  /// In how many bits two hashes differ, 0 to 64.
  public func distance(to other: PerceptualHash) -> Int { (bits ^ other.bits).nonzeroBitCount }

  /// Whether two pictures are near duplicates.
  /// - Parameter most: the most bits in which they may differ.
  public func isNear(_ other: PerceptualHash, within most: Int = nearBits) -> Bool {
    distance(to: other) <= most
  }
}
