import Files
import Kernels
import Synchronization
import Vision

/// Hears how many pictures of how many have been decoded.
public typealias DatasetProgress = @Sendable (_ done: Int, _ total: Int) -> Void

/// Pictures decoded once: each one's identity, what is wrong with it, and its pixels at the size asked for, which stay
/// in memory if all fit.
struct DecodedPictures {
  /// Of each picture that could be decoded.
  let identities: [PictureIdentity?]
  /// Why the others could not.
  let failures: [(index: Int, error: any Error)]
  private let sources: [PictureSource]
  private let size: ImageSize
  private let hashes: [UInt64]
  private let memory: PixelMemory?
  private let options: DataOptions

  /// Decodes with all threads.
  /// - Parameters:
  ///   - side: pixels along each side of the images; nil for the size of the first picture that can be decoded.
  ///   - path: what errors call the whole.
  /// - Throws: ``DataError``, and the first picture's error where damaged ones are refused.
  init(
    _ sources: [PictureSource], side: Int?, path: String, options: DataOptions, progress: DatasetProgress?
  ) throws {
    let size = try DecodedPictures.size(sources, side: side, path: path, options: options)
    let count = sources.count
    let (bytes, overflow) = count.multipliedReportingOverflow(by: size.bytes)
    let fits = !overflow && bytes <= options.memoryLimit
    let memory = fits ? PixelMemory(slots: count, imageBytes: size.bytes) : nil
    if fits && memory == nil { throw DataError.outOfMemory(path: path, bytes: bytes) }

    var identities = [PictureIdentity?](repeating: nil, count: count)
    var hashes = [UInt64](repeating: 0, count: count)
    let failures = Mutex<[Int: any Error]>([:])
    let done = Atomic(0)
    identities.withUnsafeMutableBufferPointer { identities in
      hashes.withUnsafeMutableBufferPointer { hashes in
        parallelFor(count, grain: 8) { index in
          do {
            let picture = try sources[index].decoded(pixelLimit: options.pixelLimit)
            let hash = picture.bytes.withUnsafeBytes { contentHash($0) }
            identities[index] = PictureIdentity(height: picture.height, width: picture.width, hash: hash)
            if let image = size.fitted(picture) {
              image.bytes.withUnsafeBufferPointer { memory?.write($0, to: index) }
              let isWhole = image.height == picture.height && image.width == picture.width
              hashes[index] = isWhole ? hash : image.bytes.withUnsafeBytes { contentHash($0) }
            }
          } catch {
            failures.withLock { $0[index] = error }
          }
          let (_, now) = done.add(1, ordering: .relaxed)
          if now % 256 == 0 || now == count { progress?(now, count) }
        }
      }
    }
    self.failures = failures.withLock { $0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    if options.damagedImages == .refuse, let first = self.failures.first { throw first.error }
    (self.sources, self.size, self.options) = (sources, size, options)
    (self.identities, self.hashes, self.memory) = (identities, hashes, memory)
  }

  /// The pixels of some of the pictures, in ascending order; nil where these differ in size and are not resized. Memory
  /// is handed over, so this is called once.
  consuming func pixels(of kept: [Int]) -> SizedPixels? {
    let mixed = kept.contains { identities[$0]?.height != size.height || identities[$0]?.width != size.width }
    guard size.resizes || !mixed else { return nil }
    if let memory {
      for (slot, index) in kept.enumerated() where slot != index { memory.move(index, to: slot) }
    }
    let kept = (sources: kept.map { sources[$0] }, hashes: kept.map { hashes[$0] })
    let source: any PixelSource =
      memory.map { PixelsInMemory(memory: $0) }
      ?? StreamedPixels(sources: kept.sources, hashes: kept.hashes, size: size, options: options)
    return SizedPixels(size: size, hashes: kept.hashes, source: source, isInMemory: memory != nil)
  }

  /// The size asked for; or else that of the first picture that can be decoded.
  private static func size(
    _ sources: [PictureSource], side: Int?, path: String, options: DataOptions
  ) throws -> ImageSize {
    if let side { return ImageSize(height: side, width: side, resizes: true) }
    var firstFailure: (any Error)?
    for source in sources {
      do {
        let picture = try source.decoded(pixelLimit: options.pixelLimit)
        return ImageSize(height: picture.height, width: picture.width, resizes: false)
      } catch {
        if options.damagedImages == .refuse { throw error }
        firstFailure = firstFailure ?? error
      }
    }
    throw DataError.nothingReadable(path: path, first: firstFailure.map { "\($0)" } ?? "none")
  }
}
