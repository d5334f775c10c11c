import Files
import Kernels
import Vision

/// The pictures of a data set at one size: what encoders are trained on and asked about.
///
/// A value that is cheap to copy and safe to use from any thread. A subset shares the pixels of the whole.
public struct Images: Sendable {
  /// The pictures that they were made of, in the same order.
  public let dataset: Dataset
  private let sized: SizedPixels

  init(dataset: Dataset, pixels: SizedPixels) {
    self.dataset = dataset
    sized = pixels
  }

  /// The images at `indices` of this set, in that order.
  public func subset(_ indices: [Int]) -> Images {
    Images(dataset: dataset.subset(indices), pixels: sized)
  }

  /// Number of images.
  public var count: Int { dataset.count }
  /// Rows of every image.
  public var height: Int { sized.size.height }
  /// Columns of every image.
  public var width: Int { sized.size.width }
  /// Bytes of one image, 3 · height · width.
  public var imageBytes: Int { sized.size.bytes }
  /// Whether all pixels are held in memory; else they are decoded on demand.
  public var isInMemory: Bool { sized.isInMemory }
  /// The name of image `index`, as ``Dataset/name(of:)``.
  public func name(of index: Int) -> String { dataset.name(of: index) }

  // MARK: Fingerprints

  /// A 64-bit hash (XXH64) of the pixels of image `index` at this size.
  public func fingerprint(of index: Int) -> UInt64 { sized.hashes[dataset.position(index)] }

  /// A SHA-256 digest, in hexadecimal, over image size, the pixel hashes of all images and their captions, in order.
  /// Any changed, missing, added or moved image or caption changes it; names, labels, parts and file formats do not.
  public var fingerprint: String {
    var digest = SHA256()
    digest.update("images \(width)x\(height) \(count)\n".utf8)
    for index in 0..<count { digest.update(littleEndian: fingerprint(of: index)) }
    let pixels = digest.hexDigest()
    guard let captions = dataset.captions else { return pixels }
    digest = SHA256()
    digest.update("pairs \(count) \(pixels)\n".utf8)
    for captions in captions {
      digest.update(littleEndian: UInt64(captions.count))
      for caption in captions {
        digest.update(littleEndian: UInt64(caption.utf8.count))
        digest.update(caption.utf8)
      }
    }
    return digest.hexDigest()
  }

  // MARK: Pixels

  /// The planes of several images one after the other, `[indices, 3, height, width]`, gathered by all threads.
  /// - Throws: ``ImageError`` when a streamed image cannot be decoded any more.
  public func pixels(of indices: [Int]) throws -> [UInt8] {
    var buffer: [UInt8] = []
    try copyPixels(of: indices, into: &buffer)
    return buffer
  }

  /// As ``pixels(of:)``, into a buffer that is kept from batch to batch and sized as needed.
  /// - Throws: ``ImageError`` when a streamed image cannot be decoded any more; the buffer's content is then open.
  public func copyPixels(of indices: [Int], into buffer: inout [UInt8]) throws {
    let bytes = imageBytes
    if buffer.count != indices.count * bytes {
      buffer = [UInt8](repeating: 0, count: indices.count * bytes)
    }
    var failures = [(any Error)?](repeating: nil, count: indices.count)
    buffer.withUnsafeMutableBufferPointer { target in
      failures.withUnsafeMutableBufferPointer { failures in
        parallelFor(indices.count, grain: isInMemory ? max(1, (4 << 20) / bytes) : 1) { place in
          do {
            try sized.source.withPixels(of: dataset.position(indices[place])) { pixels in
              UnsafeMutableRawBufferPointer(target)[place * bytes..<(place + 1) * bytes]
                .copyBytes(from: UnsafeRawBufferPointer(pixels))
            }
          } catch {
            failures[place] = error
          }
        }
      }
    }
    for failure in failures { if let failure { throw failure } }
  }
}
