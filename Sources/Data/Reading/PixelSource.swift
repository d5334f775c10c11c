import Files
import Synchronization
import Vision

/// Where the pixels of images come from when they are asked for. Safe to use from any thread.
protocol PixelSource: Sendable {
  /// Calls `body` with the planes of image `index`, `[3, height, width]`.
  func withPixels(of index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) throws
}

/// All images decoded, image `index` in slot `index`.
struct PixelsInMemory: PixelSource {
  let memory: PixelMemory

  func withPixels(of index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    body(memory.slot(index))
  }
}

/// Images decoded when asked for. The first ones stay in memory up to a bound.
///
/// Training visits every image once an epoch in a new order. Keeping what came first then serves the same share of
/// visits as memory allows, while replacing the least recently used would serve next to none.
final class StreamedPixels: PixelSource {
  private let sources: [PictureSource]
  private let size: ImageSize
  private let pixelLimit: Int
  private let hashes: [UInt64]
  private let cache: PixelMemory?
  private struct Slots {
    var used = 0
    var ofImage: [Int: Int] = [:]
  }
  private let slots = Mutex(Slots())

  init(sources: [PictureSource], hashes: [UInt64], size: ImageSize, options: DataOptions) {
    self.sources = sources
    self.hashes = hashes
    self.size = size
    pixelLimit = options.pixelLimit
    cache = PixelMemory(
      slots: min(sources.count, options.memoryLimit / size.bytes), imageBytes: size.bytes)
  }

  func withPixels(of index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) throws {
    if let cache, let slot = slots.withLock({ $0.ofImage[index] }) { return body(cache.slot(slot)) }
    // It must have the pixels that it was fingerprinted with.
    let image = size.fitted(try sources[index].decoded(pixelLimit: pixelLimit))
    guard let image, image.bytes.withUnsafeBytes({ contentHash($0) }) == hashes[index] else {
      throw changedSinceOpening(sources[index])
    }
    image.bytes.withUnsafeBufferPointer { bytes in
      keep(bytes, of: index)
      body(bytes)
    }
  }

  private func keep(_ bytes: UnsafeBufferPointer<UInt8>, of index: Int) {
    guard let cache else { return }
    let free = slots.withLock { slots -> Int? in
      guard slots.used < cache.slots, slots.ofImage[index] == nil else { return nil }
      slots.used += 1
      return slots.used - 1
    }
    guard let free else { return }
    cache.write(bytes, to: free)
    slots.withLock { $0.ofImage[index] = free }
  }
}

/// The error for a picture that is another one by now.
func changedSinceOpening(_ source: PictureSource) -> ImageError {
  .unreadable(file: source.path, reason: "it has changed since the data set was opened")
}

/// The size that all images have.
struct ImageSize: Sendable, Equatable {
  var height: Int
  var width: Int
  /// Whether pictures of another size are brought to this one.
  var resizes: Bool
  var bytes: Int { 3 * height * width }

  /// A picture at this size; nil where it has another and is not to be resized.
  func fitted(_ picture: PixelImage) -> PixelImage? {
    if picture.height == height && picture.width == width { return picture }
    return resizes ? picture.fitted(to: height) : nil
  }
}

/// The pixels of a data set's pictures at one size.
final class SizedPixels: Sendable {
  let size: ImageSize
  /// XXH64 of each image's planes.
  let hashes: [UInt64]
  let source: any PixelSource
  let isInMemory: Bool

  init(size: ImageSize, hashes: [UInt64], source: any PixelSource, isInMemory: Bool) {
    self.size = size
    self.hashes = hashes
    self.source = source
    self.isInMemory = isInMemory
  }
}
