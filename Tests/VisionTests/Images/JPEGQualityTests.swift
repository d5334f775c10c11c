import TestSupport
import Testing

@testable import Vision

@Suite struct JPEGQualityTests {
  /// ITU-T T.81, table K.1.
  private static let standard = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17,
    22, 29,
    51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103,
    121, 120,
    101, 72, 92, 95, 98, 112, 100, 103, 99,
  ]

  /// The headers that libjpeg writes at a quality.
  private func headers(_ quality: Int, isWide: Bool = false) -> [UInt8] {
    let scale = quality < 50 ? 5000 / quality : 200 - 2 * quality
    let table = Self.standard.map { max(1, min(255, ($0 * scale + 50) / 100)) }
    var bytes: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE1, 0, 8, 1, 2, 3, 0xFF, 0xDB, 5]
    let length = 3 + (isWide ? 128 : 64)
    bytes += [0xFF, 0xFF, 0xDB, UInt8(length >> 8), UInt8(length & 255), isWide ? 0x10 : 0]
    for value in table {
      if isWide { bytes.append(0) }
      bytes.append(UInt8(value))
    }
    return bytes + [0xFF, 0xDA, 0, 2]
  }

  @Test("The quality that a table was scaled by is found again, from tables of 8 and of 16 bits")
  func qualities() throws {
    for quality in [25, 50, 60, 75, 85, 92, 95] {
      for isWide in [false, true] {
        let found = try #require(JPEGQuality.estimated(headers(quality, isWide: isWide)))
        #expect(abs(found - quality) <= 1, "\(quality): \(found)")
      }
    }
    #expect(JPEGQuality.estimated(headers(100)).map { $0 >= 98 } == true)
  }

  @Test("Without a whole table before the first scan there is none, whatever the bytes are")
  func none() {
    let good = headers(75)
    for count in 0..<good.count - 4 where count < good.count - 5 {
      #expect(JPEGQuality.estimated(Array(good.prefix(count))) == nil)
    }
    #expect(JPEGQuality.estimated([0x89, 0x50, 0x4E, 0x47]) == nil)
    #expect(JPEGQuality.estimated([0xFF, 0xD8, 0xFF, 0xDA, 0, 2]) == nil)
  }

  @Test("Of damaged files a quality from 1 to 100 is told, or none")
  func fuzz() throws {
    try Fuzz.feed("JPEG quality", [headers(75)], rounds: 1000) { input, _ in
      let quality = JPEGQuality.estimated(input)
      try Fuzz.require((1...100).contains(quality ?? 1), "a quality of \(quality ?? 0)")
      return quality != nil
    }
  }
}
