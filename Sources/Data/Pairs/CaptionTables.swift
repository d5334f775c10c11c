import Files

extension PairFormat {
  /// A file of comma-separated values (RFC 4180) whose first line names the columns; pictures' paths are relative to
  /// the file's folder. Several rows for a picture give it several captions.
  public static let csv = PairFormat(
    name: "csv", summary: "a .csv file with columns for a picture's path and a caption",
    recognises: { Paths.suffix($0) == "csv" && Paths.isFile($0) },
    read: { try readTable($0, .csv, into: &$1) })

  /// As ``csv``, the values separated by tabs and nothing quoted.
  public static let tsv = PairFormat(
    name: "tsv", summary: "a .tsv file with columns for a picture's path and a caption",
    recognises: { Paths.suffix($0) == "tsv" && Paths.isFile($0) },
    read: { try readTable($0, .tsv, into: &$1) })
}

private func readTable(
  _ file: String, _ dialect: DelimitedText.Dialect, into listing: inout PairListing
) throws {
  guard Paths.isFile(file) else { throw PairError.notFound(path: file) }
  var rows = try CaptionTable(file, dialect, options: listing.options)
  var pictures = RelativePictures(to: file)
  while let row = try rows.next(&listing) {
    guard let location = pictures.location(of: row.picture) else {
      try listing.leaveOut(.captionWithoutImage, row.place, "there is no file \(row.picture)")
      continue
    }
    let picture = listing.picture(location, partition: row.partition)
    for caption in row.captions { listing.add(caption, to: picture, at: row.place) }
  }
}

/// Finds pictures by paths relative to the folder of the file that lists them, asking once for each.
struct RelativePictures {
  private let folder: String
  private var known: [String: PictureLocation?] = [:]

  init(to file: String) { folder = Paths.folder(of: file) }

  /// Where the picture is; nil if there is none.
  mutating func location(of name: String) -> PictureLocation? {
    if let location = known[name] { return location }
    let path = name.hasPrefix("/") ? name : "\(folder)/\(name)"
    let location = Paths.isFile(path) ? PictureLocation.file(path, name: name) : nil
    known[name] = .some(location)
    return location
  }
}
