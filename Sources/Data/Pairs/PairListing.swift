/// What a reader finds: pictures, their captions, and what it leaves out on the way.
struct PairListing {
  struct Picture {
    let location: PictureLocation
    /// The official split.
    var partition: String?
    var captions: [Caption] = []
  }

  struct Caption {
    let text: String
    /// File and line, or archive and member.
    let place: String
  }

  let options: PairOptions
  /// In the order in which they were found; names are distinct.
  var pictures: [Picture] = []
  private(set) var omissions = PairOmissions()
  private var indices: [String: Int] = [:]

  init(options: PairOptions) { self.options = options }

  /// Adds a picture, or finds that of the same name.
  mutating func picture(_ location: PictureLocation, partition: String? = nil) -> Int {
    let name = location.name
    if let known = indices[name] {
      if pictures[known].partition == nil { pictures[known].partition = partition }
      return known
    }
    indices[name] = pictures.count
    pictures.append(Picture(location: location, partition: partition))
    return pictures.count - 1
  }

  /// The picture of that name, if it was found.
  func index(of name: String) -> Int? { indices[name] }

  mutating func add(_ caption: String, to picture: Int, at place: String) {
    pictures[picture].captions.append(Caption(text: caption, place: place))
  }

  /// The text of a file's bytes as the options want it.
  func text(_ bytes: ArraySlice<UInt8>, file: String, line: Int?, offset: Int) throws(PairError) -> String {
    try decodedText(bytes, file: file, line: line, offset: offset, broken: options.brokenText)
  }

  /// Notes that something is left out.
  /// - Throws: ``PairError/refused(_:)`` where the options refuse it.
  mutating func leaveOut(_ kind: PairOmission.Kind, _ name: String, _ reason: String) throws(PairError) {
    let omission = PairOmission(kind: kind, name: name, reason: reason)
    if options.refuses(kind) { throw .refused(omission) }
    omissions.append(omission)
  }

  /// Notes that a record is left out for an error, or throws that.
  mutating func leaveOut(_ name: String, _ error: PairError) throws(PairError) {
    if options.refuses(.damagedRecord) { throw error }
    omissions.append(PairOmission(kind: .damagedRecord, name: name, reason: error.description))
  }
}
