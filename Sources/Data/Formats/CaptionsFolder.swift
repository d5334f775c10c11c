import Files

extension DataFormat {
  /// A folder of pictures with `captions.tsv`: a picture's path inside the folder, a tab, its caption. Where the first
  /// line names the columns, there may be more of them, in any order; words in a column "keywords", joined by ` | `,
  /// make a further caption, and a column "category" holds classes. Several lines for a picture give it several captions.
  public static let captions = DataFormat(
    name: "captions", summary: "a folder of pictures and captions.tsv",
    hasCaptions: true, heeds: [.imageColumn, .captionColumn, .partColumn, .labelColumn],
    recognises: { Paths.isFile($0 + "/captions.tsv") },
    read: { folder, listing in
      try readFolder(folder, table: "captions.tsv", pictures: folder, keywords: nil, into: &listing)
    })

  /// Pictures in `png64` with names and keywords in several languages, as `data/emoji`: lines of a file name, a name
  /// and keywords joined by ` | ` in `captions.<language>.tsv`. The name is the first caption, the keywords are the
  /// second.
  public static let emoji = DataFormat(
    name: "emoji", summary: "a folder of png64/ and captions.<language>.tsv",
    hasCaptions: true, heeds: [.language, .imageColumn, .captionColumn, .partColumn, .labelColumn],
    // A folder that cannot be listed is not recognised; whoever names the format gets the reason from `read`.
    recognises: { Paths.isFolder($0 + "/png64") && (try? languages(of: $0))?.isEmpty == false },
    read: { folder, listing in
      let known = try languages(of: folder)
      guard Paths.isFolder(folder + "/png64"), !known.isEmpty else {
        throw DataError.incomplete(path: folder, expected: "png64 and captions.<language>.tsv")
      }
      let language = listing.options.language
      guard known.contains(where: { $0.isExactly(language) }) else {
        throw DataError.unknownLanguage(path: folder, language: language, known: known)
      }
      try readFolder(
        folder, table: "captions.\(language).tsv", pictures: folder + "/png64", keywords: 2, into: &listing)
    })

  /// The languages that a folder has captions in, by their short names.
  /// - Throws: ``FileError`` where the folder cannot be listed.
  public static func languages(of folder: String) throws(FileError) -> [String] {
    try Paths.names(in: folder).compactMap { name in
      guard name.hasPrefix("captions."), name.hasSuffix(".tsv"), name.count > "captions..tsv".count else {
        return nil
      }
      return String(name.dropFirst("captions.".count).dropLast(".tsv".count))
    }
  }
}

/// Reads a folder's table of captions. The order of pictures is that of the table.
/// - Parameter keywords: the column of keywords where the table names no columns.
private func readFolder(
  _ folder: String, table: String, pictures place: String, keywords: Int?, into listing: inout DataListing
) throws {
  let file = folder + "/" + table
  guard Paths.isFile(file) else { throw DataError.incomplete(path: folder, expected: table) }
  var found = try NamedPictures(in: place, options: listing.options)
  var rows = try CaptionTable(
    file, .tsv, headless: .init(image: 0, caption: 1, keywords: keywords), keywords: true,
    options: listing.options)
  while let row = try rows.next(&listing) {
    guard let location = found.picture(row.picture) else {
      try listing.leaveOut(.captionWithoutImage, row.place, found.absence(of: row.picture))
      continue
    }
    let picture = listing.picture(location, part: row.part)
    if let label = row.label { listing.label(picture, label, at: row.place) }
    for caption in row.captions { listing.add(caption, to: picture, at: row.place) }
  }
  // Those that no line names come last, to be named as without a caption.
  for location in found.all { _ = listing.picture(location) }
}
