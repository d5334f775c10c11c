import Files

/// Where one picture is and what it is called, before it is decoded.
public struct PictureLocation: Sendable {
  let source: DatasetItem.Source

  /// A PNG or JPEG file; errors and lists call it `name`.
  public static func file(_ path: String, name: String) -> PictureLocation {
    PictureLocation(source: .file(path: path, name: name))
  }

  /// A PNG or JPEG picture that stands in the given bytes of a larger file.
  public static func range(_ bytes: Range<Int>, of path: String, name: String) -> PictureLocation {
    PictureLocation(source: .range(FileRange(path: path, bytes: bytes, name: name)))
  }

  /// All PNG and JPEG files of a folder and its sub-folders, each named by its path inside the folder, in the byte
  /// order of these names.
  /// - Throws: ``DatasetError``.
  public static func all(in folder: String) throws -> [PictureLocation] {
    guard Paths.isFolder(folder) else { throw DatasetError.notFound(path: folder) }
    return try DatasetFormat.folder.list(folder, nil).items.map { PictureLocation(source: $0.source) }
  }

  /// What the picture is called.
  public var name: String { DatasetItem(source: source, label: -1, part: 0).name }
}

extension ImageDataset {
  /// Opens pictures that another reader has found, in the given order, just as the files of a data set are opened.
  /// - Parameters:
  ///   - path: what errors and ``path`` call the whole.
  ///   - format: the name of the format that they were found in.
  /// - Throws: ``DatasetError``, ``ImageError``.
  public static func pictures(
    _ locations: [PictureLocation], path: String, format: String, options: DatasetOptions = DatasetOptions(),
    progress: DatasetProgress? = nil
  ) throws -> ImageDataset {
    try options.validate()
    guard !locations.isEmpty else { throw DatasetError.empty(path: path, expected: "at least one picture") }
    let items = locations.map { DatasetItem(source: $0.source, label: -1, part: 0) }
    return try DatasetLoader.load(
      DatasetListing(items: items, parts: ["all"]), path: path, format: format, options: options,
      progress: progress)
  }
}
