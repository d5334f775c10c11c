import TestSupport
import Testing
import Vision

@Suite("PNG") struct PNGTests {
  private func decoded(_ name: String) throws -> PixelImage {
    try PixelImage(contentsOf: ImageFixtures.path(name))
  }
  private typealias F = ImageFixtures

  @Test(
    "Colour decodes to its numbers, at 8 or 16 bits, interlaced or not, by palette or direct",
    arguments: ["rgb.png", "rgb-interlaced.png", "rgb16.png", "palette.png"])
  func colour(name: String) throws {
    #expect(try decoded(name) == F.picture(F.colour))
  }

  @Test("Grey decodes to three equal planes, at 8 or 16 bits", arguments: ["grey.png", "grey16.png"])
  func grey(name: String) throws {
    #expect(try decoded(name) == F.picture { x, y in [Int](repeating: F.grey(x, y), count: 3) })
  }

  @Test("Grey of 1 bit is black and white")
  func oneBit() throws {
    #expect(try decoded("grey1.png") == F.picture { x, y in [Int](repeating: (x + y) % 2 * 255, count: 3) })
  }

  @Test("Interlaced grey of 4 bits spreads over 0 to 255 in steps of 17")
  func fourBits() throws {
    #expect(
      try decoded("grey4-interlaced.png")
        == F.picture { x, y in [Int](repeating: (x + y) % 16 * 17, count: 3) })
  }

  @Test("A palette of 2 bits decodes to its colours")
  func smallPalette() throws {
    #expect(try decoded("palette2.png") == F.picture { x, y in F.colour((x + y) % 4, 1) })
  }

  @Test(
    "Transparency is laid on white in the stored numbers, at 8 or 16 bits, by palette or direct",
    arguments: ["rgba.png", "rgba16.png", "palette-transparent.png"])
  func transparency(name: String) throws {
    let expected = F.picture { x, y in F.colour(x, y).map { F.onWhite($0, F.alpha(x, y)) } }
    #expect(try decoded(name) == expected)
  }

  @Test("Transparent grey is laid on white")
  func transparentGrey() throws {
    let expected = F.picture { x, y in [Int](repeating: F.onWhite(F.grey(x, y), F.alpha(x, y)), count: 3) }
    #expect(try decoded("grey-alpha.png") == expected)
  }

  @Test("A grey level named transparent becomes white, all others stay")
  func transparentLevel() throws {
    let key = F.grey(3, 2)
    let expected = F.picture { x, y in
      [Int](repeating: F.grey(x, y) == key ? 255 : F.grey(x, y), count: 3)
    }
    #expect(try decoded("grey-key.png") == expected)
  }

  @Test(
    "Writing and reading returns the same pixels", arguments: [(1, 1), (3, 2), (64, 64), (1, 300), (257, 5)])
  func roundTrip(width: Int, height: Int) throws {
    let image = F.drawn(width: width, height: height, F.rough)
    let folder = try TemporaryFolder()
    try image.writePNG(to: folder.path + "/image.png")
    #expect(try PixelImage(contentsOf: folder.path + "/image.png") == image)
  }

  @Test("Writing into a folder that is not there is an error naming the file")
  func noFolder() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/none/image.png"
    #expect {
      try F.picture(F.colour).writePNG(to: path)
    } throws: {
      guard case .notWritten(let file, _)? = $0 as? ImageError else { return false }
      return file == path
    }
  }

  @Test("A file cut anywhere before its last pixel is an error")
  func truncated() throws {
    let bytes = try F.bytes("rgb.png")
    // 12 bytes end the file, 4 of checksum end the pixels.
    for length in stride(from: 8, to: bytes.count - 16, by: 3) {
      #expect(throws: ImageError.self, "\(length) bytes") {
        try PixelImage(decoding: Array(bytes[..<length]), name: "cut")
      }
    }
  }

  @Test("A claim of enormous dimensions is refused from the header, with both numbers")
  func enormous() throws {
    let header: [UInt8] = [0x49, 0x48, 0x44, 0x52, 0, 0, 0xC3, 0x50, 0, 0, 0xC3, 0x50, 8, 2, 0, 0, 0]
    let file: [UInt8] =
      [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + header
      + bigEndian(Damage.crc32(header))
      + [0, 0, 0, 0, 0x49, 0x44, 0x41, 0x54] + bigEndian(Damage.crc32([0x49, 0x44, 0x41, 0x54]))
    #expect(throws: ImageError.tooLarge(file: "bomb", width: 50_000, height: 50_000, limit: 64 << 20)) {
      try PixelImage(decoding: file, name: "bomb")
    }
  }

  @Test("The pixel limit is the largest area that is read")
  func limit() throws {
    let bytes = try F.bytes("rgb.png")
    #expect(try PixelImage(decoding: bytes, name: "it", pixelLimit: 108).width == 12)
    #expect(throws: ImageError.tooLarge(file: "it", width: 12, height: 9, limit: 107)) {
      try PixelImage(decoding: bytes, name: "it", pixelLimit: 107)
    }
  }

  private func bigEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 255) } }

  @Test("Gamma and colour profiles that a file states change no pixel", arguments: ["rgb.png", "rgb16.png"])
  func colourNotes(name: String) throws {
    let bytes = try F.bytes(name)
    func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
      let body = Array(name.utf8) + content
      return bigEndian(UInt32(content.count)) + body + bigEndian(Damage.crc32(body))
    }
    // A gamma of 1: the numbers are light, not sRGB.
    let noted = Array(bytes[..<33]) + chunk("gAMA", bigEndian(100_000)) + Array(bytes[33...])
    #expect(try PixelImage(decoding: noted, name: name) == F.picture(F.colour))
  }
}
