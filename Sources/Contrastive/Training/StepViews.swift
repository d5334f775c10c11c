import Data
import Kernels
import Networks
import Vision

/// Makes the views of each step: they follow from seed, epoch and image alone.
struct StepViews {
  let members: Images
  let augmentation: Augmentation
  private let random: RandomStream

  init(of members: Images, _ augmentation: Augmentation, seed: UInt64) {
    (self.members, self.augmentation) = (members, augmentation)
    random = RandomStream(seed: seed, name: "views")
  }

  /// View v of the images at the places that are wanted of it, for each v.
  /// - Parameters:
  ///   - batch: which of the members the images are.
  ///   - places: in the batch, by view.
  /// - Throws: `ImageError` where an image cannot be decoded any more.
  func views(of batch: [Int], at places: [[Int]], epoch: Int) throws -> [Tensor] {
    let stream = random.substream(epoch)
    func made(_ images: [Int], _ count: Int, from first: Int) throws -> Tensor {
      augmentation.views(
        count, from: first, of: try members.pixels(of: images), size: members.extent
      ) { stream.substream(images[$0]) }
    }
    let all = places[0].sorted()
    guard places.allSatisfy({ $0.sorted() == all }) else {
      return try places.enumerated().map { number, places in
        try made(places.map { batch[$0] }, 1, from: number)
      }
    }
    // Of the same images all views are made at once; they lie side by side in the batch.
    let dealt = Tensor.dealt(try made(all.map { batch[$0] }, places.count, from: 0), into: places.count)
    return zip(dealt, places).map { views, places in
      views.images(at: places.map { $0 - (all.first ?? 0) })
    }
  }
}
