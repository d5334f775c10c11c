import Files

/// Images with their captions, one or more each.
///
/// A value that is cheap to copy and safe to use from any thread. A subset shares the pixels of the whole. All images
/// pass the decoding and resizing of ``ImageDataset``, whatever they are packed in.
public struct PairDataset: Sendable {
  /// The images, one entry for each.
  public let images: ImageDataset
  /// The captions of each image in file order, at least one each, without surrounding white space.
  public let captions: [[String]]
  /// The official split of each image, such as "train", "dev", "test", or ``unsplit``; nil where the source has none.
  public let partition: [String]?
  /// What the source holds and this set does not; of the whole set, for a subset too.
  public let omissions: PairOmissions

  /// The split of images that an official list of splits leaves out.
  public static let unsplit = "unsplit"

  /// Opens the pairs at `source`, a path or `format:path` (see ``PairFormat/all``); without a format the path and
  /// what is there tell which it is.
  /// - Parameter progress: called now and then while images are decoded, from any thread.
  /// - Throws: ``PairError``, ``InvalidSetting``, ``FileError``, ``ImageError``, ``DatasetError``.
  public static func open(
    _ source: String, options: PairOptions = PairOptions(), progress: DatasetProgress? = nil
  ) throws -> PairDataset {
    try options.validate()
    let path = PairFormat.parse(source).path
    guard let format = PairFormat.recognising(source) else {
      throw Paths.isFolder(path) || Paths.isFile(path)
        ? PairError.unknownLayout(path: path) : PairError.notFound(path: path)
    }
    var listing = PairListing(options: options)
    try format.read(path, &listing)
    return try listing.dataset(path: path, format: format.name, progress: progress)
  }

  /// Number of images.
  public var count: Int { images.count }

  /// A caption of an image, the first unless another is asked for.
  public func caption(_ image: Int, _ number: Int = 0) -> String {
    precondition(
      captions.indices.contains(image) && captions[image].indices.contains(number),
      "PairDataset.caption: caption \(number) of image \(image), there are \(count) images")
    return captions[image][number]
  }

  /// The images at `indices` of this set with their captions, in that order.
  public func subset(_ indices: [Int]) -> PairDataset {
    let images = images.subset(indices)
    return PairDataset(
      images: images, captions: indices.map { captions[$0] },
      partition: partition.map { all in indices.map { all[$0] } }, omissions: omissions)
  }

  /// A SHA-256 digest, in hexadecimal, over the pixels and the captions of all images in order. Any changed, missing,
  /// added or moved image or caption changes it; names, splits and file formats do not.
  public var fingerprint: String {
    var digest = SHA256()
    digest.update("pairs \(count) \(images.fingerprint)\n".utf8)
    for captions in captions {
      digest.update(littleEndian: UInt64(captions.count))
      for caption in captions {
        digest.update(littleEndian: UInt64(caption.utf8.count))
        digest.update(caption.utf8)
      }
    }
    return digest.hexDigest()
  }
}
