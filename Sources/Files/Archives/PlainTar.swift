/// A tar archive of regular files in one single form, POSIX ustar without times and owners: the same members give the same
/// bytes, and each byte of an archive belongs to a member or is determined by the members.
///
/// So an archive is read strictly: whatever was changed in it, in headers and padding too, is found at its place.
public struct PlainTar: Equatable, Sendable {
  /// A file in the archive.
  public struct Member: Equatable, Sendable {
    /// Its path: ASCII, at most 100 bytes.
    public let name: String
    /// Its content.
    public let bytes: [UInt8]

    /// A file by its parts.
    public init(_ name: String, _ bytes: [UInt8]) {
      precondition(
        !name.isEmpty && name.utf8.count <= PlainTar.longestName && name.utf8.allSatisfy { $0 < 0x80 },
        "PlainTar: '\(name)' is no name of at most \(PlainTar.longestName) bytes of ASCII")
      (self.name, self.bytes) = (name, bytes)
    }
  }

  /// The files in their order.
  public var members: [Member]

  /// An archive of files.
  public init(_ members: [Member]) { self.members = members }

  private static let block = 512
  private static let longestName = 100
  /// The end of an archive: two blocks of zeros.
  private static let end = [UInt8](repeating: 0, count: 2 * block)

  /// The archive as a file.
  public var bytes: [UInt8] {
    var result: [UInt8] = []
    for member in members {
      result += PlainTar.header(Array(member.name.utf8), size: member.bytes.count) + member.bytes
      result += [UInt8](repeating: 0, count: PlainTar.padding(member.bytes.count))
    }
    return result + PlainTar.end
  }

  /// Reads an archive.
  /// - Parameters:
  ///   - file: its name, for errors.
  ///   - most: the most members that it may have.
  /// - Throws: ``PlainTarError``.
  public init(_ bytes: [UInt8], file: String, most: Int = 1 << 16) throws(PlainTarError) {
    members = []
    var names: Set<ExactText> = []
    var position = 0
    func require(_ expected: [UInt8], _ place: String) throws(PlainTarError) {
      for (index, byte) in expected.enumerated() {
        guard position + index < bytes.count else { throw .cutShort(file: file, offset: bytes.count) }
        guard bytes[position + index] == byte else {
          throw .changed(file: file, offset: position + index, place: place)
        }
      }
      position += expected.count
    }
    while true {
      guard position < bytes.count else { throw .cutShort(file: file, offset: bytes.count) }
      // No header begins with a zero byte, since no name is empty.
      if bytes[position] == 0 { break }
      guard position + PlainTar.block <= bytes.count else {
        throw .cutShort(file: file, offset: bytes.count)
      }
      let header = bytes[position..<position + PlainTar.block]
      let name = Array(header.prefix(PlainTar.longestName).prefix { $0 != 0 })
      let place = "the header of '\(excerpt(String(decoding: name, as: UTF8.self)))'"
      guard name.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
        let odd = name.firstIndex { !($0 > 0x20 && $0 < 0x7F) } ?? 0
        throw .changed(file: file, offset: position + odd, place: place)
      }
      let digits = header.dropFirst(124).prefix(11)
      guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 8), size >= 0 else {
        throw .changed(file: file, offset: position + 124, place: place)
      }
      try require(PlainTar.header(name, size: size), place)
      guard size <= bytes.count - position else { throw .cutShort(file: file, offset: bytes.count) }
      let text = String(decoding: name, as: UTF8.self)
      guard names.insert(ExactText(text)).inserted else { throw .doubled(file: file, name: text) }
      guard members.count < most else { throw .tooMany(file: file, most: most) }
      members.append(Member(text, Array(bytes[position..<position + size])))
      position += size
      try require(
        [UInt8](repeating: 0, count: PlainTar.padding(size)), "the padding after '\(excerpt(text))'")
    }
    try require(PlainTar.end, "the end of the archive")
    guard position == bytes.count else {
      throw .changed(file: file, offset: position, place: "what follows the end of the archive")
    }
  }

  /// The content of a member; nil if there is none of that name.
  public func bytes(of name: String) -> [UInt8]? { members.first { $0.name.isExactly(name) }?.bytes }

  private static func padding(_ size: Int) -> Int { (block - size % block) % block }

  /// The header of a regular file that all may read, without owner, of the year 1970.
  private static func header(_ name: [UInt8], size: Int) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: block)
    func put(_ text: some Sequence<UInt8>, at offset: Int) {
      for (index, byte) in text.enumerated() { header[offset + index] = byte }
    }
    func octal(_ value: Int, digits: Int) -> String.UTF8View {
      let text = String(value, radix: 8)
      return (String(repeating: "0", count: max(0, digits - text.count)) + text).utf8
    }
    put(name, at: 0)
    put(octal(0o644, digits: 7), at: 100)
    put(octal(0, digits: 7), at: 108)
    put(octal(0, digits: 7), at: 116)
    put(octal(size, digits: 11), at: 124)
    put(octal(0, digits: 11), at: 136)
    // The check sum counts its own field as spaces.
    put(Array(repeating: 0x20, count: 8), at: 148)
    put([UInt8(ascii: "0")], at: 156)
    put("ustar\0".utf8, at: 257)
    put("00".utf8, at: 263)
    put(octal(header.reduce(0) { $0 + Int($1) }, digits: 6), at: 148)
    header[154] = 0
    return header
  }
}

/// Why an archive is not as it was written.
public enum PlainTarError: ExplainedError, Equatable {
  /// It ends before its members do.
  case cutShort(file: String, offset: Int)
  /// Two members have one name, of which a reader would see the first or the last.
  case doubled(file: String, name: String)
  /// It has more members than are read.
  case tooMany(file: String, most: Int)
  /// A byte outside the members' contents is another one.
  case changed(file: String, offset: Int, place: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .cutShort(let file, let offset):
      "\(file): it ends at byte \(offset), before its contents do, or is none of our archives. Take it from a copy."
    case .doubled(let file, let name):
      "\(file): '\(excerpt(name))' is there twice, which none of our archives has. Take it from a copy."
    case .tooMany(let file, let most):
      "\(file): it has more than \(most) members, which none of our archives has. Take it from a copy."
    case .changed(let file, let offset, let place):
      "\(file), byte \(offset), in \(place): it is not as it was written, or is none of our archives. Take it from a "
        + "copy."
    }
  }
}
