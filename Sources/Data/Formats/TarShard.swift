import Files

/// The regular files in a tar archive: POSIX ustar and pax (IEEE 1003.1), GNU's long names and base-256 sizes.
///
/// Only headers are read; contents are passed over. Folders, links and special files are passed over too.
struct TarShard {
  struct Member: Equatable {
    let name: String
    /// Where its content is in the archive.
    let bytes: Range<Int>
  }

  /// The members in the archive's order, up to the first problem.
  private(set) var members: [Member] = []
  /// Why the archive could not be read to its end: it is cut short or damaged, or no archive.
  private(set) var problem: DataError?
  /// What is odd about an archive that was read whole.
  private(set) var remark: String?

  private static let block = 512
  private static let longestName = 1 << 16

  /// Reads the headers of an archive.
  /// - Throws: ``FileError`` where the file cannot be read at all.
  init(_ path: String) throws {
    let file = try ByteFile(path)
    do {
      try scan(file)
    } catch let error as DataError {
      problem = error
    }
  }

  private mutating func scan(_ file: ByteFile) throws {
    var position = 0
    var (longName, longSize): (String?, Int?) = (nil, nil)
    while true {
      if position == file.size && !members.isEmpty {
        remark = "it has no end mark; all members are whole"
        return
      }
      guard position + TarShard.block <= file.size else {
        throw DataError.cutShort(
          shard: file.path, offset: file.size, expected: "a header or the end mark at byte \(position)",
          found: "the end of the file")
      }
      let header = try file.read(position..<position + TarShard.block)
      if position == 0 && header.starts(with: [0x1F, 0x8B]) { throw DataError.packedShard(shard: file.path) }
      // The end mark is two blocks of zeros; a second one cut off takes nothing away.
      if header.allSatisfy({ $0 == 0 }) { return try requireNothing(after: position, in: file) }
      let start = position + TarShard.block
      let stored = try TarShard.checked(header, shard: file.path, offset: position)
      let kind = header[156]
      // Links, devices, folders and pipes have no content, whatever their size field says.
      let isBare = (UInt8(ascii: "1")...UInt8(ascii: "6")).contains(kind)
      let isRecord = [UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K")].contains(
        kind)
      let size = isBare ? 0 : isRecord ? stored : longSize ?? stored
      let (end, overflow) = start.addingReportingOverflow(size)
      guard !overflow, end <= file.size else {
        throw DataError.cutShort(
          shard: file.path, offset: file.size,
          expected: "\(size) bytes from byte \(start) on for "
            + "“\(excerpt(longName ?? TarShard.name(header)))”", found: "the end of the file")
      }
      switch kind {
      case UInt8(ascii: "L"):
        guard size <= TarShard.longestName else {
          throw DataError.damagedShard(shard: file.path, offset: position, reason: "a name of \(size) bytes")
        }
        longName = String(decoding: try file.read(start..<end).prefix { $0 != 0 }, as: UTF8.self)
      case UInt8(ascii: "x"):
        let fields = try TarShard.paxFields(file, start..<end, header: position)
        longName = fields.path ?? longName
        longSize = fields.size.flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
      case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
        members.append(Member(name: longName ?? TarShard.name(header), bytes: start..<end))
        (longName, longSize) = (nil, nil)
      case UInt8(ascii: "K"), UInt8(ascii: "g"):
        break
      default:
        (longName, longSize) = (nil, nil)
      }
      position = start + (size + TarShard.block - 1) / TarShard.block * TarShard.block
    }
  }

  /// Programs fill an archive up with zeros; anything else after its end would be passed over in silence.
  private func requireNothing(after end: Int, in file: ByteFile) throws {
    let step = 1 << 20
    for start in stride(from: end, to: file.size, by: step) {
      let bytes = try file.read(start..<min(file.size, start + step))
      if let place = bytes.firstIndex(where: { $0 != 0 }) {
        throw DataError.furtherArchive(shard: file.path, offset: start + place)
      }
    }
  }

  /// The size that a header states, once its check sum holds.
  private static func checked(_ header: [UInt8], shard: String, offset: Int) throws(DataError) -> Int {
    // The check sum counts its own field as spaces. Some old programs summed signed bytes.
    let counted = header.enumerated().map { (148..<156).contains($0.offset) ? 32 : $0.element }
    let sums = [
      counted.reduce(0) { $0 + Int($1) }, counted.reduce(0) { $0 + Int(Int8(bitPattern: $1)) },
    ]
    guard let stated = number(header[148..<156]), sums.contains(stated) else {
      throw .damagedShard(shard: shard, offset: offset, reason: "the check sum does not hold")
    }
    guard let size = number(header[124..<136]) else {
      throw .damagedShard(shard: shard, offset: offset, reason: "the size is no number")
    }
    return size
  }

  /// A number in octal digits, or in base 256 where the first bit is set; nil if it is neither or does not fit.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    if let first = field.first, first & 0x80 != 0 {
      guard first == 0x80, field.dropFirst().dropLast(7).allSatisfy({ $0 == 0 }) else { return nil }
      return field.suffix(7).reduce(0) { $0 << 8 | Int($1) }
    }
    let digits = field.drop { $0 == 32 }.prefix { $0 != 32 && $0 != 0 }
    guard digits.allSatisfy({ (48..<56).contains($0) }), digits.count <= 20 else { return nil }
    return digits.reduce(0) { $0 << 3 | Int($1 - 48) }
  }

  private static func name(_ header: [UInt8]) -> String {
    func text(_ range: Range<Int>) -> String {
      String(decoding: header[range].prefix { $0 != 0 }, as: UTF8.self)
    }
    // GNU's own headers ("ustar  ") keep times where POSIX has the front part of the name.
    let isPOSIX = header[257..<263].elementsEqual("ustar\0".utf8)
    let front = isPOSIX ? text(345..<500) : ""
    return front.isEmpty ? text(0..<100) : front + "/" + text(0..<100)
  }

  /// Path and size in a pax record: lines `<length> <key>=<value>`, the length counting the whole line. Others are passed
  /// over unread, whatever their size.
  private static func paxFields(
    _ file: ByteFile, _ record: Range<Int>, header: Int
  ) throws -> (path: String?, size: String?) {
    let longestFront = 32
    var (fields, position): ((path: String?, size: String?), Int) = ((nil, nil), record.lowerBound)
    while position < record.upperBound {
      let front = try file.read(position..<min(record.upperBound, position + longestFront))
      guard let space = front.firstIndex(of: 32),
        let length = Int(String(decoding: front[..<space], as: UTF8.self)),
        length > space + 1, length <= record.upperBound - position
      else { return fields }
      for key in ["path", "size"] where front[(space + 1)...].starts(with: "\(key)=".utf8) {
        let (start, end) = (position + space + 1 + key.utf8.count + 1, position + length - 1)
        // A length that ends before the value is none.
        guard start <= end else { return fields }
        let value = start..<end
        guard value.count <= TarShard.longestName else {
          throw DataError.damagedShard(
            shard: file.path, offset: header, reason: "a \(key) of \(value.count) bytes")
        }
        let text = String(decoding: try file.read(value), as: UTF8.self)
        // An empty value takes back what was said before (POSIX, pax).
        let told = text.isEmpty ? nil : text
        if key == "path" { fields.path = told } else { fields.size = told }
      }
      position += length
    }
    return fields
  }
}
