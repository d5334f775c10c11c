import Foundation
import Networks

/// Mutated inputs for readers: seeded, so that a failure can be repeated.
public enum Fuzz {
  /// Calls `body` with mutations of the samples: 400 of them, and as many more as fit into the seconds that the
  /// environment variable `ENCODERMI_FUZZ_SECONDS` gives.
  public static func mutations(
    of samples: [Data], seed: UInt64 = 1, _ body: (_ mutated: Data, _ round: Int) throws -> Void
  ) rethrows {
    let seconds = ProcessInfo.processInfo.environment["ENCODERMI_FUZZ_SECONDS"].flatMap(Double.init) ?? 0
    let end = Date(timeIntervalSinceNow: seconds)
    let stream = RandomStream(seed: seed, name: "fuzz")
    var round = 0
    while round < 400 || Date() < end {
      var random = stream.substream(round)
      try body(mutated(samples[random.integer(below: samples.count)], &random), round)
      round += 1
    }
  }

  /// One to eight changes of a kind that parsers trip over.
  private static func mutated(_ sample: Data, _ random: inout RandomStream) -> Data {
    var bytes = [UInt8](sample)
    for _ in 0...random.integer(below: 8) {
      let place = random.integer(below: bytes.count + 1)
      switch random.integer(below: 7) {
      case 0: bytes.removeSubrange(place...)
      case 1: bytes.insert(UInt8(random.integer(below: 256)), at: place)
      case 2:
        bytes.insert(
          contentsOf: "0123456789-+.eE{}[]\",:nulltrue\\u\0".utf8.shuffled(using: &random).prefix(3),
          at: place)
      case 3:
        let end = min(bytes.count, place + 1 + random.integer(below: 16))
        bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 4:
        bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.integer(below: 16)))
      case 5 where place < bytes.count: bytes[place] = [0, 0x7F, 0x80, 0xFF][random.integer(below: 4)]
      default: if place < bytes.count { bytes[place] ^= 1 << UInt8(random.integer(below: 8)) }
      }
    }
    return Data(bytes)
  }
}
