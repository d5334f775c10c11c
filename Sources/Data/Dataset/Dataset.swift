import Files
import Vision

/// Pictures at their own size, with what is known of each: name, class, part, captions.
///
/// A value that is cheap to copy and safe to use from any thread. A subset shares everything with the whole. All
/// pictures, whoever asks for them and whatever they are packed in, pass the same decoding; images of one size are made
/// by whoever needs them, with ``images(at:)``.
public struct Dataset: Sendable {
  let contents: DatasetContents
  /// The contents' pictures that belong to this set; nil for all in order.
  private let selection: [Int]?

  /// What pictures that were named by their files have as path and place.
  static let filesName = "files"
  /// The part of pictures that an official list of parts leaves out.
  public static let unsplit = "unsplit"

  init(contents: DatasetContents, selection: [Int]? = nil) {
    self.contents = contents
    self.selection = selection
  }

  /// Opens the data at `location`, a path or `format:path` (see ``DataFormat/all``); without a format the path and what
  /// is there tell which it is. Every picture is decoded once, so that damaged and doubled ones are known.
  /// - Parameter progress: called now and then while pictures are decoded, from any thread.
  /// - Throws: ``DataError``, ``InvalidSetting``, ``FileError``, ``ImageError``.
  public static func open(
    _ location: String, options: DataOptions = DataOptions(), progress: DatasetProgress? = nil
  ) throws -> Dataset {
    try options.validate()
    let (format, path) = try DataFormat.choose(location, captions: options.captions)
    var listing = DataListing(options: options)
    try format.read(path, &listing)
    return try listing.dataset(path: path, location: location, format: format, progress: progress)
  }

  /// Opens the given PNG and JPEG files, and the pictures in given folders, in the given order, just as the files of
  /// a data set are opened.
  /// - Throws: ``DataError``, ``InvalidSetting``, ``ImageError``.
  public static func files(_ paths: [String], options: DataOptions = DataOptions()) throws -> Dataset {
    try options.validate()
    var listing = DataListing(options: options)
    for path in paths {
      if Paths.isFolder(path) {
        do {
          for name in try pictureNames(in: path) {
            listing.append(.file(path: "\(path)/\(name)", name: "\(path)/\(name)"))
          }
        } catch DataError.noPictures(_, let expected) where paths.count > 1 {
          try listing.leaveOut(.folderWithoutPictures, path, "expected \(expected)")
        }
      } else {
        listing.append(.file(path: path, name: path))
      }
    }
    guard !listing.pictures.isEmpty else {
      throw DataError.noPictures(path: filesName, expected: "at least one PNG or JPEG file")
    }
    return try listing.dataset(path: filesName, location: filesName, format: .folder, progress: nil)
  }

  /// The pictures at `indices` of this set, in that order.
  public func subset(_ indices: [Int]) -> Dataset {
    Dataset(contents: contents, selection: indices.map { position($0) })
  }

  /// Number of pictures.
  public var count: Int { selection?.count ?? contents.pictures.count }
  /// The name of the format it was read as, such as "cifar10".
  public var format: String { contents.format }
  /// Where it was opened.
  public var path: String { contents.path }
  /// The same as it was given, with the format's name in front if that was there.
  public var location: String { contents.location }
  /// How it was opened; of images that were made at another size later, with that size.
  public var options: DataOptions { contents.options }

  /// What the files hold and this set does not; of the whole set, for a subset too.
  public var omissions: Omissions { contents.omissions }

  /// Whether opening a place in that way would give this data set again.
  public func isOpened(from location: String, _ options: DataOptions) -> Bool {
    DataFormat.absolute(location).isExactly(DataFormat.absolute(self.location)) && options == self.options
  }

  func position(_ index: Int) -> Int {
    precondition(index >= 0 && index < count, "Dataset: index \(index) of \(count) pictures")
    return selection?[index] ?? index
  }

  private func picture(at index: Int) -> DatasetContents.Picture { contents.pictures[position(index)] }

  /// The name of picture `index`: its path inside the data set, or its file and record number, as
  /// `data_batch_1.bin:1299`.
  public func name(of index: Int) -> String { picture(at: index).source.name }

  // MARK: Captions

  /// The captions of each picture in file order, at least one each, without surrounding white space; nil where the
  /// format has none.
  public var captions: [[String]]? {
    guard let all = contents.captions, let selection else { return contents.captions }
    return selection.map { all[$0] }
  }

  // MARK: Classes and parts

  /// The classes' names, in the order of labels; nil without labels.
  public var classNames: [String]? { contents.classNames }

  /// The class of picture `index`, an index into ``classNames``; nil where it is unknown.
  public func label(of index: Int) -> Int? {
    let label = picture(at: index).label
    return label < 0 ? nil : Int(label)
  }

  /// The class of every picture; nil unless all are known.
  public var labels: [Int]? {
    var labels: [Int] = []
    labels.reserveCapacity(count)
    for index in 0..<count {
      guard let label = label(of: index) else { return nil }
      labels.append(label)
    }
    return labels
  }

  /// The names of the parts that pictures come from, such as "train" and "test"; "all" where there are no parts.
  public var parts: [String] { contents.parts }

  /// The part that picture `index` comes from; ``unsplit`` for one in none where there are parts.
  public func part(of index: Int) -> String { contents.parts[Int(picture(at: index).part)] }

  /// The indices of the pictures that come from a part, in order; none for an unknown part.
  public func indices(inPart name: String) -> [Int] {
    guard let part = contents.parts.firstIndex(where: { $0.isExactly(name) }) else { return [] }
    return (0..<count).filter { picture(at: $0).part == part }
  }

  // MARK: Pixels

  /// What tells picture `index` from others: its pixels at its own size.
  public func identity(of index: Int) -> PictureIdentity { picture(at: index).identity }

  /// Picture `index` at its own size.
  /// - Throws: ``ImageError`` when it cannot be decoded any more, or has changed since the data set was opened.
  public func picture(_ index: Int) throws -> PixelImage {
    let picture = picture(at: index)
    let decoded = try picture.source.decoded(pixelLimit: contents.options.pixelLimit)
    let hash = decoded.bytes.withUnsafeBytes { contentHash($0) }
    guard
      picture.identity == PictureIdentity(height: decoded.height, width: decoded.width, hash: hash)
    else { throw changedSinceOpening(picture.source) }
    return decoded
  }

  /// The images of the size that the options name, which were made when the data set was opened.
  /// - Throws: ``DataError/mixedSizes(path:first:second:)`` where they name none and the pictures differ in size.
  public func images() throws -> Images { try images(at: contents.options.imageSize) }

  /// Images of a common size: the shorter side of each picture is scaled to `side`, and the middle of the longer kept.
  ///
  /// For another size than that of ``images()`` every picture of this set is decoded anew.
  /// - Parameter side: pixels along each side; nil for the pictures' own size, which must be the same for all.
  /// - Throws: ``DataError``, ``ImageError``.
  public func images(at side: Int?) throws -> Images {
    if side == contents.options.imageSize, let pixels = contents.pixels {
      return Images(dataset: self, pixels: pixels)
    }
    let pictures = (selection ?? Array(contents.pictures.indices)).map { contents.pictures[$0] }
    if side == nil, let mixed = contents.mixedSizes(pictures) { throw mixed }
    var options = contents.options
    options.damagedImages = .refuse
    let decoded = try DecodedPictures(
      pictures.map(\.source), side: side, path: path, options: options, progress: nil)
    for (picture, identity) in zip(pictures, decoded.identities) where picture.identity != identity {
      throw changedSinceOpening(picture.source)
    }
    guard let pixels = decoded.pixels(of: Array(pictures.indices)) else {
      preconditionFailure("Dataset.images: pictures of one size, or brought to one, have none in common")
    }
    options = contents.options
    options.imageSize = side
    let own = DatasetContents(
      format: format, path: path, location: location, options: options, pictures: pictures,
      captions: captions, parts: parts, classNames: classNames, omissions: omissions, pixels: pixels)
    return Images(dataset: Dataset(contents: own), pixels: pixels)
  }
}

/// What a data set and all its subsets share.
final class DatasetContents: Sendable {
  struct Picture: Sendable {
    let source: PictureSource
    /// The class, or -1 where it is unknown.
    let label: Int32
    let part: Int32
    let identity: PictureIdentity
  }

  let format: String
  let path: String
  let location: String
  let options: DataOptions
  let pictures: [Picture]
  let captions: [[String]]?
  let parts: [String]
  let classNames: [String]?
  let omissions: Omissions
  /// At the size of the options; nil where that is the pictures' own and they differ.
  let pixels: SizedPixels?

  init(
    format: String, path: String, location: String, options: DataOptions, pictures: [Picture],
    captions: [[String]]?,
    parts: [String], classNames: [String]?, omissions: Omissions, pixels: SizedPixels?
  ) {
    self.format = format
    self.path = path
    self.location = location
    self.options = options
    self.pictures = pictures
    self.captions = captions
    self.parts = parts
    self.classNames = classNames
    self.omissions = omissions
    self.pixels = pixels
  }

  /// The error for some of the pictures if they differ in size; nil where all have the same.
  func mixedSizes(_ pictures: [Picture]) -> DataError? {
    func described(_ picture: Picture) -> String {
      "\(picture.source.name): \(picture.identity.width)x\(picture.identity.height)"
    }
    guard let first = pictures.first,
      let other = pictures.first(where: { !$0.identity.hasSize(of: first.identity) })
    else { return nil }
    return .mixedSizes(path: path, first: described(first), second: described(other))
  }
}
