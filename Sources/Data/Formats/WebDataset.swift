import Files

extension DataFormat {
  /// WebDataset's archives: one `.tar`, a folder of them, or a pattern such as `shard-{000..012}.tar`. Files of one
  /// archive whose names agree up to the first dot after the folder belong together: a picture (`.jpg`, `.jpeg`, `.png`) and
  /// its caption (`.txt`, or `.json` with a key "caption" or "text"). Nothing is unpacked: pictures are read from
  /// their place in the archive when they are decoded.
  public static let webDataset = DataFormat(
    name: "webdataset", summary: "a .tar archive, a folder of them, or a pattern like shard-{000..012}.tar",
    hasCaptions: true, heeds: [.captionColumn],
    archives: Archives(list: shards, read: readShard),
    recognises: { path in
      // A folder that cannot be listed is not recognised; whoever names the format gets the reason from `read`.
      if Paths.isFolder(path) {
        return (try? Paths.names(in: path))?.contains { Paths.suffix($0) == "tar" } ?? false
      }
      // A packed archive is taken up too, to be told what it is.
      let isPacked = ["tgz", "gz"].contains(Paths.suffix(path)) && Paths.isFile(path)
      return Paths.suffix(path) == "tar"
        ? path.utf8.contains(UInt8(ascii: "{")) || Paths.isFile(path) : isPacked
    },
    read: { path, listing in for shard in try shards(path) { try readShard(shard, into: &listing) } })
}

private let pictureSuffixes = ["jpg", "jpeg", "png"]
private let textSuffixes = ["txt", "json"]
/// More than this is no caption.
private let longestText = 16 << 20

/// The archives that a path stands for. Where two have the same name, each is called by its path.
private func shards(_ path: String) throws -> [DataFormat.Archives.Archive] {
  let shards = try ShardPattern.shards(path)
  let names = shards.map(Paths.name)
  let distinct = Set(names.map { ExactText($0) }).count == names.count
  return zip(shards, names).map { ($0, distinct ? $1 : $0) }
}

/// The members that share a key.
private struct Sample {
  var picture: TarShard.Member?
  /// By suffix.
  var texts: [(suffix: String, member: TarShard.Member)] = []
  /// Pictures and texts whose names go on after the first dot with another.
  var dotted: [(suffix: String, member: TarShard.Member)] = []
}

private func readShard(_ shard: DataFormat.Archives.Archive, into listing: inout DataListing) throws {
  let (path, name) = shard
  let archive = try TarShard(path)
  var (samples, order): ([ExactText: Sample], [String]) = ([:], [])
  for member in archive.members {
    guard let (key, suffix) = keyAndSuffix(member.name) else { continue }
    let last = Paths.suffix(member.name)
    guard pictureSuffixes.contains(last) || textSuffixes.contains(last) else { continue }
    let place = "\(name):\(member.name)"
    if Paths.escapes(member.name) {
      try listing.leaveOut(
        place, .badMember(shard: path, member: member.name, reason: "leads out of the archive"))
      continue
    }
    if samples[ExactText(key)] == nil { order.append(key) }
    var sample = samples[ExactText(key)] ?? Sample()
    if !suffix.isExactly(last) {
      sample.dotted.append((suffix, member))
    } else if textSuffixes.contains(suffix) {
      if sample.texts.contains(where: { $0.suffix == suffix }) {
        try listing.leaveOut(.duplicate, place, "a second .\(suffix) under the key “\(excerpt(key))”")
      } else {
        sample.texts.append((suffix, member))
      }
    } else if let first = sample.picture {
      try listing.leaveOut(
        .duplicate, place, "a second picture under the key of “\(excerpt(first.name))”")
    } else {
      sample.picture = member
    }
    samples[ExactText(key)] = sample
  }
  if let problem = archive.problem { try listing.leaveOut(name, problem) }
  if let remark = archive.remark { listing.remark(name, remark) }

  let file = try ByteFile(path)
  for key in order {
    guard let sample = samples[ExactText(key)] else { continue }
    try readSample(sample, key: key, of: file, called: name, into: &listing)
  }
}

private func readSample(
  _ sample: Sample, key: String, of file: ByteFile, called name: String, into listing: inout DataListing
) throws {
  // Where a sample lacks its picture or its text, a name with a second dot is the likely cause.
  for (suffix, member) in sample.dotted {
    let isPicture = pictureSuffixes.contains(Paths.suffix(member.name))
    guard isPicture ? sample.picture == nil : sample.texts.isEmpty else { continue }
    try listing.leaveOut(
      isPicture ? .imageWithoutCaption : .captionWithoutImage, "\(name):\(member.name)",
      "its key ends at the first dot, so it is “.\(excerpt(suffix))” of “\(excerpt(key))”; rename it without "
        + "dots in the key")
  }
  let picture = sample.picture.map {
    listing.picture(.range($0.bytes, path: file.path, name: "\(name):\($0.name)"))
  }
  // Where both are there, the object repeats the text, unless that is empty.
  var found: [(text: String, place: String)] = []
  for (suffix, member) in sample.texts.sorted(by: { $0.suffix > $1.suffix }) {
    let place = "\(name):\(member.name)"
    guard picture != nil else {
      try listing.leaveOut(
        .captionWithoutImage, place, "the archive has no picture under the key “\(excerpt(key))”")
      return
    }
    let texts = try captions(of: member, isObject: suffix == "json", in: file, at: place, &listing)
    if found.isEmpty { found = texts.map { ($0, place) } }
    if texts.contains(where: { !trimmedCaption($0).isEmpty }) {
      found = texts.map { ($0, place) }
      break
    }
  }
  guard let picture else { return }
  for (text, place) in found { try listing.add(text, to: picture, at: place) }
}

/// The captions in a member; none where it is broken and left out.
private func captions(
  of member: TarShard.Member, isObject: Bool, in file: ByteFile, at place: String,
  _ listing: inout DataListing
) throws -> [String] {
  func leaveOut(_ reason: String) throws -> [String] {
    try listing.leaveOut(place, .badMember(shard: file.path, member: member.name, reason: reason))
    return []
  }
  guard member.bytes.count <= longestText else {
    return try leaveOut("has \(member.bytes.count) bytes, more than any caption")
  }
  var bytes = try file.read(member.bytes)[...]
  // A byte order mark is no part of the text.
  if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
  let start = member.bytes.lowerBound + bytes.startIndex
  let text = try listing.text(bytes, file: file.path, line: nil, offset: start)
  guard isObject else { return [text] }
  do {
    let column = listing.options.captionColumn
    let captions = try CaptionRecord(json: text)
      .texts(of: column.map { [$0] } ?? DataColumns.caption, listing.options) {
        .halfSurrogate(file: file.path, line: nil, offset: start + $0)
      }
    return try captions ?? leaveOut(CaptionRecord.lacking(column, DataColumns.caption))
  } catch let failure as CaptionRecord.Failure {
    return try leaveOut(failure.reason)
  }
}

/// A member's key, its name up to the first dot of its last part, and the rest in lower case; nil for hidden files
/// and names without a dot.
private func keyAndSuffix(_ name: String) -> (key: String, suffix: String)? {
  let base = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
  guard let dot = name[base...].firstIndex(of: "."), dot > base else { return nil }
  return (String(name[..<dot]), name[name.index(after: dot)...].lowercased())
}
