import Contrastive
import Data
import Encoders
import Foundation
import Kernels
import TestSupport
import Testing
import Vision

@testable import Attack

/// Baselines A, B, D and E of the paper; C has tests of its own.
@Suite(.serialized) struct BaselinesTests {
  private static let names = ["Baseline A", "Baseline B", "Baseline D", "Baseline E"]

  /// Expects of some attacks that the 95% interval of each area covers one half.
  private func expectChance(
    _ findings: AuditFindings, _ names: [String], location: SourceLocation = #_sourceLocation
  ) throws {
    for name in names {
      let auc = try findings.attack(name).metrics.auc
      #expect(auc.covers(0.5), "\(name): \(auc)", sourceLocation: location)
    }
  }

  @Test("Encoders that give nobody away put all at chance")
  func nothing() throws {
    let findings = try ClassAudit(.nothing).findings(BaselinesTests.names)
    #expect(findings.attacks.map(\.name) == BaselinesTests.names && findings.notes.isEmpty)
    try expectChance(findings, BaselinesTests.names)
    #expect(findings.attacks.allSatisfy { $0.shadowScores?.members.count == ClassAudit.each })
  }

  @Test("A finds members whose class shows more clearly, though others are classified correctly too")
  func confidence() throws {
    let findings = try ClassAudit(.confidence).findings(["Baseline A", "Baseline B"])
    try findings.expect(found: ["Baseline A"], chance: [])
    try expectChance(findings, ["Baseline B"])
  }

  @Test("B finds members by being right about them alone; how sure the classifier is tells nothing")
  func correctness() throws {
    let findings = try ClassAudit(.correctness).findings(BaselinesTests.names)
    try findings.expect(found: ["Baseline B"], chance: [])
    try expectChance(findings, ["Baseline A", "Baseline D", "Baseline E"])
  }

  @Test("D finds members some of whose components are shifted")
  func shift() throws {
    try ClassAudit(.shift).findings(["Baseline D"]).expect(found: ["Baseline D"], chance: [])
  }

  @Test(
    "E finds members whose centre and rim an encoder takes for the same, and where it takes none so, nobody")
  func patches() throws {
    func findings(_ leak: FakeEncoder.Leak) throws -> AuditFindings {
      try FakeAudit.findings(FakeAudit.subjects(leak, target: [.image], shadow: [.image])) {
        ($0.attacks, $0.controls) = (["Baseline E"], [])
      }[0]
    }
    try findings(.image).expect(found: ["Baseline E"], chance: [])
    try expectChance(try findings(.nothing), ["Baseline E"])
  }

  @Test(
    "Each encoder is asked once about each input by all of them, with EncoderMI's views, and once about labelled images"
  )
  func questions() throws {
    let audit = try ClassAudit(.nothing)
    _ = try audit.findings(BaselinesTests.names + ["EncoderMI-T", "LpLA (image)"]) {
      ($0.views, $0.downstream.epochs, $0.classifiers.vector.epochs) = (3, 1, 1)
    }
    for (encoder, groups) in [(audit.target, audit.groups.target), (audit.shadow, audit.groups.shadow)] {
      let own = groups.pooled.map { ($0, 1 + 3 + 9) }
      let expected = Dictionary(uniqueKeysWithValues: own + audit.downstream.indices.map { ($0, 1) })
      #expect(encoder.asked == expected)
    }
  }

  @Test("Stopped anywhere and gone on with, they ask about labelled images once and count no question twice")
  func stopped() throws {
    struct Stop: Error {}
    func findings(
      _ audit: ClassAudit, _ folder: URL?, report: (AuditEvent) throws -> Void = { _ in }
    ) throws -> AuditFindings {
      try audit.findings(
        BaselinesTests.names, keeping: folder.map { EvidenceFolder($0) },
        { ($0.views, $0.downstream.epochs, $0.classifiers.vector.epochs) = (2, 1, 1) }, report: report)
    }
    let whole = try ClassAudit(.nothing)
    var events = 0
    let expected = try findings(whole, nil) { _ in events += 1 }
    for stop in stride(from: 1, through: events, by: 2) {
      try withTemporaryFolder { folder in
        let audit = try ClassAudit(.nothing)
        var told = 0
        #expect(throws: Stop.self) {
          try findings(audit, folder) { _ in
            told += 1
            if told == stop { throw Stop() }
          }
        }
        let found = try findings(audit, folder)
        #expect(found.questions == expected.questions, "stopped at event \(stop) of \(events)")
        #expect(found.attacks.map(\.scores.groups) == expected.attacks.map(\.scores.groups))
        #expect(audit.target.asked == whole.target.asked && audit.shadow.asked == whole.shadow.asked)
      }
    }
  }

  @Test("One seed gives the same scores, another one others, where there is something random")
  func seeds() throws {
    func scores(_ seed: UInt64) throws -> [MembershipGroups<[Double]>] {
      try ClassAudit(.nothing).findings(BaselinesTests.names) {
        ($0.seed, $0.downstream.epochs, $0.classifiers.vector.epochs) = (seed, 3, 3)
      }.attacks.map(\.scores.groups)
    }
    let (first, again, other) = (try scores(1), try scores(1), try scores(2))
    #expect(first == again)
    #expect(zip(first, other).map { $0 != $1 } == [true, true, true, false])
  }

  @Test("More views are more bits of B, another downstream classifier is another A")
  func settings() throws {
    func scores(_ name: String, _ change: (inout AttackConfiguration) -> Void) throws -> [Double] {
      try ClassAudit(.confidence).findings([name]) {
        ($0.downstream.epochs, $0.classifiers.vector.epochs) = (2, 2)
        change(&$0)
      }.attack(name).scores.groups.members
    }
    #expect(try scores("Baseline B") { $0.views = 3 } != scores("Baseline B") { $0.views = 6 })
    #expect(try scores("Baseline A") { _ in } != scores("Baseline A") { $0.downstream.hiddenWidths = [8] })
  }

  @Test("D is left out with the widths where target's and shadow's differ, and the others are made")
  func widths() throws {
    let findings = try ClassAudit(.nothing, targetWidth: 32).findings(BaselinesTests.names) {
      ($0.downstream.epochs, $0.classifiers.vector.epochs) = (1, 1)
    }
    #expect(findings.attacks.map(\.name) == ["Baseline A", "Baseline B", "Baseline E"])
    #expect(findings.notes.count == 1)
    #expect(
      findings.notes[0].hasPrefix(
        "Baseline D is left out: the target's embeddings are 32 wide, the shadow's 48"))
  }

  @Test("A and B need embeddings, D and E the output that is looked at, and say so")
  func layers() throws {
    func findings(_ layers: Set<EmbeddingLayer>, _ layer: EmbeddingLayer) throws -> AuditFindings {
      try ClassAudit(.nothing, layers: layers).findings(BaselinesTests.names) {
        ($0.layer, $0.downstream.epochs, $0.classifiers.vector.epochs) = (layer, 1, 1)
      }
    }
    let projections = try findings([.projection], .projection)
    #expect(projections.attacks.map(\.name) == ["Baseline D", "Baseline E"])
    #expect(
      projections.notes == [
        "left out: Baseline A, Baseline B: each needs embeddings, and class encoder 2 gives none"
      ])
    let embeddings = try findings([.embedding], .projection)
    #expect(embeddings.attacks.map(\.name) == ["Baseline A", "Baseline B"])
    #expect(
      embeddings.notes == [
        "left out: Baseline D, Baseline E: each needs projections, and class encoder 2 gives none"
      ])
  }

  @Test("Without classes, or where some input's class is none of the labelled images', B names the reason")
  func labels() throws {
    func notes(_ audit: ClassAudit, images: Images? = nil, downstream: DownstreamSet? = nil) throws
      -> [String]
    {
      try audit.findings(["Baseline B"], images: images, downstream: downstream) {
        ($0.downstream.epochs, $0.classifiers.vector.epochs) = (1, 1)
      }.notes
    }
    let (audit, images) = (try ClassAudit(.nothing), try ClassAudit.images())
    #expect(try notes(audit).isEmpty)
    // Pictures that lie in no folder of a class.
    let subjects = try FakeAudit.subjects(.nothing, target: [.image], shadow: [.image])
    let unlabelled = try FakeAudit.audit { ($0.attacks, $0.controls) = (["Baseline B"], []) }.run(
      target: subjects.target.audited, shadow: subjects.shadow.audited, downstream: audit.downstream)[0]
    #expect(
      unlabelled.notes == [
        "Baseline B is left out: it needs the classes of all inputs, and the target's data have none"
      ])
    let without = audit.downstream.indices.filter { images.dataset.label(of: $0) != 3 }
    let fewer = DownstreamSet(
      images, indices: without, labels: without.map { images.dataset.label(of: $0) ?? 0 })
    let lacking = audit.groups.target.members.filter { images.dataset.label(of: $0) == 3 }
    let found = try notes(audit, downstream: fewer)
    #expect(found.count == 1 && found[0].contains("\(lacking.count) of the target's members"))
    #expect(found[0].contains("(\(images.name(of: lacking[0])), ...) are of none"))
  }

  @Test("Classes are matched by their names, whatever numbers a data set gives them")
  func names() throws {
    let (audit, images) = (try ClassAudit(.nothing), try ClassAudit.images())
    // Class 0 has no labelled image, so that the others' numbers in the downstream set are one less.
    let some = audit.downstream.indices.filter { images.dataset.label(of: $0) != 0 }
    let set = DownstreamSet(images, indices: some, labels: some.map { images.dataset.label(of: $0) ?? 0 })
    #expect(set.classNames == (1..<8).map { "class \($0)" })
    let inputs = Population(images, [0, 64, 130, 511])
    #expect(inputs.classNames == ["class 0", "class 1", "class 2", "class 7"])
    let evidence = Evidence(
      Questions(FakeAudit.configuration()), encoders: [.target: audit.target, .shadow: audit.shadow],
      groups: [
        .target: MembershipGroups(members: inputs, nonmembers: inputs),
        .shadow: MembershipGroups(members: inputs, nonmembers: inputs),
      ], downstream: set)
    let found = AuditCase(
      evidence: evidence, configuration: FakeAudit.configuration(), knowledge: .imageOnly, learner: .shadow,
      tested: .target, references: [])
    #expect(found.labels(of: .target).members == [nil, 0, 1, 6])
  }

  @Test("E needs pictures of three pixels a side")
  func small() throws {
    try withTemporaryFolder { folder in
      for number in 0..<8 {
        var bytes = [UInt8](repeating: 0, count: 3 * 5 * 2)
        bytes[number] = 255
        try PixelImage(height: 5, width: 2, bytes: bytes)
          .writePNG(to: folder.appending(path: "\(number).png").path)
      }
      let images = try Dataset.open(folder.path).images()
      let groups = MembershipGroups(members: [0, 1], nonmembers: [2, 3])
      let encoder = ClassEncoder(.nothing, groups: groups, seed: 1)
      let subject = try AuditSubject(encoder, images: images, groups: groups)
      let audit = try FakeAudit.audit { ($0.attacks, $0.controls) = (["Baseline E"], []) }
      #expect(
        try audit.run(target: subject, shadow: subject)[0].notes == [
          "Baseline E is left out: it needs pictures of 3 pixels a side, and the target's have 2"
        ])
      #expect(encoder.asked.isEmpty)
    }
  }

  @Test("None is made where it is not named")
  func unnamed() throws {
    #expect(
      BaselinesTests.names.allSatisfy { name in
        AttackTable.entries(sets: [[.imageImage]]).contains { $0.name == name && $0.isOnlyByName }
      })
    let findings = try ClassAudit(.nothing).findings([]) {
      ($0.attacks, $0.classifiers.set.epochs, $0.classifiers.vector.epochs) = (nil, 1, 1)
    }
    #expect(findings.attacks.map(\.name) == ["EncoderMI-V", "EncoderMI-S", "EncoderMI-T"])
  }
}
