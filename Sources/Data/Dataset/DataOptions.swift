import Files
import Vision

/// How a data set is opened.
public struct DataOptions: Codable, Sendable, Equatable, Validated {
  /// What happens to a thing that does not belong in the data.
  public enum Handling: String, Codable, Sendable, CaseIterable {
    /// It stops with an error.
    case refuse
    /// It is left out and named among the omissions.
    case skip
  }

  /// What happens to a picture, or a caption of one picture, that is there twice.
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

  /// Whether captions are needed. A path that names no format is then read by a format with captions only; else by one
  /// of images alone where one recognises it. A format that is named gives the captions that it has either way.
  public var captions: Bool
  /// Pixels along each side of the images that ``Dataset/images()`` gives, 1 to 4096; nil for the pictures' own size,
  /// which must then be the same for all. They are made when the pictures are first decoded.
  public var imageSize: Int?
  /// The parts that are read, in any order: official splits such as "train" and "test", or a file such as
  /// "data_batch_1.bin"; nil for the format's usual ones, and pictures in no part.
  public var parts: [String]?
  /// The most captions an image keeps, the first ones; nil for all.
  public var captionsPerImage: Int?
  /// The language of captions where there are several, as in `captions.en.tsv`.
  public var language: String
  /// The column or key of the picture's path; nil for the first of ``DataColumns/image`` that is there.
  public var imageColumn: String?
  /// The column or key of the caption; nil for the first of ``DataColumns/caption`` that is there.
  public var captionColumn: String?
  /// The column or key of the part; nil for the first of ``DataColumns/part`` that is there, if any.
  public var partColumn: String?
  /// The column or key of a picture's class; nil for the first of ``DataColumns/label`` that is there, if any.
  public var labelColumn: String?
  /// Images without a caption, captions without an image.
  public var unpaired: Handling
  /// Captions without a visible character: empty, white space, control characters.
  public var emptyCaptions: Handling
  /// A caption given twice to one image; a picture whose pixels, at its own size, equal an earlier one's.
  public var duplicates: Duplicates
  /// Pictures that cannot be decoded, folders among several that hold none.
  public var damagedImages: Handling
  /// Broken lines of a table, archives cut short, archive members that cannot be told to belong anywhere.
  public var damagedRecords: Handling
  /// Text that is not UTF-8.
  public var brokenText: BrokenText
  /// Whether pictures are read that a table names by an absolute path, or by one with `..`: whoever writes such a table
  /// has files read that are nowhere near it. Nil for not.
  public var readsOutside: Bool?
  /// The most bytes of pixels that are held in memory. A larger set is decoded on demand with a cache of this size.
  public var memoryLimit: Int
  /// The most pixels that a single picture may claim.
  public var pixelLimit: Int

  /// Options with their usual values: images with or without captions, own size, all usual parts, all captions, English;
  /// what is unpaired, empty, doubled or undecodable is left out and named; broken records and broken text are refused;
  /// 4 GiB, 64 Mi pixels.
  public init(
    captions: Bool = false, imageSize: Int? = nil, parts: [String]? = nil, captionsPerImage: Int? = nil,
    language: String = "en", imageColumn: String? = nil, captionColumn: String? = nil,
    partColumn: String? = nil, labelColumn: String? = nil, unpaired: Handling = .skip,
    emptyCaptions: Handling = .skip,
    duplicates: Duplicates = .skip, damagedImages: Handling = .skip, damagedRecords: Handling = .refuse,
    brokenText: BrokenText = .refuse, readsOutside: Bool? = nil, memoryLimit: Int = 4 << 30,
    pixelLimit: Int = PixelImage.defaultPixelLimit
  ) {
    self.captions = captions
    self.imageSize = imageSize
    self.parts = parts
    self.captionsPerImage = captionsPerImage
    self.language = language
    self.imageColumn = imageColumn
    self.captionColumn = captionColumn
    self.partColumn = partColumn
    self.labelColumn = labelColumn
    self.unpaired = unpaired
    self.emptyCaptions = emptyCaptions
    self.duplicates = duplicates
    self.damagedImages = damagedImages
    self.damagedRecords = damagedRecords
    self.brokenText = brokenText
    self.readsOutside = readsOutside
    self.memoryLimit = memoryLimit
    self.pixelLimit = pixelLimit
  }

  /// Checks all fields.
  /// - Throws: ``InvalidSetting``.
  public func validate() throws(InvalidSetting) {
    if let imageSize { try require((1...4096).contains(imageSize), "imageSize", imageSize, "1 to 4096") }
    if let parts { try require(!parts.isEmpty, "parts", "none", "left out or not empty") }
    if let captionsPerImage {
      try require(captionsPerImage >= 1, "captionsPerImage", captionsPerImage, "at least 1")
    }
    let plain =
      !language.isEmpty && language.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
    try require(plain, "language", "“\(language)”", "a language's short name, such as en")
    try require(memoryLimit >= 0, "memoryLimit", memoryLimit, "0 or more")
    try require((1...(1 << 40)).contains(pixelLimit), "pixelLimit", pixelLimit, "1 to 2^40")
  }

  /// Whether an omission of that kind is an error.
  func refuses(_ kind: Omission.Kind) -> Bool {
    switch kind {
    case .imageWithoutCaption, .captionWithoutImage: return unpaired == .refuse
    case .emptyCaption: return emptyCaptions == .refuse
    case .duplicate: return duplicates == .refuse
    case .undecodableImage, .folderWithoutPictures: return damagedImages == .refuse
    case .damagedRecord: return damagedRecords == .refuse
    }
  }
}

/// The names of columns and keys that are looked for, in this order, whatever their case.
public enum DataColumns {
  /// A picture's path.
  public static let image = ["image", "file", "filepath", "file_name", "filename", "image_path", "path"]
  /// A caption.
  public static let caption = ["caption", "text", "title"]
  /// A part.
  public static let part = ["split", "partition"]
  /// A class.
  public static let label = ["category", "class", "label"]
}
