/// How coarsely a JPEG file was quantised, as the quality from 1 to 100 by which the library of the Independent JPEG
/// Group scales the standard's table of luminance (ITU-T T.81, annex K). Tables of another shape get the quality whose
/// scale is nearest in the mean; a file with no table in its headers has none.
public enum JPEGQuality {
  /// The sum of the standard's table of luminance, at quality 50.
  private static let standardSum = 3688

  /// The quality of the first table, that of luminance.
  /// - Parameter bytes: the beginning of a JPEG file; what follows the tables is of no matter.
  public static func estimated(_ bytes: [UInt8]) -> Int? {
    guard bytes.count > 4, bytes[0] == 0xFF, bytes[1] == 0xD8 else { return nil }
    var place = 2
    // Segments up to the first scan: FF, kind, length with itself.
    while place + 4 <= bytes.count, bytes[place] == 0xFF {
      let kind = bytes[place + 1]
      if kind == 0xFF {
        place += 1
        continue
      }
      if kind == 0xDA || kind == 0xD9 { return nil }
      let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
      guard length >= 2 else { return nil }
      if kind == 0xDB { return quality(bytes, from: place + 4, to: place + 2 + length) }
      place += 2 + length
    }
    return nil
  }

  private static func quality(_ bytes: [UInt8], from start: Int, to end: Int) -> Int? {
    guard start < end, end <= bytes.count else { return nil }
    let isWide = bytes[start] >> 4 == 1
    let size = isWide ? 128 : 64
    guard bytes[start] >> 4 <= 1, start + 1 + size <= end else { return nil }
    let sum = (0..<64).reduce(0) { sum, index in
      let place = start + 1 + (isWide ? 2 * index : index)
      return sum + (isWide ? Int(bytes[place]) << 8 | Int(bytes[place + 1]) : Int(bytes[place]))
    }
    guard sum > 0 else { return nil }
    // Percent of the standard: 5000 / q below 50, 200 - 2 q above.
    let scale = 100 * Double(sum) / Double(standardSum)
    let quality = scale <= 100 ? (200 - scale) / 2 : 5000 / scale
    return min(100, max(1, Int(quality.rounded())))
  }
}
