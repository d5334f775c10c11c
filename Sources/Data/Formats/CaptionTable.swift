import Files

/// A table of pictures and captions: which columns hold what, and its rows one by one.
struct CaptionTable {
  struct Entry {
    let picture: String
    let captions: [String]
    let part: String?
    /// The name of its class.
    let label: String?
    /// File and line.
    let place: String
  }

  /// Where a table without a line of names holds what.
  struct Layout {
    var image: Int
    var caption: Int
    /// Words joined by ` | `, which make a further caption.
    var keywords: Int?
    var part: Int?
    var label: Int?
  }

  private var text: DelimitedText
  private let layout: Layout
  private let width: Int
  private var pending: DelimitedText.Row?
  private var file: String { text.file }

  /// - Parameters:
  ///   - headless: the layout where the first line names no columns; nil if it must.
  ///   - keywords: whether a column "keywords" makes a further caption.
  /// - Throws: ``DataError``, ``FileError``.
  init(
    _ file: String, _ dialect: DelimitedText.Dialect, headless: Layout? = nil, keywords: Bool = false,
    options: DataOptions
  ) throws {
    text = try DelimitedText(file, dialect)
    guard let first = text.next() else {
      throw DataError.malformed(
        file: file, line: 1, reason: "the file is empty, expected a line of column names")
    }
    if let problem = first.problem {
      throw DataError.malformed(file: file, line: first.line, reason: problem)
    }
    width = first.fields.count
    let names = try first.fields.map {
      try decodedText($0, file: file, line: first.line, offset: $0.startIndex, broken: options.brokenText)
    }
    let isHeader = [DataColumns.image, DataColumns.caption].allSatisfy { usual in
      names.contains { usual.contains($0.lowercased()) }
    }
    let isNamed = [
      options.imageColumn, options.captionColumn, options.partColumn, options.labelColumn,
    ].contains { $0 != nil }
    if let headless, !isHeader, !isNamed {
      guard width > max(headless.image, headless.caption) else {
        throw DataError.malformed(
          file: file, line: first.line, reason: "\(width) fields, expected a file name, a tab and a caption")
      }
      layout = headless
      pending = first
      return
    }
    func column(_ wanted: String?, _ usual: [String]) -> Int? {
      for name in wanted.map({ [$0] }) ?? usual {
        if let found = names.firstIndex(where: { $0.lowercased() == name.lowercased() }) { return found }
      }
      return nil
    }
    guard let image = column(options.imageColumn, DataColumns.image) else {
      throw DataError.missingColumn(
        file: file, wanted: options.imageColumn.map { [$0] } ?? DataColumns.image, found: names)
    }
    guard let caption = column(options.captionColumn, DataColumns.caption) else {
      throw DataError.missingColumn(
        file: file, wanted: options.captionColumn.map { [$0] } ?? DataColumns.caption, found: names)
    }
    let part = column(options.partColumn, DataColumns.part)
    let label = column(options.labelColumn, DataColumns.label)
    for (wanted, found) in [(options.partColumn, part), (options.labelColumn, label)] {
      if let wanted, found == nil {
        throw DataError.missingColumn(file: file, wanted: [wanted], found: names)
      }
    }
    layout = Layout(
      image: image, caption: caption,
      keywords: keywords && options.captionColumn == nil ? column("keywords", []) : nil, part: part,
      // What holds captions or parts tells classes only where it is asked to.
      label: options.labelColumn == nil && [caption, part].contains(label) ? nil : label)
  }

  /// The next entry; broken rows are left out on the way.
  /// - Throws: ``DataError``.
  mutating func next(_ listing: inout DataListing) throws(DataError) -> Entry? {
    while let row = takeRow() {
      let place = "\(file):\(row.line)"
      var problem = row.problem
      if problem == nil && row.fields.count != width {
        problem = "\(row.fields.count) fields, expected \(width)"
      }
      if let problem {
        try listing.leaveOut(place, .malformed(file: file, line: row.line, reason: problem))
        continue
      }
      func field(_ column: Int) throws(DataError) -> String {
        do {
          return try listing.text(row.fields[column], file: file, line: row.line, offset: row.offset)
        } catch {
          // What stood in quotation marks has moved, so the byte is looked for in the file itself.
          guard case .brokenText = error, let offset = text.brokenOffset(from: row.offset) else {
            throw error
          }
          throw .brokenText(file: file, line: row.line, offset: offset)
        }
      }
      var captions = [try field(layout.caption)]
      if let keywords = layout.keywords, keywords < width {
        let words = try field(keywords).split(separator: " | ").joined(separator: ", ")
        if !words.isEmpty && words != captions[0] { captions.append(words) }
      }
      func visible(_ column: Int?) throws(DataError) -> String? {
        guard let column else { return nil }
        let text = try field(column)
        return text.isEmpty ? nil : text
      }
      return Entry(
        picture: try field(layout.image), captions: captions, part: try visible(layout.part),
        label: try visible(layout.label), place: place)
    }
    return nil
  }

  private mutating func takeRow() -> DelimitedText.Row? {
    defer { pending = nil }
    return pending ?? text.next()
  }
}
