import Files

extension DataFormat {
  /// WebDataset's archives: one `.tar`, a folder of them, or a pattern such as `shard-{000..012}.tar`. Files of one
  /// archive whose names agree up to the first dot after the folder belong together: a picture (`.jpg`, `.jpeg`, `.png`) and
  /// its caption (`.txt`, or `.json` with a key "caption" or "text"). Nothing is unpacked: pictures are read from
  /// their place in the archive when they are decoded.
  public static let webDataset = DataFormat(
    name: "webdataset", summary: "a .tar archive, a folder of them, or a pattern like shard-{000..012}.tar",
    hasCaptions: true, heeds: [.captionColumn],
    recognises: { path in
      Paths.isFolder(path)
        ? (try? Paths.names(in: path))?.contains { Paths.suffix($0) == "tar" } ?? false
        : Paths.suffix(path) == "tar" && (path.contains("{") || Paths.isFile(path))
    },
    read: readShards)
}

private let pictureSuffixes = ["jpg", "jpeg", "png"]
/// More than this is no caption.
private let longestText = 16 << 20

private func readShards(_ path: String, into listing: inout DataListing) throws {
  let shards = try ShardPattern.shards(path)
  let names = shards.map(Paths.name)
  let distinct = Set(names).count == names.count
  for (shard, name) in zip(shards, names) {
    try readShard(shard, name: distinct ? name : shard, into: &listing)
  }
}

/// The members that share a key.
private struct Sample {
  var picture: TarShard.Member?
  var texts: [String: TarShard.Member] = [:]
}

private func readShard(_ path: String, name: String, into listing: inout DataListing) throws {
  let archive = try TarShard(path)
  var (samples, order): ([String: Sample], [String]) = ([:], [])
  for member in archive.members {
    guard let (key, suffix) = keyAndSuffix(member.name) else { continue }
    guard pictureSuffixes.contains(suffix) || suffix == "txt" || suffix == "json" else { continue }
    func leaveOut(_ reason: String) throws {
      try listing.leaveOut(
        "\(name):\(member.name)", .badMember(shard: path, member: member.name, reason: reason))
    }
    if Paths.escapes(member.name) {
      try leaveOut("leads out of the archive")
      continue
    }
    if samples[key] == nil { order.append(key) }
    var sample = samples[key] ?? Sample()
    if !pictureSuffixes.contains(suffix) {
      if sample.texts[suffix] == nil {
        sample.texts[suffix] = member
      } else {
        try leaveOut("is a second .\(suffix) under the key “\(key)”")
      }
    } else if let first = sample.picture {
      try leaveOut("is a second picture under the key of “\(first.name)”")
    } else {
      sample.picture = member
    }
    samples[key] = sample
  }
  if let problem = archive.problem { try listing.leaveOut(name, problem) }

  let file = try ByteFile(path)
  for key in order {
    guard let sample = samples[key] else { continue }
    var picture: Int?
    if let member = sample.picture {
      picture = listing.picture(.range(member.bytes, path: path, name: "\(name):\(member.name)"))
    }
    // Where both are there, the object repeats the text.
    guard let (suffix, member) = sample.texts.max(by: { $0.key < $1.key }) else { continue }
    let place = "\(name):\(member.name)"
    guard let picture else {
      try listing.leaveOut(.captionWithoutImage, place, "the archive has no picture under the key “\(key)”")
      continue
    }
    for caption in try captions(of: member, isObject: suffix == "json", in: file, at: place, &listing) {
      listing.add(caption, to: picture, at: place)
    }
  }
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
  let text = try listing.text(
    try file.read(member.bytes)[...], file: file.path, line: nil, offset: member.bytes.lowerBound)
  guard isObject else { return [text] }
  do {
    let keys = listing.options.captionColumn.map { [$0] } ?? DataColumns.caption
    guard let captions = try CaptionRecord(json: text).first(of: keys)?.texts else {
      return try leaveOut("has no text under “\(keys.joined(separator: "” or “"))”")
    }
    return captions
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
