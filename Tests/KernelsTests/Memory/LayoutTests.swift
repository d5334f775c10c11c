import TestSupport
import Testing

@testable import Kernels

@Suite("Layouts") struct LayoutTests {
  @Test(
    "Values survive the way to blocked layout and back",
    arguments: [
      [1, 1, 1, 1], [2, 3, 4, 5], [2, 7, 1, 1], [3, 16, 1, 1], [2, 17, 3, 1], [1, 32, 2, 2], [2, 33, 5, 3],
    ])
  func roundTrip(shape: [Int]) {
    let images = sample(shape)
    let copy = Tensor(zeros: shape)
    copy.assign(images.blocked())
    #expect(copy.values == images.values)
  }

  @Test("In blocked layout channel blocks follow the pixels, and missing channels are zero")
  func order() {
    let (channels, block) = (Layout.block + 1, Layout.block)
    // Channel c of pixel p holds 10 c + p + 1.
    let images = Tensor(
      (0..<channels).flatMap { channel in (0..<2).map { Float(10 * channel + $0 + 1) } },
      shape: [1, channels, 1, 2]
    ).blocked()
    let memory = (0..<Layout.blocked.elements(images.shape)).map { images.pointer[$0] }
    var expected = [Float](repeating: 0, count: 4 * block)
    for channel in 0..<channels {
      for pixel in 0..<2 {
        expected[(channel / block * 2 + pixel) * block + channel % block] = Float(10 * channel + pixel + 1)
      }
    }
    #expect(memory == expected)
  }

  @Test("Images in the wanted layout are not copied")
  func sharing() {
    let images = sample([1, 3, 2, 2])
    #expect(images.plain().storage === images.storage)
    let blocked = images.blocked()
    #expect(blocked.blocked().storage === blocked.storage)
  }
}
