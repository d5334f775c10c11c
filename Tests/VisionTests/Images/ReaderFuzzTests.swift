import Foundation
import TestSupport
import Testing
import Vision

/// Damaged files may give an error or an image, nothing else. ENCODERMI_FUZZ_SECONDS=60 keeps each test at it for a
/// minute; the usual run is short and always the same.
@Suite("Damaged files", .serialized) struct ReaderFuzzTests {
  private static let limit = 1 << 20

  private func corpus(_ suffix: String) throws -> [[UInt8]] {
    try FileManager.default.contentsOfDirectory(atPath: ImageFixtures.folder)
      .filter { $0.hasSuffix(suffix) }.sorted().map { try ImageFixtures.bytes($0) }
  }

  private func read(_ bytes: [UInt8]) -> Bool {
    do {
      let image = try PixelImage(decoding: bytes, name: "damaged", pixelLimit: ReaderFuzzTests.limit)
      return image.bytes.count == 3 * image.height * image.width
        && image.height * image.width <= ReaderFuzzTests.limit
    } catch {
      return error.file == "damaged" && !error.description.isEmpty
    }
  }

  @Test("PNG: an error or an image within the limit")
  func png() throws {
    var mutation = Mutation(corpus: try corpus(".png"), name: "png")
    var budget = FuzzBudget(steps: 600, name: "png")
    while budget.goesOn() {
      var bytes = mutation.next()
      if !mutation.oneIn(4) { bytes = Mutation.withChecksums(bytes) }
      try budget.leave(bytes)
      #expect(read(bytes), "step \(budget.steps)")
    }
  }

  @Test("JPEG: an error or an image within the limit")
  func jpeg() throws {
    var mutation = Mutation(corpus: try corpus(".jpg"), name: "jpeg")
    var budget = FuzzBudget(steps: 400, name: "jpeg")
    while budget.goesOn() {
      let bytes = mutation.next()
      try budget.leave(bytes)
      #expect(read(bytes), "step \(budget.steps)")
    }
  }
}
