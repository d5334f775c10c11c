import Files

/// A data set in pieces that are opened one after the other, so that memory need hold one at a time: archives of shards
/// each by itself, or ranges of the pictures of whatever else, which is opened as one whole.
///
/// The pieces have together the pictures that the whole data set has. What depends on several pieces is not seen: a picture
/// that is there twice, in two archives, stays twice.
public struct DatasetPieces: Sendable {
  /// The pictures of a range, at most; archives hold whatever they hold.
  public static let pictures = 4096

  private enum Content {
    case archives([DataFormat.Archives.Archive], DataFormat)
    case ranges(of: Dataset)
  }

  private let options: DataOptions
  private let content: Content

  /// Looks what pieces there are. Archives are not opened yet; anything else is.
  /// - Throws: as ``Dataset/open(_:options:progress:)``.
  public init(_ location: String, options: DataOptions = DataOptions()) throws {
    try options.validate()
    self.options = options
    let (format, path) = try DataFormat.choose(location, captions: options.captions)
    if let archives = format.archives {
      content = .archives(try archives.list(path), format)
    } else {
      content = .ranges(of: try Dataset.open(location, options: options))
    }
  }

  /// How many there are, at least one.
  public var count: Int {
    switch content {
    case .archives(let archives, _): archives.count
    case .ranges(let data): DatasetPieces.ranges(of: data.count).count
    }
  }

  /// What a piece is called: an archive's name, or the numbers of its pictures, from 1.
  public func name(of piece: Int) -> String {
    switch content {
    case .archives(let archives, _): archives[piece].name
    case .ranges: "\(range(piece).lowerBound + 1)-\(range(piece).upperBound)"
    }
  }

  /// What tells a piece from another of the same name, without opening it: of an archive its size and a hash of its first and
  /// last 64 KiB, of a range the digest of all images.
  /// - Throws: `FileError`, ``DataError``.
  public func identity(of piece: Int) throws -> String {
    switch content {
    case .ranges(let data): return try data.images().fingerprint
    case .archives(let archives, _):
      let (file, end) = (try ByteFile(archives[piece].path), 1 << 16)
      let bytes =
        try file.read(0..<min(end, file.size)) + file.read(max(0, file.size - end)..<file.size)
      return "\(file.size) bytes, \(String(bytes.withUnsafeBytes { contentHash($0) }, radix: 16))"
    }
  }

  /// What the whole data set had to leave out before its ranges were told; archives tell it each by itself.
  public var omissions: Omissions? {
    if case .ranges(let data) = content { data.omissions } else { nil }
  }

  /// Opens a piece. Of a range the omissions are those of the whole data set.
  /// - Throws: as ``Dataset/open(_:options:progress:)``; of an archive without anything that can be used, an error of
  ///   which ``DataError/tellsOfNothing`` is true.
  public func open(_ piece: Int) throws -> Dataset {
    switch content {
    case .ranges(let data): return data.subset(Array(range(piece)))
    case .archives(let archives, let format):
      var listing = DataListing(options: options)
      try format.archives?.read(archives[piece], &listing)
      let path = archives[piece].path
      return try listing.dataset(
        path: path, location: "\(format.name):\(path)", format: format, progress: nil)
    }
  }

  private func range(_ piece: Int) -> Range<Int> {
    guard case .ranges(let data) = content else { return 0..<0 }
    return DatasetPieces.ranges(of: data.count)[piece]
  }

  /// So many pictures in ranges.
  static func ranges(of count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: pictures).map { $0..<min(count, $0 + pictures) }
  }
}

extension DataError {
  /// Whether nothing that can be used was found, rather than something that must not be.
  public var tellsOfNothing: Bool {
    switch self {
    case .noPictures, .noPairs, .nothingReadable: true
    default: false
    }
  }
}
