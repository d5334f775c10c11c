import Networks

/// Damage to files of the kinds that readers trip over, drawn from a stream.
public struct Damage {
  private var random: RandomStream

  /// Damage that a stream determines.
  public init(_ random: RandomStream) { self.random = random }

  /// Whether to take a step that is meant for one in `parts`.
  public mutating func oneIn(_ parts: Int) -> Bool { random.integer(below: parts) == 0 }

  /// A number below a bound.
  public mutating func choice(_ bound: Int) -> Int { random.integer(below: bound) }

  /// One of the samples with a change, or with up to eight: what is checked first stops most of many.
  public mutating func applied(to samples: [[UInt8]]) -> [UInt8] {
    var bytes = samples[random.integer(below: samples.count)]
    for _ in 0...(oneIn(2) ? 0 : random.integer(below: 8)) { change(&bytes, samples) }
    return bytes
  }

  private static let marks = "0123456789-+.eE{}[]\"',:;/\\\n\r\t\0 nulltrue".utf8.map { $0 }
  private static let numbers = [
    "0", "-1", "1", "255", "2147483648", "4294967296", "9223372036854775807", "-9223372036854775808",
    "9223372036854775808", "18446744073709551616", "1e400", "-1e400", "1e-400", "0.5", "NaN", "Infinity",
    "1e18", "null",
    "\"\"", "true", "[]", "{}",
  ].map { Array($0.utf8) }

  private mutating func change(_ bytes: inout [UInt8], _ samples: [[UInt8]]) {
    guard !bytes.isEmpty else { return bytes.append(Damage.marks[random.integer(below: Damage.marks.count)]) }
    let at = random.integer(below: bytes.count)
    let range = at..<at + 1 + random.integer(below: min(64, bytes.count - at))
    switch random.integer(below: 14) {
    case 0: bytes[at] ^= 1 << UInt8(random.integer(below: 8))
    case 1: bytes[at] = UInt8(truncatingIfNeeded: random.next32())
    case 2: bytes[at] = [0, 1, 0x7F, 0x80, 0xFF][random.integer(below: 5)]
    case 3: bytes.removeSubrange(range)
    case 4: bytes.insert(contentsOf: bytes[range], at: random.integer(below: bytes.count))
    case 5: bytes.removeSubrange(at...)
    case 6: for place in range { bytes[place] = 0xFF }
    case 7:
      let other = samples[random.integer(below: samples.count)]
      let from = random.integer(below: max(1, other.count))
      bytes.replaceSubrange(range, with: other[from..<min(other.count, from + range.count)])
    case 8:
      // The start of a file holds its dimensions and kinds.
      bytes[random.integer(below: min(64, bytes.count))] = UInt8(truncatingIfNeeded: random.next32())
    case 9:
      let marks = (0...random.integer(below: 3)).map { _ in
        Damage.marks[random.integer(below: Damage.marks.count)]
      }
      bytes.insert(contentsOf: marks, at: at)
    case 10, 11: replaceNumber(in: &bytes, from: at)
    case 12: replaceInteger(in: &bytes, at: at)
    default:
      // Depth and length: the same again, many times.
      let times = 1 << random.integer(below: 8)
      bytes.insert(contentsOf: (0..<times).flatMap { _ in bytes[range] }, at: at)
    }
  }

  /// Puts an extreme in the place of a number in text: the next one from `start` on.
  private mutating func replaceNumber(in bytes: inout [UInt8], from start: Int) {
    let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) || byte == 0x2E || byte == 0x2D }
    guard let first = bytes[start...].firstIndex(where: isDigit) else { return }
    let end = bytes[first...].firstIndex { !isDigit($0) } ?? bytes.count
    bytes.replaceSubrange(first..<end, with: Damage.numbers[random.integer(below: Damage.numbers.count)])
  }

  /// Puts an extreme in the place of a binary integer of 2, 4 or 8 bytes in either order.
  private mutating func replaceInteger(in bytes: inout [UInt8], at place: Int) {
    let width = [2, 4, 8][random.integer(below: 3)]
    guard place + width <= bytes.count else { return }
    let top: UInt64 = 1 << UInt64(8 * width - 1)
    let value = [0, 1, top, top &- 1, .max, .max &- 1, top >> 1, 1 << 16, 1 << 31][random.integer(below: 9)]
    let isLittle = oneIn(2)
    for index in 0..<width {
      bytes[place + (isLittle ? index : width - 1 - index)] = UInt8(
        truncatingIfNeeded: value >> (8 * UInt64(index)))
    }
  }

  /// A PNG file with the checksums of all its chunks made right, so that damage reaches what lies behind them.
  public static func withChecksums(_ png: [UInt8]) -> [UInt8] {
    var bytes = png
    var start = 8
    while start + 12 <= bytes.count {
      let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      guard start + 12 + length <= bytes.count else { break }
      let crc = crc32(bytes[start + 4..<start + 8 + length])
      for place in 0..<4 {
        bytes[start + 8 + length + place] = UInt8(truncatingIfNeeded: crc >> (24 - 8 * UInt32(place)))
      }
      start += 12 + length
    }
    return bytes
  }

  /// The checksum of PNG's chunks.
  public static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }
}
