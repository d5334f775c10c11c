import Files
import Text

/// What a reader finds: pictures with what is told of each, and what it leaves out on the way; nothing is decoded yet.
struct DataListing {
  struct Picture {
    let source: PictureSource
    /// The class, or -1 where it is unknown.
    var label: Int32 = -1
    /// Which of the listing's parts, or -1 for none.
    var part: Int32 = -1
    var captions: [Caption] = []
  }

  struct Caption {
    let text: String
    /// File and line, or archive and member.
    let place: String
  }

  let options: DataOptions
  /// In the format's own order, which is the same on every machine.
  var pictures: [Picture] = []
  /// The names of parts in the order in which they were found.
  private(set) var parts: [String] = []
  /// What the labels mean; nil without labels.
  var classNames: [String]?
  private(set) var omissions = Omissions()
  private var indices: [ExactText: Int] = [:]
  /// Classes by the names that a table gives them, numbered as they were found.
  private var classNumbers: [ExactText: Int32] = [:]

  init(options: DataOptions) { self.options = options }

  /// The number of a part, which is new if none of that name was found.
  mutating func part(_ name: String) -> Int32 {
    if let known = parts.firstIndex(where: { $0.isExactly(name) }) { return Int32(known) }
    parts.append(name)
    return Int32(parts.count - 1)
  }

  /// Adds a picture with its class.
  mutating func append(_ source: PictureSource, label: Int32 = -1, part: Int32 = -1) {
    pictures.append(Picture(source: source, label: label, part: part))
  }

  /// Adds a picture that captions may follow for, or finds that of the same name.
  mutating func picture(_ source: PictureSource, part name: String? = nil) -> Int {
    let part = name.map { self.part($0) } ?? -1
    let key = ExactText(source.name)
    if let known = indices[key] {
      if pictures[known].part < 0 { pictures[known].part = part }
      return known
    }
    indices[key] = pictures.count
    append(source, part: part)
    return pictures.count - 1
  }

  /// Gives a picture a class by its name; of several the first counts, and that there are others is said.
  mutating func label(_ picture: Int, _ name: String, at place: String) {
    let name = ExactText(trimmedCaption(name))
    guard !name.description.isEmpty else { return }
    let number = classNumbers[name] ?? Int32(classNumbers.count)
    classNumbers[name] = number
    if pictures[picture].label < 0 {
      pictures[picture].label = number
    } else if pictures[picture].label != number {
      remark(place, "another class of \(excerpt(pictures[picture].source.name)) stands before this one")
    }
  }

  /// Numbers the classes that were given by name in the order of their bytes; one alone tells nothing apart.
  mutating func completeClasses() {
    guard !classNumbers.isEmpty else { return }
    let sorted = classNumbers.sorted { $0.key < $1.key }
    let isLabelled = sorted.count > 1
    let places = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1.value, Int32($0)) })
    for index in pictures.indices {
      pictures[index].label = isLabelled ? places[pictures[index].label] ?? -1 : -1
    }
    if isLabelled { classNames = sorted.map(\.key.description) }
  }

  /// Gives a picture a caption; one that is too long is left out.
  /// - Throws: ``DataError/refused(_:)`` where the options refuse it.
  mutating func add(_ caption: String, to picture: Int, at place: String) throws(DataError) {
    guard caption.utf8.count <= CaptionText.longest else {
      return try leaveOut(
        .damagedRecord, place,
        "a caption of \(caption.utf8.count) bytes, of which it may have \(CaptionText.longest)")
    }
    pictures[picture].captions.append(Caption(text: caption, place: place))
  }

  /// The text of a file's bytes as the options want it.
  func text(_ bytes: ArraySlice<UInt8>, file: String, line: Int?, offset: Int) throws(DataError) -> String {
    try decodedText(bytes, file: file, line: line, offset: offset, broken: options.brokenText)
  }

  /// Notes that something is left out.
  /// - Throws: ``DataError/refused(_:)`` where the options refuse it.
  mutating func leaveOut(_ kind: Omission.Kind, _ name: String, _ reason: String) throws(DataError) {
    let omission = Omission(kind: kind, name: name, reason: reason)
    if options.refuses(kind) { throw .refused(omission) }
    omissions.append(omission)
  }

  /// Notes what is to be known of the data though nothing that is there is left out.
  mutating func note(_ text: String) { omissions.remark(text) }

  /// Notes what is odd about a file of which everything was read all the same; the options cannot refuse it.
  mutating func remark(_ name: String, _ reason: String) {
    omissions.append(Omission(kind: .damagedRecord, name: name, reason: reason))
  }

  /// Notes that a record is left out for an error, or throws that.
  mutating func leaveOut(_ name: String, _ error: DataError) throws(DataError) {
    if options.refuses(.damagedRecord) { throw error }
    omissions.append(Omission(kind: .damagedRecord, name: name, reason: error.description))
  }

  /// Gives every picture a part: those in none are ``Dataset/unsplit`` where others are in one, else all are in "all".
  mutating func completeParts() {
    guard pictures.contains(where: { $0.part < 0 }) else { return }
    let rest = part(parts.isEmpty ? "all" : Dataset.unsplit)
    for index in pictures.indices where pictures[index].part < 0 { pictures[index].part = rest }
  }

  /// Takes out the pictures that are in no wanted part.
  mutating func keepParts(_ wanted: [String], path: String) throws(DataError) {
    var kept: Set<Int32> = []
    for name in wanted {
      guard let part = parts.firstIndex(where: { $0.isExactly(name) }) else {
        throw .unknownPart(path: path, part: name, known: parts)
      }
      kept.insert(Int32(part))
    }
    pictures.removeAll { !kept.contains($0.part) }
  }

  /// Forgets the parts that have no picture.
  mutating func dropEmptyParts() {
    let used = Set(pictures.map(\.part))
    let kept = parts.indices.filter { used.contains(Int32($0)) }
    guard kept.count < parts.count else { return }
    let numbers = Dictionary(uniqueKeysWithValues: kept.enumerated().map { (Int32($1), Int32($0)) })
    for index in pictures.indices { pictures[index].part = numbers[pictures[index].part] ?? -1 }
    parts = kept.map { parts[$0] }
  }
}
