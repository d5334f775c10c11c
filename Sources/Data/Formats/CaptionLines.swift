import Files

extension DataFormat {
  /// A file with a JSON object in each line, with a picture's path relative to the file's folder and a caption, or a
  /// list of captions. It is read as Python writes it: `NaN` may stand in other fields, and of equal keys the last counts.
  public static let jsonLines = DataFormat(
    name: "jsonl", summary: "a .jsonl file with keys for a picture's path and a caption",
    hasCaptions: true, heeds: [.imageColumn, .captionColumn, .partColumn, .labelColumn],
    recognises: { ["jsonl", "ndjson"].contains(Paths.suffix($0)) && Paths.isFile($0) },
    read: readLines)
}

private func readLines(_ file: String, into listing: inout DataListing) throws {
  guard Paths.isFile(file) else { throw DataError.notFound(path: file) }
  var (text, pictures) = (
    try DelimitedText(file, .lines), RelativePictures(to: file, options: listing.options)
  )
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
    func texts(_ column: String?, _ usual: [String]) throws(DataError) -> [String]? {
      try record.texts(of: column.map { [$0] } ?? usual, options) {
        .halfSurrogate(file: file, line: row.line, offset: row.offset + $0)
      }
    }
    guard let name = try texts(options.imageColumn, DataColumns.image)?.first else {
      try leaveOut(CaptionRecord.lacking(options.imageColumn, DataColumns.image))
      continue
    }
    guard let captions = try texts(options.captionColumn, DataColumns.caption) else {
      try leaveOut(CaptionRecord.lacking(options.captionColumn, DataColumns.caption))
      continue
    }
    guard let location = pictures.location(of: name) else {
      try listing.leaveOut(.captionWithoutImage, place, pictures.absence(of: name))
      continue
    }
    let part = try texts(options.partColumn, DataColumns.part)?.first
    let picture = listing.picture(location, part: part?.isEmpty == true ? nil : part)
    if let label = try record.label(of: options.labelColumn.map { [$0] } ?? DataColumns.label, texts) {
      listing.label(picture, label, at: place)
    }
    for caption in captions { listing.add(caption, to: picture, at: place) }
  }
}

/// A JSON object whose texts and lists of texts are of interest, read as Python reads it. What nobody asks for may hold
/// anything.
struct CaptionRecord {
  struct Failure: Error {
    let reason: String
  }

  private let members: [JSONValue.Member]
  /// Where half of a surrogate pair was read as U+FFFD.
  private let brokenOffset: Int?

  /// - Throws: ``Failure``.
  init(json: String) throws(Failure) {
    do {
      let (document, broken) = try JSONParser.parseAsPython(json.utf8)
      guard case .object(let members) = document else { throw Failure(reason: "is not a JSON object") }
      (self.members, brokenOffset) = (members, broken)
    } catch let failure as JSONParser.Failure {
      throw Failure(reason: "is not JSON: \(failure.reason)")
    } catch {
      throw Failure(reason: "is not a JSON object")
    }
  }

  /// The texts under the first of some keys that holds a visible one, else under the first that holds any; nil where none
  /// does. Keys are found whatever their case, `null` is an empty text.
  /// - Parameter broken: the error for half of a surrogate pair at a byte of the object.
  func texts(
    of keys: [String], _ options: DataOptions, broken: (Int) -> DataError
  ) throws(DataError) -> [String]? {
    let found = keys.compactMap { key in value(key).flatMap(CaptionRecord.texts) }
    let visible = found.first { $0.contains { !trimmedCaption($0).isEmpty } }
    guard let texts = visible ?? found.first else { return nil }
    if options.brokenText == .refuse, let brokenOffset, texts.contains(where: { $0.contains("\u{FFFD}") }) {
      throw broken(brokenOffset)
    }
    return texts
  }

  /// The name of a class under the first of some keys that holds one, which may be a number.
  func label(
    of keys: [String], _ texts: (String?, [String]) throws(DataError) -> [String]?
  ) throws(DataError) -> String? {
    for key in keys {
      if case .number(let number) = value(key) { return number }
      if let text = try texts(key, [])?.first, !trimmedCaption(text).isEmpty { return text }
    }
    return nil
  }

  /// What is said of an object without text under a column that was asked for, or under any of the usual ones.
  static func lacking(_ column: String?, _ usual: [String]) -> String {
    "has no text under “\((column.map { [$0] } ?? usual).joined(separator: "” or “"))”"
  }

  private func value(_ key: String) -> JSONValue? {
    let member =
      members.first { $0.key.isExactly(key) }
      ?? members.first { $0.key.lowercased().isExactly(key.lowercased()) }
    return member?.value
  }

  private static func texts(_ value: JSONValue) -> [String]? {
    switch value {
    case .string(let text): return [text]
    case .null: return [""]
    case .array(let values):
      let texts = values.compactMap { value -> String? in
        guard case .string(let text) = value else { return nil }
        return text
      }
      return texts.count == values.count ? texts : nil
    case .bool, .number, .object: return nil
    }
  }
}
