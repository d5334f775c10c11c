import Vision
/// What a reader finds in a folder: where each image is, before any is decoded.
struct DatasetListing: Sendable {
  /// The images in the format's own order, which is the same on every machine.
  var items: [DatasetItem] = []
  /// The parts that images belong to.
  var parts: [String] = []
  /// What the labels mean; nil without labels.
  var classNames: [String]?

  /// Removes the images that are not of the wanted parts.
  mutating func keep(parts wanted: [String]?, path: String) throws(DatasetError) {
    guard let wanted else { return }
    var kept: Set<Int> = []
    for name in wanted {
      guard let part = parts.firstIndex(of: name) else {
        throw .unknownPart(path: path, part: name, known: parts)
      }
      kept.insert(part)
    }
    items.removeAll { !kept.contains($0.part) }
  }
}

/// One image of a data set.
struct DatasetItem: Sendable {
  enum Source: Sendable {
    /// A PNG or JPEG file; the name is its path inside the data set.
    case file(path: String, name: String)
    /// A PNG or JPEG file that stands inside another file.
    case range(FileRange)
    /// A record of raw pixels.
    case record(RecordFile, Int)
  }
  var source: Source
  /// The class, or -1 where it is unknown.
  var label: Int32
  /// Which of the listing's parts.
  var part: Int

  /// Names the item for people: a path inside the data set, or file and record number.
  var name: String {
    switch source {
    case .file(_, let name): return name
    case .range(let range): return range.name
    case .record(let file, let record): return "\(file.name):\(record)"
    }
  }

  /// The file that it is read from.
  var path: String {
    switch source {
    case .file(let path, _): return path
    case .range(let range): return range.path
    case .record(let file, _): return file.path
    }
  }

  /// The item under another name, where it is a file.
  func renamed(_ rename: (String) -> String) -> DatasetItem {
    guard case .file(let path, let name) = source else { return self }
    return DatasetItem(source: .file(path: path, name: rename(name)), label: label, part: part)
  }

  /// Decodes the image at its stored size.
  func decoded(pixelLimit: Int) throws(ImageError) -> PixelImage {
    switch source {
    case .file(let path, _): return try PixelImage(contentsOf: path, pixelLimit: pixelLimit)
    case .range(let range): return try range.image(pixelLimit: pixelLimit)
    case .record(let file, let record): return try file.image(record)
    }
  }
}
