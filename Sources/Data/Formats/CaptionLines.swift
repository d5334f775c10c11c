import Files
import Foundation

extension DataFormat {
  /// A file with a JSON object in each line, with a picture's path relative to the file's folder and a caption, or a
  /// list of captions.
  public static let jsonLines = DataFormat(
    name: "jsonl", summary: "a .jsonl file with keys for a picture's path and a caption",
    hasCaptions: true, heeds: [.imageColumn, .captionColumn],
    recognises: { ["jsonl", "ndjson"].contains(Paths.suffix($0)) && Paths.isFile($0) },
    read: readLines)
}

private func readLines(_ file: String, into listing: inout DataListing) throws {
  guard Paths.isFile(file) else { throw DataError.notFound(path: file) }
  var (text, pictures) = (try DelimitedText(file, .lines), RelativePictures(to: file))
  let options = listing.options
  while let row = text.next() {
    let place = "\(file):\(row.line)"
    let line = try listing.text(row.fields[0], file: file, line: row.line, offset: row.offset)
    func leaveOut(_ reason: String) throws {
      try listing.leaveOut(place, .malformed(file: file, line: row.line, reason: reason))
    }
    let record: CaptionRecord
    do {
      record = try CaptionRecord(json: line)
    } catch {
      try leaveOut(error.reason)
      continue
    }
    let imageKeys = options.imageColumn.map { [$0] } ?? DataColumns.image
    guard let name = record.first(of: imageKeys)?.texts?.first else {
      try leaveOut("has no text under “\(imageKeys.joined(separator: "” or “"))”")
      continue
    }
    let captionKeys = options.captionColumn.map { [$0] } ?? DataColumns.caption
    guard let captions = record.first(of: captionKeys)?.texts else {
      try leaveOut("has no text under “\(captionKeys.joined(separator: "” or “"))”")
      continue
    }
    guard let location = pictures.location(of: name) else {
      try listing.leaveOut(.captionWithoutImage, place, "there is no file \(name)")
      continue
    }
    let part = record.first(of: options.partColumn.map { [$0] } ?? DataColumns.part)
    let picture = listing.picture(location, part: part?.texts?.first)
    for caption in captions { listing.add(caption, to: picture, at: place) }
  }
}

/// A JSON object whose texts and lists of texts are of interest.
struct CaptionRecord {
  enum Value: Decodable {
    case texts([String])
    case other

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self = .texts([text])
      } else if let texts = try? container.decode([String].self) {
        self = .texts(texts)
      } else {
        self = container.decodeNil() ? .texts([""]) : .other
      }
    }

    /// The texts; `null` is one that is empty.
    var texts: [String]? {
      if case .texts(let texts) = self { return texts }
      return nil
    }
  }

  struct Failure: Error {
    let reason: String
  }

  private let members: [String: Value]

  /// - Throws: ``Failure``.
  init(json: String) throws(Failure) {
    do {
      members = try JSONDecoder().decode([String: Value].self, from: Data(json.utf8))
    } catch {
      throw Failure(reason: "is not a JSON object")
    }
  }

  /// The value of the first of these keys that is there.
  func first(of keys: [String]) -> Value? {
    for key in keys { if let value = members[key] { return value } }
    return nil
  }
}
