import Data
import Kernels
import Synchronization

extension ImageStatistics {
  /// Statistics of images of a data set, in the order of the indices; only a chunk of pixels is copied at a time.
  /// - Throws: `ImageError` when a streamed image cannot be decoded any more.
  public static func of(_ dataset: Images, _ indices: [Int]) throws -> [ImageStatistics] {
    let chunk = 256
    let (height, width, bytes) = (dataset.height, dataset.width, dataset.imageBytes)
    var pixels: [UInt8] = []
    var result: [ImageStatistics] = []
    for start in stride(from: 0, to: indices.count, by: chunk) {
      let part = Array(indices[start..<min(indices.count, start + chunk)])
      try dataset.copyPixels(of: part, into: &pixels)
      let planes = pixels
      let found = Mutex<[Int: ImageStatistics]>([:])
      parallelFor(part.count) { index in
        let image = Array(planes[(index * bytes)..<((index + 1) * bytes)])
        let statistics = ImageStatistics(planes: image, height: height, width: width)
        found.withLock { $0[index] = statistics }
      }
      result += found.withLock { found in part.indices.compactMap { found[$0] } }
    }
    return result
  }
}
