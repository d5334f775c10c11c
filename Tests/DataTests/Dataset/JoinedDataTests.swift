import TestSupport
import Testing
import Vision

@testable import Data

@Suite struct JoinedDataTests {
  @Test(
    "Joined data sets keep pictures, pixels and captions in order, and tell equal names apart by their folders"
  )
  func joined() throws {
    let folder = try DataFolder()
    try folder.picture(0, "a/1.png")
    try folder.picture(1, "a/2.png")
    try folder.picture(2, "b/1.png")
    let parts = try ["a", "b"].map {
      try Dataset.open("\(folder.path)/\($0)", options: DataOptions(imageSize: 8))
    }
    let joined = Dataset.joined(parts)
    #expect(joined.count == 3 && joined.captions == nil && joined.parts == ["all"])
    #expect((0..<3).map(joined.name) == ["a/1.png", "a/2.png", "b/1.png"].map { "\(folder.path)/\($0)" })
    #expect(joined.identity(of: 2) == parts[1].identity(of: 0))
    let images = try joined.images(at: 8)
    #expect(
      try images.pixels(of: [2, 0]) == parts[1].images().pixels(of: [0]) + parts[0].images().pixels(of: [0]))
    #expect(Dataset.joined([parts[0].subset([1]), parts[1]]).name(of: 0).hasSuffix("a/2.png"))
  }

  @Test("A picture's packing is told from its first bytes: PNG, or JPEG with its quality")
  func packing() throws {
    let folder = try DataFolder()
    try folder.picture(0, "a/1.png")
    let png = try Dataset.open("\(folder.path)/a")
    #expect(try png.encoding(of: 0) == PictureEncoding(format: .png, quality: nil))
  }
}
