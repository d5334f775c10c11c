import Files
import Foundation

extension DataFormat {
  /// Flickr8k's official layout (M. Hodosh, P. Young, J. Hockenmaier, "Framing Image Description as a Ranking Task",
  /// JAIR 47, 2013): pictures in a folder `Flickr8k_Dataset…` or `Flicker8k_Dataset…`, lines `<picture>#<number>`, a
  /// tab, a caption in `Flickr8k.token.txt`, and the names of the official splits in `Flickr_8k.trainImages.txt`,
  /// `…devImages.txt` and `…testImages.txt`, of which any may be missing. Pictures in no split are ``Dataset/unsplit``.
  /// The folder of pictures may hold another of such a name in which they are, as some programs unpack it.
  public static let flickr8k = DataFormat(
    name: "flickr8k", summary: "Flickr8k's official files: Flickr8k.token.txt, Flickr8k_Dataset/",
    hasCaptions: true, recognises: { Paths.isFile("\($0)/\(tokens)") }, read: readFlickr8k)
}

private let tokens = "Flickr8k.token.txt"
private let splits = ["train", "dev", "test"]

private func readFlickr8k(_ folder: String, into listing: inout DataListing) throws {
  func pictureFolder(in folder: String) throws -> String? {
    try Paths.names(in: folder).first { name in
      ["Flickr8k_Dataset", "Flicker8k_Dataset"].contains { name.hasPrefix($0) }
        && Paths.isFolder("\(folder)/\(name)")
    }
  }
  guard var place = try pictureFolder(in: folder), Paths.isFile("\(folder)/\(tokens)") else {
    throw DataError.incomplete(path: folder, expected: "\(tokens) and a folder Flickr8k_Dataset")
  }
  while let inner = try pictureFolder(in: "\(folder)/\(place)") { place += "/" + inner }
  var found = try NamedPictures(in: "\(folder)/\(place)", called: place, options: listing.options)
  let splitOf = try flickrSplits(folder, &listing)

  var text = try DelimitedText("\(folder)/\(tokens)", .tabs)
  while let row = text.next() {
    let line = "\(folder)/\(tokens):\(row.line)"
    let fields = row.fields
    guard fields.count == 2, let mark = fields[0].lastIndex(of: UInt8(ascii: "#")) else {
      try listing.leaveOut(
        line,
        .malformed(
          file: text.file, line: row.line, reason: "not a picture's name, # and number, a tab and a caption"))
      continue
    }
    let name = try listing.text(fields[0][..<mark], file: text.file, line: row.line, offset: row.offset)
    let caption = try listing.text(
      fields[1], file: text.file, line: row.line, offset: fields[1].startIndex)
    guard let location = found.picture(name) else {
      try listing.leaveOut(.captionWithoutImage, line, found.absence(of: name))
      continue
    }
    listing.add(caption, to: listing.picture(location, part: splitOf[ExactText(location.name)]), at: line)
  }
  for location in found.all { _ = listing.picture(location, part: splitOf[ExactText(location.name)]) }
}

/// The official split of each picture. Names of pictures that are not there do no harm: their captions are named.
private func flickrSplits(_ folder: String, _ listing: inout DataListing) throws -> [ExactText: String] {
  var splitOf: [ExactText: String] = [:]
  for split in splits {
    let file = "\(folder)/Flickr_8k.\(split)Images.txt"
    guard Paths.isFile(file) else { continue }
    var text = try DelimitedText(file, .lines)
    while let row = text.next() {
      let name = try listing.text(row.fields[0], file: file, line: row.line, offset: row.offset)
        .trimmingCharacters(in: .whitespaces)
      if let other = splitOf.updateValue(split, forKey: ExactText(name)), other != split {
        throw DataError.malformed(
          file: file, line: row.line, reason: "\(name) is in the splits \(other) and \(split)")
      }
    }
  }
  return splitOf
}
