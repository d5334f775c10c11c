import Files

extension DataFormat {
  /// A file of comma-separated values (RFC 4180) whose first line names the columns; pictures' paths are relative to
  /// the file's folder. Several rows for a picture give it several captions.
  public static let csv = DataFormat(
    name: "csv", summary: "a .csv file with columns for a picture's path and a caption",
    hasCaptions: true, heeds: [.imageColumn, .captionColumn, .partColumn, .labelColumn],
    recognises: { Paths.suffix($0) == "csv" && Paths.isFile($0) },
    read: { try readTable($0, .csv, into: &$1) })

  /// As ``csv``, the values separated by tabs; quoted is what Python's csv.writer quotes, each value within its line.
  public static let tsv = DataFormat(
    name: "tsv", summary: "a .tsv file with columns for a picture's path and a caption",
    hasCaptions: true, heeds: [.imageColumn, .captionColumn, .partColumn, .labelColumn],
    recognises: { Paths.suffix($0) == "tsv" && Paths.isFile($0) },
    read: { try readTable($0, .tsv, into: &$1) })
}

private func readTable(
  _ file: String, _ dialect: DelimitedText.Dialect, into listing: inout DataListing
) throws {
  guard Paths.isFile(file) else { throw DataError.notFound(path: file) }
  var rows = try CaptionTable(file, dialect, options: listing.options)
  var pictures = RelativePictures(to: file, options: listing.options)
  while let row = try rows.next(&listing) {
    guard let location = pictures.location(of: row.picture) else {
      try listing.leaveOut(.captionWithoutImage, row.place, pictures.absence(of: row.picture))
      continue
    }
    let picture = listing.picture(location, part: row.part)
    if let label = row.label { listing.label(picture, label, at: row.place) }
    for caption in row.captions { listing.add(caption, to: picture, at: row.place) }
  }
}

/// Finds pictures by paths relative to the folder of the file that lists them, asking once for each. Names are compared
/// byte for byte, and parts of a path that say nothing, as in `./a.png`, are passed over. A path that leads out of that
/// folder is followed only where the options allow it.
struct RelativePictures {
  private let folder: String
  private let readsOutside: Bool
  private var known: [ExactText: PictureSource?] = [:]
  /// The names in folders that lacked a picture, equal where Unicode calls them canonically equivalent, as Swift's strings
  /// are: for hints alone.
  private var neighbours: [ExactText: Set<String>] = [:]

  init(to file: String, options: DataOptions) { self.init(in: Paths.folder(of: file), options: options) }

  init(in folder: String, options: DataOptions) {
    (self.folder, readsOutside) = (folder, options.readsOutside ?? false)
  }

  private func path(_ name: String) -> String {
    name.utf8.first == UInt8(ascii: "/") ? name : "\(folder)/\(name)"
  }

  /// Where the picture is; nil if there is none.
  mutating func location(of name: String) -> PictureSource? {
    let name = Paths.normalised(name)
    if let location = known[ExactText(name)] { return location }
    let (path, isAllowed) = (path(name), readsOutside || !Paths.escapes(name))
    let location = isAllowed && Paths.isFile(path) ? PictureSource.file(path: path, name: name) : nil
    known[ExactText(name)] = .some(location)
    return location
  }

  /// Why there is no picture of a name.
  mutating func absence(of name: String) -> String {
    if !readsOutside, Paths.escapes(name) {
      return
        "its path \(excerpt(name)) leads out of the table's folder; such paths are followed by --outside-paths alone"
    }
    let path = path(Paths.normalised(name))
    let folder = Paths.folder(of: path)
    // Where the folder cannot be listed there is no hint to give.
    let names = neighbours[ExactText(folder)] ?? (try? Paths.names(in: folder)).map { Set($0) } ?? []
    neighbours[ExactText(folder)] = names
    return absenceOfPicture(
      "there is no file \(excerpt(name))", alike: names.contains(Paths.name(path)) ? Paths.name(path) : nil)
  }
}
