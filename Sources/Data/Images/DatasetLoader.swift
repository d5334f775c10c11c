import Vision
import Files
import Kernels
import Synchronization

/// Turns what a reader found into a data set: every image is decoded once, so that damaged ones are known and every
/// image has its fingerprint, and the pixels are kept if they fit.
enum DatasetLoader {
  static func load(
    _ listing: DatasetListing, path: String, format: String, options: DatasetOptions,
    progress: DatasetProgress?
  ) throws -> ImageDataset {
    let size = try commonSize(listing.items, path: path, options: options)
    let count = listing.items.count
    let (bytes, overflow) = count.multipliedReportingOverflow(by: size.bytes)
    let fits = !overflow && bytes <= options.memoryLimit
    let memory = fits ? PixelMemory(slots: count, imageBytes: size.bytes) : nil
    if fits && memory == nil { throw DatasetError.outOfMemory(path: path, bytes: bytes) }

    var hashes = [UInt64](repeating: 0, count: count)
    let failures = Mutex<[Int: any Error]>([:])
    let done = Atomic(0)
    hashes.withUnsafeMutableBufferPointer { hashes in
      parallelFor(count, grain: 8) { index in
        do {
          let image = try listing.items[index].decoded(to: size, pixelLimit: options.pixelLimit)
          image.bytes.withUnsafeBufferPointer { memory?.write($0, to: index) }
          hashes[index] = image.bytes.withUnsafeBytes { contentHash($0) }
        } catch {
          failures.withLock { $0[index] = error }
        }
        let (_, now) = done.add(1, ordering: .relaxed)
        if now % 256 == 0 || now == count { progress?(now, count) }
      }
    }
    let failed = failures.withLock { $0 }.sorted { $0.key < $1.key }
    for (index, error) in failed {
      if let other = error as? SizeMismatch {
        let first = listing.items[firstReadable(failed.map(\.key))]
        throw DatasetError.mixedSizes(
          path: path, first: "\(first.name): \(size.width)x\(size.height)",
          second: "\(listing.items[index].name): \(other.width)x\(other.height)")
      }
    }
    if options.strict, let first = failed.first { throw first.value }

    let lost = Set(failed.map(\.key))
    let kept = (0..<count).filter { !lost.contains($0) }
    guard !kept.isEmpty else {
      throw DatasetError.nothingReadable(path: path, first: failed.first.map { "\($0.value)" } ?? "none")
    }
    if let memory, !lost.isEmpty {
      for (slot, index) in kept.enumerated() where slot != index { memory.move(index, to: slot) }
    }
    let items = kept.map { listing.items[$0] }
    let hashesOfKept = kept.map { hashes[$0] }
    let source: any PixelSource =
      memory.map { PixelsInMemory(memory: $0) }
      ?? StreamedPixels(
        items: items, hashes: hashesOfKept, size: size, memoryLimit: options.memoryLimit,
        pixelLimit: options.pixelLimit)
    return ImageDataset(
      contents: DatasetContents(
        format: format, path: path, size: size, items: items, parts: listing.parts,
        classNames: listing.classNames, hashes: hashesOfKept,
        skipped: failed.map { skippedImage(listing.items[$0.key], $0.value) },
        source: source, isInMemory: memory != nil))
  }

  private static func skippedImage(_ item: DatasetItem, _ error: any Error) -> SkippedImage {
    SkippedImage(name: item.name, reason: (error as? ImageError)?.reason ?? "\(error)")
  }

  /// The size asked for; or else that of the first image that can be read.
  private static func commonSize(_ items: [DatasetItem], path: String, options: DatasetOptions) throws
    -> ImageSize
  {
    if let side = options.imageSize { return ImageSize(height: side, width: side, resizes: true) }
    var firstFailure: ImageError?
    for item in items {
      do {
        let image = try item.decoded(pixelLimit: options.pixelLimit)
        return ImageSize(height: image.height, width: image.width, resizes: false)
      } catch {
        if options.strict { throw error }
        firstFailure = firstFailure ?? error
      }
    }
    throw DatasetError.nothingReadable(path: path, first: firstFailure?.description ?? "none")
  }

  /// The lowest index that is not among `failed`, which is sorted: no image of another size comes before it.
  private static func firstReadable(_ failed: [Int]) -> Int {
    var index = 0
    for failure in failed where failure == index { index += 1 }
    return index
  }
}
