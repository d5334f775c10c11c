import Vision
import Files
import Synchronization

/// Where the pixels of a data set's images come from when they are asked for. Safe to use from any thread.
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
  private let items: [DatasetItem]
  private let size: ImageSize
  private let pixelLimit: Int
  private let hashes: [UInt64]
  private let cache: PixelMemory?
  private struct Slots {
    var used = 0
    var ofImage: [Int: Int] = [:]
  }
  private let slots = Mutex(Slots())

  init(items: [DatasetItem], hashes: [UInt64], size: ImageSize, memoryLimit: Int, pixelLimit: Int) {
    self.items = items
    self.hashes = hashes
    self.size = size
    self.pixelLimit = pixelLimit
    cache = PixelMemory(slots: min(items.count, memoryLimit / size.bytes), imageBytes: size.bytes)
  }

  func withPixels(of index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) throws {
    if let cache, let slot = slots.withLock({ $0.ofImage[index] }) { return body(cache.slot(slot)) }
    let image = try decoded(index)
    image.bytes.withUnsafeBufferPointer { bytes in
      keep(bytes, of: index)
      body(bytes)
    }
  }

  /// Decodes an image anew; it must have the pixels that it was fingerprinted with.
  private func decoded(_ index: Int) throws(ImageError) -> PixelImage {
    let image: PixelImage?
    do {
      image = try items[index].decoded(to: size, pixelLimit: pixelLimit)
    } catch let error as ImageError {
      throw error
    } catch {
      image = nil
    }
    guard let image, image.bytes.withUnsafeBytes({ contentHash($0) }) == hashes[index] else {
      throw .unreadable(file: items[index].path, reason: "it has changed since the data set was opened")
    }
    return image
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

/// The size that all images of a data set have.
struct ImageSize: Sendable, Equatable {
  var height: Int
  var width: Int
  /// Whether images of another size are brought to this one.
  var resizes: Bool
  var bytes: Int { 3 * height * width }
}

extension DatasetItem {
  /// Decodes the image and brings it to the common size.
  func decoded(to size: ImageSize, pixelLimit: Int) throws -> PixelImage {
    let image = try decoded(pixelLimit: pixelLimit)
    if image.height == size.height && image.width == size.width { return image }
    guard size.resizes else {
      throw SizeMismatch(height: image.height, width: image.width)
    }
    return image.fitted(to: size.height)
  }
}

/// An image is not of the size that all were found to have.
struct SizeMismatch: Error {
  let height: Int
  let width: Int
}
