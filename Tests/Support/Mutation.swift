import Foundation
import Networks

/// Damages files at random, reproducibly: what a fuzzer feeds to readers.
public struct Mutation {
  private var random: RandomStream
  private let corpus: [[UInt8]]

  /// Mutations of the files in `corpus`; the name tells apart streams under one seed.
  public init(corpus: [[UInt8]], name: String, seed: UInt64 = 1) {
    self.corpus = corpus
    random = RandomStream(seed: seed, name: name)
  }

  /// The next damaged file.
  public mutating func next() -> [UInt8] {
    var bytes = corpus[random.integer(below: corpus.count)]
    for _ in 0...random.integer(below: 6) where !bytes.isEmpty { damage(&bytes) }
    return bytes
  }

  private mutating func damage(_ bytes: inout [UInt8]) {
    let at = random.integer(below: bytes.count)
    let length = 1 + random.integer(below: min(64, bytes.count - at))
    switch random.integer(below: 9) {
    case 0: bytes[at] ^= 1 << UInt8(random.integer(below: 8))
    case 1: bytes[at] = UInt8(truncatingIfNeeded: random.next32())
    case 2: bytes[at] = [0, 1, 0x7F, 0x80, 0xFF][random.integer(below: 5)]
    case 3: bytes.removeSubrange(at..<at + length)
    case 4: bytes.insert(contentsOf: bytes[at..<at + length], at: random.integer(below: bytes.count))
    case 5: bytes.removeLast(bytes.count - at)
    case 6: for place in at..<at + length { bytes[place] = 0xFF }
    case 7:
      let other = corpus[random.integer(below: corpus.count)]
      let from = random.integer(below: max(1, other.count))
      bytes.replaceSubrange(at..<at + length, with: other[from..<min(other.count, from + length)])
    default:
      // The start of a file holds its dimensions and kinds.
      bytes[random.integer(below: min(64, bytes.count))] = UInt8(truncatingIfNeeded: random.next32())
    }
  }

  /// Whether to take a step that is meant for one in `parts`.
  public mutating func oneIn(_ parts: Int) -> Bool { random.integer(below: parts) == 0 }

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

/// How long a fuzz test goes on: some hundred steps; ENCODERMI_FUZZ_SECONDS seconds, or ENCODERMI_FUZZ_STEPS steps, where
/// one of these is set.
public struct FuzzBudget {
  private let end: Date?
  private var left: Int
  /// How many steps were begun.
  public private(set) var steps = 0
  /// Where a long run leaves each input before it is read, so that a crash can be looked into.
  private let trace: String?

  /// A budget of that many steps; the name tells traces apart.
  public init(steps: Int, name: String) {
    let environment = ProcessInfo.processInfo.environment
    let seconds = environment["ENCODERMI_FUZZ_SECONDS"].flatMap(Double.init)
    end = seconds.map { Date(timeIntervalSinceNow: $0) }
    left = environment["ENCODERMI_FUZZ_STEPS"].flatMap { Int($0) } ?? steps
    trace =
      seconds == nil ? nil : FileManager.default.temporaryDirectory.path + "/encodermi-fuzz-\(name)"
  }

  /// Whether another step may be taken.
  public mutating func goesOn() -> Bool {
    steps += 1
    left -= 1
    return end.map { Date() < $0 } ?? (left >= 0)
  }

  /// Leaves an input behind where a long run is asked for.
  public func leave(_ input: [UInt8]) throws {
    if let trace { try Data(input).write(to: URL(fileURLWithPath: trace)) }
  }
}
