import Data
import Encoders
import Foundation
import TestSupport
import Testing
import Vision

@testable import Attack

@Suite struct QuestionsTests {
  private static let sides = [[3, 3], [8, 8], [10, 7], [32, 32], [13, 40]]

  /// Patch `index` of a picture, each pixel by the definition: the cut at round(i · side / 3), colours between the centres
  /// of its pixels, triangles as wide as the larger of both grids' pixels.
  private func patch(_ index: Int, of image: PixelImage, size: Int) -> [Double] {
    func part(_ place: Int, _ side: Int) -> Range<Int> {
      let cuts = [0, Int((Double(side) / 3).rounded()), Int((Double(2 * side) / 3).rounded()), side]
      return cuts[place]..<cuts[place + 1]
    }
    let (rows, columns) = (part(index / 3, image.height), part(index % 3, image.width))
    func weights(_ output: Int, _ part: Range<Int>) -> [(place: Int, weight: Double)] {
      let scale = Double(part.count) / Double(size)
      let centre = (Double(output) + 0.5) * scale
      let found = part.map { place in
        (
          place,
          max(0, 1 - abs(Double(place - part.lowerBound) + 0.5 - centre) / max(1, scale))
        )
      }
      let sum = found.reduce(0) { $0 + $1.1 }
      return found.map { ($0.0, $0.1 / sum) }
    }
    var values: [Double] = []
    for channel in 0..<3 {
      for row in 0..<size {
        for column in 0..<size {
          var sum = 0.0
          for (y, down) in weights(row, rows) {
            for (x, across) in weights(column, columns) {
              sum += down * across * Double(image.bytes[(channel * image.height + y) * image.width + x])
            }
          }
          values.append(sum)
        }
      }
    }
    return values
  }

  @Test("Patches are the picture's nine parts, resized and rounded to 8 bits", arguments: sides)
  func patches(_ sides: [Int]) throws {
    try withTemporaryFolder { folder in
      let (height, width) = (sides[0], sides[1])
      for number in 0..<2 {
        var bytes: [UInt8] = []
        for place in 0..<(3 * height * width) { bytes.append(UInt8((place * place * 31 + number * 7) % 251)) }
        try PixelImage(height: height, width: width, bytes: bytes)
          .writePNG(to: folder.appending(path: "\(number).png").path)
      }
      let images = try Dataset.open(folder.path).images()
      let encoder = FakeEncoder(.nothing, members: [], seed: 1)
      let found = try Questions(AttackConfiguration()).pictures(
        .patches, of: [1, 0], in: images, for: encoder)
      let size = encoder.imageSize
      #expect(found.count == 2 * 9 && found.size == size)
      for (place, index) in [1, 0].enumerated() {
        let image = PixelImage(
          height: height, width: width, bytes: try images.pixels(of: [index]))
        for number in 0..<9 {
          let row = place * 9 + number
          let expected = patch(number, of: image, size: size)
          let bytes = found.part(row..<(row + 1)).bytes
          let worst = zip(bytes, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
          #expect(worst < 0.501, "patch \(number) of \(height)x\(width)")
        }
      }
    }
  }

  @Test("Patches depend on nothing random: another seed cuts the same, while views differ")
  func seeds() throws {
    let encoder = FakeEncoder(.nothing, members: [], seed: 1)
    func bytes(_ question: Question, seed: UInt64) throws -> [UInt8] {
      try Questions(AttackConfiguration(seed: seed)).pictures(
        question, of: [3], in: FakeAudit.images(), for: encoder
      ).bytes
    }
    #expect(try bytes(.patches, seed: 1) == bytes(.patches, seed: 2))
    #expect(try bytes(.varied(9), seed: 1) != bytes(.varied(9), seed: 2))
  }
}
