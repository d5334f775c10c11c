import Networks
import TestSupport
import Testing

@testable import Vision

@Suite struct PictureSketchTests {
  /// Random soft blobs, as a photograph has them.
  private func picture(_ seed: Int, size: Int = 64) -> PixelImage {
    var random = RandomStream(seed: 5, name: "blobs").substream(seed)
    let blobs = (0..<12).map { _ in (0..<4).map { _ in Double(random.uniform()) } }
    var plane: [UInt8] = []
    for y in 0..<size {
      for x in 0..<size {
        let value = blobs.reduce(0.0) { sum, blob in
          let (dx, dy) = (Double(x) / Double(size) - blob[0], Double(y) / Double(size) - blob[1])
          return sum + (blob[3] < 0.5 ? -1 : 1) * 90 / (1 + 60 * (dx * dx + dy * dy) / (0.2 + blob[2]))
        }
        plane.append(UInt8(max(0, min(255, 128 + value))))
      }
    }
    return PixelImage(height: size, width: size, bytes: plane + plane + plane)
  }

  @Test("A copy that is scaled, lighter and noisy stays near, another picture does not")
  func copies() {
    var random = RandomStream(seed: 1, name: "noise")
    for seed in 0..<8 {
      let original = picture(seed)
      let small = original.fitted(to: 32)
      let copy = PixelImage(
        height: 32, width: 32,
        bytes: small.bytes.map { UInt8(min(255, Int($0) + 6 + random.integer(below: 3))) })
      let sketch = PictureSketch(original)
      #expect(sketch.isNear(PictureSketch(copy)) && PictureSketch(copy).isNear(sketch), "\(seed)")
      #expect(!sketch.isNear(PictureSketch(picture(seed + 100))))
    }
  }

  @Test(
    "Mosaics of few edges have much the same bits and are told apart by their greys; whole scalings stay the same"
  )
  func mosaics() {
    let sketches = (0..<40).map { PictureSketch(TinyImages.image($0)) }
    for (index, sketch) in sketches.enumerated() {
      #expect(sketch.isNear(PictureSketch(TinyImages.image(index, size: 48))))
      #expect(sketch.hash == PerceptualHash(of: TinyImages.image(index, size: 48)))
      #expect(!sketches.suffix(from: index + 1).contains { sketch.isNear($0) }, "\(index)")
    }
  }

  @Test("A picture of one grey, and one of fewer pixels than cells, is near nothing and does no harm")
  func flat() {
    for (height, width) in [(1, 1), (3, 2), (20, 20)] {
      let flat = PixelImage(
        height: height, width: width, bytes: [UInt8](repeating: 9, count: 3 * height * width))
      #expect(!PictureSketch(flat).isNear(PictureSketch(flat)))
    }
  }
}
