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
  /// Why the archive could not be read to its end: it is cut short or damaged.
  private(set) var problem: DataError?

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
      guard position + TarShard.block <= file.size else {
        throw DataError.cutShort(
          shard: file.path, offset: file.size, expected: "a header or the end mark at byte \(position)",
          found: "the end of the file")
      }
      let header = try file.read(position..<position + TarShard.block)
      // The end mark is two blocks of zeros; a second one cut off takes nothing away.
      if header.allSatisfy({ $0 == 0 }) { return }
      let start = position + TarShard.block
      let stored = try TarShard.checked(header, shard: file.path, offset: position)
      let kind = header[156]
      let size = kind == UInt8(ascii: "x") ? stored : longSize ?? stored
      let (end, overflow) = start.addingReportingOverflow(size)
      guard !overflow, end <= file.size else {
        throw DataError.cutShort(
          shard: file.path, offset: file.size,
          expected: "\(size) bytes from byte \(start) on for "
            + "“\(longName ?? TarShard.name(header))”", found: "the end of the file")
      }
      switch kind {
      case UInt8(ascii: "L"), UInt8(ascii: "x"):
        guard size <= TarShard.longestName else {
          throw DataError.damagedShard(
            shard: file.path, offset: position, reason: "a name record of \(size) bytes")
        }
        let record = try file.read(start..<end)
        if kind == UInt8(ascii: "L") {
          longName = String(decoding: record.prefix { $0 != 0 }, as: UTF8.self)
        } else {
          let fields = TarShard.paxFields(record)
          longName = fields["path"] ?? longName
          longSize = fields["size"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
        }
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

  /// The size that a header states, once its check sum holds.
  private static func checked(_ header: [UInt8], shard: String, offset: Int) throws(DataError) -> Int {
    let sum = header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
    guard number(header[148..<156]) == sum else {
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

  /// The fields of a pax record: lines `<length> <key>=<value>`, the length counting the whole line.
  private static func paxFields(_ record: [UInt8]) -> [String: String] {
    var (fields, rest): ([String: String], ArraySlice<UInt8>) = ([:], record[...])
    while let space = rest.firstIndex(of: 32),
      let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
      length > space - rest.startIndex + 1, length <= rest.count
    {
      let line = rest[(space + 1)..<(rest.startIndex + length)].dropLast()
      if let equals = line.firstIndex(of: UInt8(ascii: "=")) {
        fields[String(decoding: line[..<equals], as: UTF8.self)] =
          String(decoding: line[(equals + 1)...], as: UTF8.self)
      }
      rest = rest.dropFirst(length)
    }
    return fields
  }
}
