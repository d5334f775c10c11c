import Files
import Foundation
import TestSupport
import Testing
import Vision

@Suite("JPEG") struct JPEGTests {
  @Test(
    "Every kind decodes to Pillow's pixels, within one level",
    arguments: [
      "baseline.jpg", "subsampled-no.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "cmyk-unmarked.jpg",
      "ycck.jpg",
    ])
  func golden(name: String) throws {
    let expected = try JSONDecoder().decode(
      [String: ImageFixtures.Planes].self, from: Data(ImageFixtures.bytes("jpeg.json")))
    let golden = try #require(expected[name])
    let image = try PixelImage(contentsOf: ImageFixtures.path(name))
    #expect(image.width == golden.width && image.height == golden.height)
    let worst = zip(image.bytes, golden.planes.joined()).map { abs(Int($0) - Int($1)) }.max()
    #expect(try #require(worst) <= 1)
  }

  @Test("The content decides what a file is, whatever its name")
  func wrongExtension() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(ImageFixtures.bytes("baseline.jpg"), to: "picture.png")
    #expect(try PixelImage(contentsOf: path).width == 20)
  }

  @Test(
    "A file cut anywhere before its last pixel is an error", arguments: ["baseline.jpg", "progressive.jpg"])
  func truncated(name: String) throws {
    let bytes = try ImageFixtures.bytes(name)
    for length in stride(from: 3, to: bytes.count - 4, by: 7) {
      #expect(throws: ImageError.self, "\(length) bytes") {
        try PixelImage(decoding: Array(bytes[..<length]), name: "cut")
      }
    }
  }

  @Test("A claim of enormous dimensions is refused from the header")
  func enormous() throws {
    var bytes = try ImageFixtures.bytes("baseline.jpg")
    // The frame header: marker FFC0, length, precision, then height and width.
    let frame = try #require(bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
    bytes.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0x00, 0xFF, 0x00])
    #expect(throws: ImageError.tooLarge(file: "bomb", width: 65_280, height: 65_280, limit: 64 << 20)) {
      try PixelImage(decoding: bytes, name: "bomb")
    }
  }

  @Test(
    "Other content is called neither PNG nor JPEG",
    arguments: [[], [0x47, 0x49, 0x46], [0x89, 0x50]] as [[UInt8]])
  func neither(bytes: [UInt8]) {
    #expect(throws: ImageError.unknownFormat(file: "it")) { try PixelImage(decoding: bytes, name: "it") }
  }

  @Test("Files that are not there and folders are errors naming them")
  func unreadable() throws {
    let folder = try TemporaryFolder()
    for path in [folder.path, folder.path + "/none.jpg"] {
      #expect {
        try PixelImage(contentsOf: path)
      } throws: {
        guard case .unreadable(let file, _)? = $0 as? ImageError else { return false }
        return file == path
      }
    }
  }

  @Test(
    "A whole picture with an odd end decodes to the same pixels: no end mark, or notes of a camera behind it",
    arguments: ["baseline.jpg", "progressive.jpg"])
  func oddEnds(name: String) throws {
    let bytes = try ImageFixtures.bytes(name)
    let whole = try PixelImage(decoding: bytes, name: name)
    let unended = Array(bytes.dropLast(2))
    let notes = Array("\0\0SEFT".utf8)
    for odd in [unended, bytes + notes, unended + [0, 0, 0, 0]] {
      #expect(try PixelImage(decoding: odd, name: name) == whole)
    }
    if name == "baseline.jpg" {
      #expect(try PixelImage(decoding: unended + [0xFF, 0xD8] + notes, name: name) == whole)
    }
  }
}
