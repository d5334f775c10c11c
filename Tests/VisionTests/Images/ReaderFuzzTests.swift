import Foundation
import TestSupport
import Testing
import Vision

/// Damaged files may give an error or an image, nothing else.
@Suite("Damaged files", .serialized) struct ReaderFuzzTests {
  private static let limit = 1 << 20

  private func corpus(_ suffix: String) throws -> [[UInt8]] {
    try FileManager.default.contentsOfDirectory(atPath: ImageFixtures.folder)
      .filter { $0.hasSuffix(suffix) }.sorted().map { try ImageFixtures.bytes($0) }
  }

  private func read(_ bytes: [UInt8]) throws -> Bool {
    try Fuzz.takes {
      let image = try PixelImage(decoding: bytes, name: "damaged", pixelLimit: ReaderFuzzTests.limit)
      let area = image.height * image.width
      try Fuzz.require(
        image.bytes.count == 3 * area && area <= ReaderFuzzTests.limit, "\(image.height)x\(image.width)")
    }
  }

  @Test("PNG: an error or an image within the limit")
  func png() throws {
    try Fuzz.feed("PNG", try corpus(".png"), rounds: 600) { input, damage in
      try read(damage.oneIn(4) ? input : Damage.withChecksums(input))
    }
  }

  @Test("JPEG: an error or an image within the limit")
  func jpeg() throws {
    try Fuzz.feed("JPEG", try corpus(".jpg")) { input, _ in try read(input) }
  }

  @Test("Names of encoders: an error or an encoder within the bounds")
  func names() throws {
    let samples = ["resnet18-32-stem4", "vgg11-16", "vit-128x6-patch4-heads2"].map { Array($0.utf8) }
    try Fuzz.feed("encoder names", samples) { input, _ in
      let name = String(decoding: input, as: UTF8.self)
      do {
        let encoder = try ImageEncoderConfiguration(name: name, imageSize: 32)
        try Fuzz.require((1...1024).contains(encoder.width), "width \(encoder.width)")
      } catch is ImageEncoderError { return false }
      return true
    }
  }
}
