import Files
import Foundation
import TestSupport
import Testing
import Vision

@testable import Kernels

@Suite("Images of pixels") struct PixelImageTests {
  private struct Golden: Decodable {
    var resizes: [ImageFixtures.Planes]
    var fits: [ImageFixtures.Planes]
  }
  private func golden() throws -> Golden {
    try JSONDecoder().decode(Golden.self, from: Data(ImageFixtures.bytes("resize.json")))
  }

  @Test("Resizing equals Pillow's bilinear bit for bit, up, down and both")
  func pillow() throws {
    for sample in try golden().resizes {
      let image = ImageFixtures.drawn(width: sample.width, height: sample.height, ImageFixtures.rough)
      let (height, width) = (try #require(sample.toHeight), try #require(sample.toWidth))
      var target = [UInt8](repeating: 0, count: 3 * height * width)
      target.withUnsafeMutableBufferPointer { target in
        image.bytes.withUnsafeBufferPointer {
          resize(
            $0, planes: 3, rows: ResizedAxis(source: image.height, resized: height),
            columns: ResizedAxis(source: image.width, resized: width), filter: .triangle, into: target)
        }
      }
      #expect(
        target == Array(sample.planes.joined()), "\(sample.width)x\(sample.height) to \(width)x\(height)")
    }
  }

  @Test("Fitting equals torchvision's Resize and CenterCrop on Pillow's images")
  func torchvision() throws {
    for sample in try golden().fits {
      let image = ImageFixtures.drawn(width: sample.width, height: sample.height, ImageFixtures.rough)
      let fitted = image.fitted(to: try #require(sample.toWidth))
      #expect(fitted.bytes == Array(sample.planes.joined()), "\(sample.width)x\(sample.height)")
    }
  }

  @Test("A picture of the wanted size is not touched")
  func same() {
    let image = ImageFixtures.drawn(width: 16, height: 16, ImageFixtures.rough)
    #expect(image.fitted(to: 16) == image)
  }

  @Test("The three colours of a pixel stand together when interleaved")
  func interleaved() {
    let image = PixelImage(height: 1, width: 2, bytes: [1, 2, 3, 4, 5, 6])
    #expect(image.interleaved == [1, 3, 5, 2, 4, 6])
  }
}
