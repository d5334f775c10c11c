import Data
import Encoders
import Files
import Foundation
import TestSupport
import Testing

@testable import Attack

@Suite struct AttackResultsTests {
  private static func encoder(
    _ epochs: Int? = 600, _ members: Int? = 100, _ name: String = "resnet18-64 at 32 px",
    algorithm: String? = "moco", origin: EncoderRecord.AugmentationOrigin = .pretraining
  ) -> EncoderRecord {
    EncoderRecord(
      EncoderIdentity(name: name, fingerprint: "12"),
      EncoderFacts(algorithm: algorithm, epochs: epochs, members: members), views: (.moco, origin))
  }

  private static let utility = EncoderRecord.Utility(measure: "kNN accuracy", value: 0.4)

  private func results(
    control: [Double], target: EncoderRecord = encoder(), shadow: EncoderRecord = encoder()
  ) throws -> AttackResults {
    func finding(_ name: String, _ members: [Double], _ family: ControlFamily? = nil) throws -> Finding {
      let groups = MembershipGroups(members: members, nonmembers: (0..<40).map(Double.init))
      return Finding(
        name: name, attack: name, sets: family == nil ? [.imageImage] : [], family: family,
        knowledge: .imageOnly, outcome: AttackOutcome(target: try MembershipScores(groups, threshold: 20)))
    }
    let findings = AuditFindings(
      knowledge: .imageOnly, configuration: AttackConfiguration(), sets: [[.imageImage]],
      attacks: [try finding("EncoderMI-T", (0..<40).map { Double($0) + 30 })],
      controls: [try finding("blind", control, .blind)], notes: [], isJoint: false, target: target,
      shadow: shadow, references: [], counts: SplitSizes(each: 40))
    return AttackResults(
      findings, utility: (target: AttackResultsTests.utility, shadow: nil), seeds: ["split": 1],
      versions: ["encodermi": "1"], dataFingerprints: ["pictures": "abc"])
  }

  @Test("results read back as they were written, with T, N and T/N of the target, and the schema's name")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let results = try results(control: (0..<40).map(Double.init))
      try results.write(to: folder)
      #expect(try AttackResults.read(from: folder) == results)
      let data = try Data(contentsOf: folder.appending(path: "results.json"))
      let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      let target = try #require(object["target"] as? [String: Any])
      #expect(target["T"] as? Int == 600 && target["N"] as? Int == 100 && target["T/N"] as? Double == 6)
      #expect((object["attacks"] as? [[String: Any]])?.first?["name"] as? String == "EncoderMI-T")
      #expect(object["format"] as? String == "encodermi attack results" && object["schema"] as? Int == 2)
      #expect(object["views"] as? Int == 10 && object["variants"] is NSNull)
    }
  }

  @Test("what is not known of an encoder is null, and reads back so")
  func unknown() throws {
    try withTemporaryFolder { folder in
      let results = try results(
        control: (0..<40).map(Double.init),
        target: AttackResultsTests.encoder(nil, nil, algorithm: nil, origin: .assumed))
      try results.write(to: folder)
      #expect(try AttackResults.read(from: folder) == results && results.target.epochsPerMember == nil)
      let data = try Data(contentsOf: folder.appending(path: "results.json"))
      let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      let target = try #require(object["target"] as? [String: Any])
      for key in ["T", "N", "T/N", "algorithm"] { #expect(target[key] is NSNull, "\(key)") }
      #expect(
        results.warnings.contains { $0.contains("the target's augmentation: its views are made as MoCo's") })
      #expect(!results.warnings.contains { $0.contains("imitates") || $0.contains("algorithm") })
    }
  }

  @Test("results of another schema are refused with the version that is known")
  func otherSchema() throws {
    try withTemporaryFolder { folder in
      try results(control: (0..<40).map(Double.init)).write(to: folder)
      let file = folder.appending(path: "results.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      try Data(text.replacingOccurrences(of: "\"schema\" : 2", with: "\"schema\" : 7").utf8).write(to: file)
      let error = #expect(throws: ConfigurationError.self) { try AttackResults.read(from: folder) }
      #expect(error?.description.contains("found 7, but it must be 2") == true, "\(error?.description ?? "")")
    }
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
        control: (0..<40).map(Double.init), shadow: AttackResultsTests.encoder(epochs, members)
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
      shadow: AttackResultsTests.encoder(600, 100, "vgg11-16 at 32 px", algorithm: "simclr")
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
