import Vision
/// How a data set is opened.
public struct DatasetOptions: Codable, Sendable, Equatable {
  /// Pixels along each side that every image is brought to, 1 to 4096; nil keeps the stored size, which must then be
  /// the same for all.
  public var imageSize: Int?
  /// The parts that are read ("train", "test", "unlabeled", "val", or a file such as "data_batch_1.bin"), in any
  /// order; nil for the format's usual ones.
  public var parts: [String]?
  /// Whether a damaged picture stops with an error; else it is left out and listed.
  public var strict: Bool
  /// The most bytes of pixels that are held in memory. A larger set is decoded on demand with a cache of this size.
  public var memoryLimit: Int
  /// The most pixels that a single picture may claim.
  public var pixelLimit: Int

  /// Options with their usual values: stored size, all usual parts, lenient, 4 GiB, 64 Mi pixels.
  public init(
    imageSize: Int? = nil, parts: [String]? = nil, strict: Bool = false, memoryLimit: Int = 4 << 30,
    pixelLimit: Int = PixelImage.defaultPixelLimit
  ) {
    self.imageSize = imageSize
    self.parts = parts
    self.strict = strict
    self.memoryLimit = memoryLimit
    self.pixelLimit = pixelLimit
  }

  /// - Throws: ``DatasetError/invalidOptions(reason:)`` for values outside their ranges.
  func validate() throws(DatasetError) {
    if let imageSize, !(1...4096).contains(imageSize) {
      throw .invalidOptions(reason: "image size \(imageSize) is outside 1...4096")
    }
    guard memoryLimit >= 0 else { throw .invalidOptions(reason: "memory limit \(memoryLimit) is negative") }
    guard (1...(1 << 40)).contains(pixelLimit) else {
      throw .invalidOptions(reason: "pixel limit \(pixelLimit) is outside 1...2^40")
    }
    if let parts, parts.isEmpty { throw .invalidOptions(reason: "an empty list of parts leaves no images") }
  }
}
