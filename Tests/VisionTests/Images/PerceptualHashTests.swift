import Foundation
import Networks
import Testing
import Vision

@Suite struct PerceptualHashTests {
  private func grey(height: Int = 8, width: Int = 9, _ value: (_ row: Int, _ column: Int) -> Int)
    -> PixelImage
  {
    let plane = (0..<height).flatMap { row in (0..<width).map { UInt8(value(row, $0)) } }
    return PixelImage(height: height, width: width, bytes: plane + plane + plane)
  }

  @Test("A bit says whether a pixel is brighter than its right neighbour, row by row from the highest bit")
  func closedForm() {
    #expect(PerceptualHash(of: grey { _, column in 200 - 20 * column }).bits == .max)
    #expect(PerceptualHash(of: grey { _, column in 20 * column }).bits == 0)
    #expect(PerceptualHash(of: grey { _, _ in 90 }).bits == 0)
    let first = grey { row, column in row == 0 && column == 0 ? 10 : 5 }
    #expect(PerceptualHash(of: first).bits == 1 << 63)
    let last = grey { row, column in row == 7 && column == 7 ? 10 : 5 }
    #expect(PerceptualHash(of: last).bits == 1)
  }

  /// A picture of three waves, each of a random direction, as smooth as photographs are at this size.
  private func waves(_ number: Int) -> PixelImage {
    var random = RandomStream(seed: 4, name: "waves").substream(number)
    let waves = (0..<3).map { _ in
      (0..<3).map { Double(random.uniform(-0.15, 0.15)) * ($0 == 2 ? 20 : 1) }
    }
    return grey(height: 64, width: 64) { row, column in
      let height = waves.reduce(0.0) { $0 + sin($1[0] * Double(row) + $1[1] * Double(column) + $1[2]) }
      return 128 + Int(40 * height)
    }
  }

  @Test("Scaled, paler and noisy copies are near, and unrelated pictures are not")
  func copies() {
    var noise = RandomStream(seed: 1, name: "noise")
    for number in 0..<20 {
      let image = waves(number)
      let hash = PerceptualHash(of: image)
      let pale = PixelImage(
        height: 64, width: 64, bytes: image.bytes.map { $0 / 2 + 60 + UInt8(noise.integer(below: 3)) })
      #expect(hash.isNear(PerceptualHash(of: image.fitted(to: 40))), "\(number)")
      #expect(hash.isNear(PerceptualHash(of: pale)), "\(number)")
      for other in 0..<number {
        #expect(!hash.isNear(PerceptualHash(of: waves(other))), "\(number), \(other)")
      }
    }
  }

  @Test("The distance counts the bits that differ")
  func distance() {
    #expect(PerceptualHash(bits: 0b1011).distance(to: PerceptualHash(bits: 0b0001)) == 2)
    #expect(PerceptualHash(bits: 0).isNear(PerceptualHash(bits: 0b111111)))
    #expect(!PerceptualHash(bits: 0).isNear(PerceptualHash(bits: 0b1111111)))
  }
}
