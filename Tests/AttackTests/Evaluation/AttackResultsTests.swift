import Data
import Files
import Foundation
import Testing

@testable import Attack

@Suite struct AttackResultsTests {
  private static func pretraining(_ epochs: Int = 600, _ members: Int = 100) -> AttackResults.Pretraining {
    .init(
      epochs: epochs, members: members, utility: .init(measure: "kNN accuracy", value: 0.4),
      encoder: "resnet18-64 at 32 px", algorithm: "moco")
  }

  private func results(
    control: [Double], shadow: AttackResults.Pretraining = pretraining()
  ) throws -> AttackResults {
    func metrics(_ name: String, _ members: [Double]) throws -> AttackMetrics {
      let groups = MembershipGroups(members: members, nonmembers: (0..<40).map(Double.init))
      return AttackMetrics(name: name, scores: try MembershipScores(groups, threshold: 20))
    }
    return AttackResults(
      attacks: [try metrics("EncoderMI-T", (0..<40).map { Double($0) + 30 })],
      controls: [try metrics("blind", control)], counts: SplitSizes(each: 40),
      target: AttackResultsTests.pretraining(), shadow: shadow, seeds: ["split": 1],
      versions: ["encodermi": "1"],
      dataFingerprints: ["pictures": "abc"],
      encoderFingerprints: ["target": "12", "shadow": "34"])
  }

  @Test("results read back as they were written, with T, N and T/N beside the attacks")
  func roundTrip() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let results = try results(control: (0..<40).map(Double.init))
    try results.write(to: folder)
    #expect(try AttackResults.read(from: folder) == results)
    let data = try Data(contentsOf: folder.appendingPathComponent("results.json"))
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object["T"] as? Int == 600 && object["N"] as? Int == 100 && object["T/N"] as? Double == 6)
    #expect((object["attacks"] as? [[String: Any]])?.first?["name"] as? String == "EncoderMI-T")
  }

  @Test("a control that beats chance is warned of, one at chance is not")
  func warnings() throws {
    #expect(
      try results(control: (0..<40).map { Double($0) + 25 }).warnings.contains { $0.contains("'blind'") })
    #expect(try !results(control: (0..<40).map(Double.init)).warnings.contains { $0.contains("'blind'") })
  }

  @Test("a shadow with 1.5 times the target's epochs or members, or fewer by that factor, is warned of")
  func otherPretraining() throws {
    func warnings(_ epochs: Int, _ members: Int) throws -> [String] {
      try results(
        control: (0..<40).map(Double.init), shadow: AttackResultsTests.pretraining(epochs, members)
      ).warnings.filter { $0.contains("the shadow") }
    }
    #expect(try warnings(600, 100).isEmpty)
    #expect(try warnings(899, 67).isEmpty)
    #expect(try warnings(900, 100).count == 1)
    #expect(try warnings(400, 100).contains { $0.contains("400 epochs, the target with 600") })
    #expect(try warnings(600, 66).contains { $0.contains("66 members, the target with 100") })
    #expect(try warnings(1, 1).count == 2)
  }

  @Test("another encoder or algorithm of the shadow is named")
  func otherKind() throws {
    let warnings = try results(
      control: (0..<40).map(Double.init),
      shadow: .init(epochs: 600, members: 100, encoder: "vgg11-16 at 32 px", algorithm: "simclr")
    ).warnings
    #expect(warnings.contains("the shadow's encoder is vgg11-16 at 32 px, the target's resnet18-64 at 32 px"))
    #expect(warnings.contains("the shadow's algorithm is simclr, the target's moco"))
  }

  @Test("40 nonmembers are too few for false positive rates of 1% and 0.1%, and the results say so")
  func resolution() throws {
    let warnings = try results(control: (0..<40).map(Double.init)).warnings
    #expect(warnings.filter { $0.contains("40 nonmembers cannot resolve") }.count == 2)
  }
}
