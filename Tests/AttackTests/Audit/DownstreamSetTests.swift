import Data
import Foundation
import TestSupport
import Testing
import Vision

@testable import Attack

@Suite(.serialized) struct DownstreamSetTests {
  @Test("It is of labelled images that nobody saw, at most so many, the same for one seed")
  func unused() throws {
    try withTemporaryFolder { folder in
      let images = try classes(["cat": 0..<12, "dog": 12..<30], in: folder)
      let seen = Set([0, 3, 20].map { images.fingerprint(of: $0) })
      let set = try #require(DownstreamSet.unused(of: images, except: seen, most: 100, seed: 1))
      #expect(set.indices.sorted() == (0..<30).filter { ![0, 3, 20].contains($0) })
      #expect(set.classes == 2 && set.obstacle == nil)
      #expect(set.classNames == images.dataset.classNames)
      for (index, label) in zip(set.indices, set.labels) { #expect(images.dataset.label(of: index) == label) }
      func some(_ seed: UInt64) -> [Int]? {
        DownstreamSet.unused(of: images, except: seen, most: 10, seed: seed)?.indices
      }
      #expect(some(1)?.count == 10 && some(1) == some(1) && some(1) != some(2))
    }
  }

  @Test("Data without classes have none, and where all images are used there is a reason to name")
  func none() throws {
    let images = try FakeAudit.images()
    #expect(DownstreamSet.unused(of: images, except: [], most: 10, seed: 1) == nil)
    try withTemporaryFolder { folder in
      let images = try classes(["a": 0..<2, "b": 2..<4], in: folder)
      let all = Set((0..<4).map { images.fingerprint(of: $0) })
      let set = try #require(DownstreamSet.unused(of: images, except: all, most: 10, seed: 1))
      #expect(set.obstacle?.contains("0 of 0 classes") == true)
    }
  }

  @Test("Classes without an image do not count")
  func dense() throws {
    let set = DownstreamSet(try FakeAudit.images(), indices: [5, 6, 7], labels: [9, 2, 9])
    #expect(set.labels == [1, 0, 1] && set.classes == 2 && set.classNames == ["2", "9"])
  }

  /// A folder of pictures with a sub-folder for each class.
  private func classes(_ numbers: [String: Range<Int>], in folder: URL) throws -> Images {
    for (name, range) in numbers {
      let place = folder.appending(path: name)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      for number in range {
        try TinyImages.image(number).writePNG(
          to: place.appending(path: String(format: "%02d.png", number)).path)
      }
    }
    return try Dataset.open(folder.path).images()
  }
}
