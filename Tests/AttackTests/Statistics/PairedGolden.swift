import Data
import Foundation

@testable import Attack

/// What numpy and scipy computed of two scores, and of two decisions, on the same inputs, from `scripts/golden/paired_tests.py`.
struct PairedGolden: Decodable {
  struct Areas: Decodable {
    let first: MembershipGroups<[Double]>
    let second: MembershipGroups<[Double]>
    let difference: Double
    let variance: Double
    let low: Double
    let high: Double
    let p: Double
  }

  struct Decisions: Decodable {
    let onlyFirst: Int
    let onlySecond: Int
    let p: Double
  }

  let areas: [Areas]
  let decisions: [Decisions]

  static func read() throws -> PairedGolden {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try JSONDecoder().decode(
      PairedGolden.self, from: Data(contentsOf: tests.appending(path: "Golden/paired-tests.json")))
  }
}
