import Files

extension DataFormat {
  /// A file of comma-separated values (RFC 4180) whose first line names the columns; pictures' paths are relative to
  /// the file's folder. Several rows for a picture give it several captions.
  public static let csv = DataFormat(
    name: "csv", summary: "a .csv file with columns for a picture's path and a caption",
    hasCaptions: true, heeds: [.imageColumn, .captionColumn],
    recognises: { Paths.suffix($0) == "csv" && Paths.isFile($0) },
    read: { try readTable($0, .csv, into: &$1) })

  /// As ``csv``, the values separated by tabs and nothing quoted.
  public static let tsv = DataFormat(
    name: "tsv", summary: "a .tsv file with columns for a picture's path and a caption",
    hasCaptions: true, heeds: [.imageColumn, .captionColumn],
    recognises: { Paths.suffix($0) == "tsv" && Paths.isFile($0) },
    read: { try readTable($0, .tsv, into: &$1) })
}

private func readTable(
  _ file: String, _ dialect: DelimitedText.Dialect, into listing: inout DataListing
) throws {
  guard Paths.isFile(file) else { throw DataError.notFound(path: file) }
  var rows = try CaptionTable(file, dialect, options: listing.options)
  var pictures = RelativePictures(to: file)
  while let row = try rows.next(&listing) {
    guard let location = pictures.location(of: row.picture) else {
      try listing.leaveOut(.captionWithoutImage, row.place, "there is no file \(row.picture)")
      continue
    }
    let picture = listing.picture(location, part: row.part)
    for caption in row.captions { listing.add(caption, to: picture, at: row.place) }
  }
}

/// Finds pictures by paths relative to the folder of the file that lists them, asking once for each.
struct RelativePictures {
  private let folder: String
  private var known: [ExactText: PictureSource?] = [:]

  init(to file: String) { folder = Paths.folder(of: file) }

  /// Where the picture is; nil if there is none.
  mutating func location(of name: String) -> PictureSource? {
    let key = ExactText(name)
    if let location = known[key] { return location }
    let path = name.hasPrefix("/") ? name : "\(folder)/\(name)"
    let location = Paths.isFile(path) ? PictureSource.file(path: path, name: name) : nil
    known[key] = .some(location)
    return location
  }
}
