import Files
import Vision

/// How pairs of images and captions are opened.
public struct PairOptions: Codable, Sendable, Equatable, Validated {
  /// What happens to a thing that does not belong in the data.
  public enum Handling: String, Codable, Sendable, CaseIterable {
    /// It stops with an error.
    case refuse
    /// It is left out and named among the omissions.
    case skip
  }

  /// What happens to a pair or a picture that is there twice.
  public enum Duplicates: String, Codable, Sendable, CaseIterable {
    /// It stops with an error.
    case refuse
    /// Only the first stays, so that no picture can be a member and a nonmember at once.
    case skip
    /// All stay.
    case keep
  }

  /// What happens to text that is not UTF-8.
  public enum BrokenText: String, Codable, Sendable, CaseIterable {
    /// It stops with an error that names the byte.
    case refuse
    /// U+FFFD takes the place of each broken sequence.
    case repair
  }

  /// Pixels along each side that every image is brought to, 1 to 4096; nil keeps the stored size, which must then be
  /// the same for all.
  public var imageSize: Int?
  /// The official splits that are read, such as "train"; nil for all images, also those in none.
  public var partitions: [String]?
  /// The most captions an image keeps, the first ones; nil for all.
  public var captionsPerImage: Int?
  /// The language of captions where there are several, as in `captions.en.tsv`.
  public var language: String
  /// The column or key of the picture's path; nil for the first of ``PairColumns/image`` that is there.
  public var imageColumn: String?
  /// The column or key of the caption; nil for the first of ``PairColumns/caption`` that is there.
  public var captionColumn: String?
  /// The column or key of the official split; nil for the first of ``PairColumns/partition`` that is there, if any.
  public var partitionColumn: String?
  /// Images without a caption, captions without an image.
  public var unpaired: Handling
  /// Captions without a visible character: empty, white space, control characters.
  public var emptyCaptions: Handling
  /// A caption given twice to one image; a picture whose pixels equal an earlier one's.
  public var duplicates: Duplicates
  /// Pictures that cannot be decoded.
  public var damagedImages: Handling
  /// Broken lines of a table, archives cut short, archive members that cannot be told to belong anywhere.
  public var damagedRecords: Handling
  /// Text that is not UTF-8.
  public var brokenText: BrokenText
  /// The most bytes of pixels that are held in memory. A larger set is decoded on demand with a cache of this size.
  public var memoryLimit: Int
  /// The most pixels that a single picture may claim.
  public var pixelLimit: Int

  /// Options with their usual values: stored size, all splits, all captions, English; what is unpaired, empty, doubled
  /// or undecodable is left out and named; broken records and broken text are refused; 4 GiB, 64 Mi pixels.
  public init(
    imageSize: Int? = nil, partitions: [String]? = nil, captionsPerImage: Int? = nil,
    language: String = "en", imageColumn: String? = nil, captionColumn: String? = nil,
    partitionColumn: String? = nil, unpaired: Handling = .skip, emptyCaptions: Handling = .skip,
    duplicates: Duplicates = .skip, damagedImages: Handling = .skip, damagedRecords: Handling = .refuse,
    brokenText: BrokenText = .refuse, memoryLimit: Int = 4 << 30,
    pixelLimit: Int = PixelImage.defaultPixelLimit
  ) {
    self.imageSize = imageSize
    self.partitions = partitions
    self.captionsPerImage = captionsPerImage
    self.language = language
    self.imageColumn = imageColumn
    self.captionColumn = captionColumn
    self.partitionColumn = partitionColumn
    self.unpaired = unpaired
    self.emptyCaptions = emptyCaptions
    self.duplicates = duplicates
    self.damagedImages = damagedImages
    self.damagedRecords = damagedRecords
    self.brokenText = brokenText
    self.memoryLimit = memoryLimit
    self.pixelLimit = pixelLimit
  }

  /// Checks all fields.
  /// - Throws: ``InvalidSetting``.
  public func validate() throws(InvalidSetting) {
    if let imageSize { try require((1...4096).contains(imageSize), "imageSize", imageSize, "1 to 4096") }
    if let captionsPerImage {
      try require(captionsPerImage >= 1, "captionsPerImage", captionsPerImage, "at least 1")
    }
    if let partitions { try require(!partitions.isEmpty, "partitions", "none", "left out or not empty") }
    let plain =
      !language.isEmpty && language.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
    try require(plain, "language", "“\(language)”", "a language's short name, such as en")
    try require(memoryLimit >= 0, "memoryLimit", memoryLimit, "0 or more")
    try require((1...(1 << 40)).contains(pixelLimit), "pixelLimit", pixelLimit, "1 to 2^40")
  }

  /// The options of the images alone.
  var images: DatasetOptions {
    DatasetOptions(
      imageSize: imageSize, strict: damagedImages == .refuse, memoryLimit: memoryLimit,
      pixelLimit: pixelLimit)
  }

  /// Whether an omission of that kind is an error.
  func refuses(_ kind: PairOmission.Kind) -> Bool {
    switch kind {
    case .imageWithoutCaption, .captionWithoutImage: return unpaired == .refuse
    case .emptyCaption: return emptyCaptions == .refuse
    case .duplicate: return duplicates == .refuse
    case .undecodableImage: return damagedImages == .refuse
    case .damagedRecord: return damagedRecords == .refuse
    }
  }
}

/// The names of columns and keys that are looked for, in this order, whatever their case.
public enum PairColumns {
  /// A picture's path.
  public static let image = ["image", "file", "filepath", "file_name", "filename", "image_path", "path"]
  /// A caption.
  public static let caption = ["caption", "text", "title"]
  /// An official split.
  public static let partition = ["split", "partition"]
}
