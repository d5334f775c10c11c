import Data
import Encoders
import Experiments
import Files
import Foundation
import Report
import TestSupport

@testable import Attack

/// A finished audit of made-up scores in a folder, as `AttackJob` leaves one.
struct SampleAudit {
  var attacks: [(name: String, scores: MembershipGroups<[Double]>)] = [
    ("EncoderMI-V", SampleAudit.shifted(by: 30)), ("EncoderMI-T", SampleAudit.shifted(by: 12)),
  ]
  var control = SampleAudit.shifted(by: 0)
  var controlName = "blind (image statistics)"
  var inputs = MembershipGroups(
    members: (0..<100).map { "in/\($0).png" }, nonmembers: (0..<100).map { "out/\($0).png" })
  var architecture = "resnet18-64"
  var algorithm = "simclr"
  var notes: [String] = []
  var epochs = 600
  var fingerprint = "cafe"
  var views = 10

  /// What thresholds were learned from: the best of them is the one of 60.
  private let learned = MembershipGroups(
    members: (0..<100).map { Double($0) + 70 }, nonmembers: (0..<100).map { Double($0) / 2 })
  private let threshold = 59.75

  /// 100 scores of each group at distances of 1 in a mixed order; the members' are higher.
  static func shifted(by shift: Double) -> MembershipGroups<[Double]> {
    MembershipGroups(
      members: (0..<100).map { Double($0 * 37 % 100) + shift }, nonmembers: (0..<100).map { Double($0) })
  }

  func write(to folder: URL) throws {
    func finding(_ name: String, _ scores: MembershipGroups<[Double]>, _ family: ControlFamily? = nil) throws
      -> Finding
    {
      Finding(
        name: name, attack: name, sets: [.imageImage], family: family, knowledge: .imageOnly,
        outcome: AttackOutcome(
          target: try MembershipScores(scores, threshold: threshold),
          shadow: family == nil ? learned : nil))
    }
    let learnedInputs = MembershipGroups(
      members: (0..<100).map { "shadow-in/\($0).png" }, nonmembers: (0..<100).map { "shadow-out/\($0).png" })
    let encoder = EncoderRecord(
      EncoderIdentity(name: architecture, fingerprint: "f00d"),
      EncoderFacts(algorithm: algorithm, epochs: epochs, members: 100), views: (.simCLR, .pretraining))
    var configuration = AttackConfiguration()
    (configuration.knowledge, configuration.seed, configuration.views) = (.imageOnly, 7, views)
    let findings = AuditFindings(
      knowledge: .imageOnly, configuration: configuration, sets: [[.imageImage]],
      attacks: try attacks.map { try finding($0.name, $0.scores) },
      controls: [try finding(controlName, control, .blind)], notes: notes, isJoint: false, target: encoder,
      shadow: encoder, references: [],
      counts: SplitSizes(
        target: inputs.map(\.count), shadow: MembershipGroups(members: 100, nonmembers: 100)))
    try makeFolder(folder)
    try AttackResults(
      findings, utility: (target: .init(measure: "kNN accuracy", value: 0.413), shadow: nil),
      seeds: ["attack": 7], versions: ["encodermi": "0.1.0"], dataFingerprints: ["target": fingerprint]
    ).write(to: folder)
    try ScoresFile.write(findings.scoreColumns, of: [.target: inputs, .shadow: learnedInputs], to: folder)
    try Configuration.write(configuration, to: folder.appending(path: AttackJob.configurationName))
  }

  /// The audit as it is read from its folder.
  func record() throws -> AuditRecord {
    try withTemporaryFolder { folder in
      try write(to: folder.appending(path: "attack"))
      return try AuditRecord(folder.appending(path: "attack"))
    }
  }

  /// A page with this audit alone.
  func page(isAnonymous: Bool = false) throws -> String {
    try AuditPage([try record()], isAnonymous: isAnonymous).html()
  }
}
