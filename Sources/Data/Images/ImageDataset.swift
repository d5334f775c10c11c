import Vision
import Files
import Kernels

/// Images of one size, with what is known about each: name, class, part, fingerprint.
///
/// A value that is cheap to copy and safe to use from any thread. A subset shares the pixels of the whole. All
/// images, whoever asks for them and for which purpose, pass the same decoding and resizing.
public struct ImageDataset: Sendable {
  let contents: DatasetContents
  /// The contents' images that belong to this set; nil for all in order.
  let selection: [Int]?

  init(contents: DatasetContents, selection: [Int]? = nil) {
    self.contents = contents
    self.selection = selection
  }

  /// Opens the images at `location`, a path or `format:path` (see ``DatasetFormat/all``); without a format the
  /// folder's content tells which it is.
  /// - Parameter progress: called now and then while images are decoded, from any thread.
  /// - Throws: ``DatasetError``, ``ImageError``.
  public static func open(
    _ location: String, options: DatasetOptions = DatasetOptions(), progress: DatasetProgress? = nil
  ) throws -> ImageDataset {
    try options.validate()
    if let name = DatasetFormat.unknownName(location) {
      throw DatasetError.unknownFormat(name: name, location: location)
    }
    let (named, path) = DatasetFormat.parse(location)
    guard Paths.isFolder(path) else { throw DatasetError.notFound(path: path) }
    guard let format = named ?? DatasetFormat.all.first(where: { $0.recognises(path) }) else {
      throw DatasetError.empty(
        path: path, expected: DatasetFormat.all.map(\.summary).joined(separator: "; or "))
    }
    let listing = try format.list(path, options.parts)
    guard !listing.items.isEmpty else { throw DatasetError.empty(path: path, expected: format.summary) }
    return try DatasetLoader.load(
      listing, path: path, format: format.name, options: options, progress: progress)
  }

  /// Opens the given PNG and JPEG files, and the pictures in given folders, in the given order, just as the files of
  /// a data set are opened.
  /// - Throws: ``DatasetError``, ``ImageError``.
  public static func files(_ paths: [String], options: DatasetOptions = DatasetOptions()) throws
    -> ImageDataset
  {
    try options.validate()
    var listing = DatasetListing(parts: ["all"])
    for path in paths {
      if Paths.isFolder(path) {
        for item in try DatasetFormat.folder.list(path, nil).items {
          listing.items.append(item.renamed { path + "/" + $0 })
        }
      } else {
        listing.items.append(DatasetItem(source: .file(path: path, name: path), label: -1, part: 0))
      }
    }
    guard !listing.items.isEmpty else {
      throw DatasetError.empty(path: "files", expected: "at least one PNG or JPEG file")
    }
    return try DatasetLoader.load(listing, path: "files", format: "files", options: options, progress: nil)
  }

  /// The images at `indices` of this set, in that order.
  public func subset(_ indices: [Int]) -> ImageDataset {
    for index in indices {
      precondition(index >= 0 && index < count, "ImageDataset.subset: index \(index) of \(count) images")
    }
    return ImageDataset(
      contents: contents, selection: selection.map { all in indices.map { all[$0] } } ?? indices)
  }

  /// Number of images.
  public var count: Int { selection?.count ?? contents.items.count }
  /// Rows of every image.
  public var height: Int { contents.size.height }
  /// Columns of every image.
  public var width: Int { contents.size.width }
  /// Bytes of one image, 3 · height · width.
  public var imageBytes: Int { contents.size.bytes }
  /// The name of the format it was read as, such as "cifar10".
  public var format: String { contents.format }
  /// Where it was opened.
  public var path: String { contents.path }
  /// Whether all pixels are held in memory; else they are decoded on demand.
  public var isInMemory: Bool { contents.isInMemory }
  /// The pictures that were left out because they could not be decoded; of the whole set, for a subset too.
  public var skipped: [SkippedImage] { contents.skipped }

  func position(_ index: Int) -> Int {
    precondition(index >= 0 && index < count, "ImageDataset: index \(index) of \(count) images")
    return selection?[index] ?? index
  }

  /// The name of image `index`: its path inside the data set, or its file and record number, as
  /// `data_batch_1.bin:1299`.
  public func name(of index: Int) -> String { contents.items[position(index)].name }

  // MARK: Classes and parts

  /// The classes' names, in the order of labels; nil without labels.
  public var classNames: [String]? { contents.classNames }

  /// The class of image `index`, an index into ``classNames``; nil where it is unknown.
  public func label(of index: Int) -> Int? {
    let label = contents.items[position(index)].label
    return label < 0 ? nil : Int(label)
  }

  /// The class of every image; nil unless all are known.
  public var labels: [Int]? {
    var labels: [Int] = []
    labels.reserveCapacity(count)
    for index in 0..<count {
      guard let label = label(of: index) else { return nil }
      labels.append(label)
    }
    return labels
  }

  /// The names of the parts that images come from, such as "train" and "test".
  public var parts: [String] { contents.parts }

  /// The part that image `index` comes from.
  public func part(of index: Int) -> String { contents.parts[contents.items[position(index)].part] }

  /// The indices of the images that come from a part, in order; none for an unknown part.
  public func indices(inPart name: String) -> [Int] {
    guard let part = contents.parts.firstIndex(of: name) else { return [] }
    return (0..<count).filter { contents.items[position($0)].part == part }
  }

  // MARK: Fingerprints

  /// A 64-bit hash (XXH64) of the decoded, resized pixels of image `index`.
  public func fingerprint(of index: Int) -> UInt64 { contents.hashes[position(index)] }

  /// A SHA-256 digest, in hexadecimal, over image size and the pixel hashes of all images in order. Any changed,
  /// missing, added or moved image changes it; names, labels and file formats do not.
  public var fingerprint: String {
    var digest = SHA256()
    digest.update("images \(width)x\(height) \(count)\n".utf8)
    for index in 0..<count { digest.update(littleEndian: fingerprint(of: index)) }
    return digest.hexDigest()
  }

  // MARK: Pixels

  /// Calls `body` with the planes of image `index`, `[3, height, width]`; the buffer is valid during the call.
  /// - Throws: ``ImageError`` when a streamed image cannot be decoded any more.
  public func withPixels<Result>(of index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) throws
    -> Result
  {
    var result: Result?
    try contents.source.withPixels(of: position(index)) { result = body($0) }
    guard let result else { preconditionFailure("ImageDataset.withPixels: the source did not call back") }
    return result
  }

  /// Image `index` on its own.
  /// - Throws: ``ImageError`` when a streamed image cannot be decoded any more.
  public func image(_ index: Int) throws -> PixelImage {
    try withPixels(of: index) { PixelImage(height: height, width: width, bytes: Array($0)) }
  }

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
            try contents.source.withPixels(of: position(indices[place])) { pixels in
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

/// Hears how many images of how many have been decoded.
public typealias DatasetProgress = @Sendable (_ done: Int, _ total: Int) -> Void

/// A picture that was left out of a data set.
public struct SkippedImage: Codable, Sendable, Equatable {
  /// Its name within the data set.
  public let name: String
  /// What was wrong with it.
  public let reason: String
}

/// What a data set and all its subsets share.
final class DatasetContents: Sendable {
  let format: String
  let path: String
  let size: ImageSize
  let items: [DatasetItem]
  let parts: [String]
  let classNames: [String]?
  let hashes: [UInt64]
  let skipped: [SkippedImage]
  let source: any PixelSource
  let isInMemory: Bool

  init(
    format: String, path: String, size: ImageSize, items: [DatasetItem], parts: [String],
    classNames: [String]?, hashes: [UInt64], skipped: [SkippedImage], source: any PixelSource,
    isInMemory: Bool
  ) {
    self.format = format
    self.path = path
    self.size = size
    self.items = items
    self.parts = parts
    self.classNames = classNames
    self.hashes = hashes
    self.skipped = skipped
    self.source = source
    self.isInMemory = isInMemory
  }
}
