import Data
import Encoders
import Files
import Foundation
import Networks
import TestSupport
import Testing

@testable import Attack

/// Audits that are stopped and go on.
@Suite(.serialized) struct EvidenceFolderTests {
  private struct Stop: Error {}

  private static func quick(_ configuration: inout AttackConfiguration) {
    (configuration.views, configuration.variants, configuration.knowledge) = (3, 2, .exact)
    (configuration.classifiers.vector.epochs, configuration.classifiers.set.epochs) = (1, 1)
    configuration.sets = [[.imageImage], [.imageText, .pair]]
  }

  /// Two subjects whose members are more than one part of the inputs.
  private static func subjects(seed: UInt64 = 1) throws -> (
    target: FakeAudit.Subject, shadow: FakeAudit.Subject
  ) {
    func subject(_ start: Int, seed: UInt64) throws -> FakeAudit.Subject {
      let groups = MembershipGroups(
        members: Array(start..<start + 66), nonmembers: Array(start + 66..<start + 80))
      let encoder = FakeEncoder(.pairing, members: groups.members, seed: seed)
      return FakeAudit.Subject(
        encoder: encoder,
        audited: try AuditSubject(
          encoder, images: try FakeAudit.images(), captions: FakeAudit.captions(), groups: groups))
    }
    return (try subject(0, seed: seed), try subject(80, seed: 2))
  }

  private func run(
    _ subjects: (target: FakeAudit.Subject, shadow: FakeAudit.Subject), in folder: URL?,
    _ change: (inout AttackConfiguration) -> Void = EvidenceFolderTests.quick,
    versions: [String: String] = [:], report: (AuditEvent) throws -> Void = { _ in }
  ) throws -> [String: MembershipGroups<[Double]>] {
    let findings = try FakeAudit.audit(change).run(
      target: subjects.target.audited, shadow: subjects.shadow.audited,
      keeping: folder.map { EvidenceFolder($0, versions: versions) }, report: report)[0]
    #expect(findings.attacks.count > 8 && findings.controls(.swapped).count > 3)
    return Dictionary(
      (findings.attacks + findings.controls).map { ($0.name, $0.scores.groups) }, uniquingKeysWith: { $1 })
  }

  private func asked(_ subjects: (target: FakeAudit.Subject, shadow: FakeAudit.Subject)) -> [QuestionCount] {
    [subjects.target.encoder, subjects.shadow.encoder].flatMap { encoder in
      [encoder.count, encoder.twins.map(\.count).reduce(into: QuestionCount(), +=)]
    }
  }

  @Test("An audit that was stopped anywhere and goes on finds the same, and asks nobody twice")
  func stopped() throws {
    let whole = try EvidenceFolderTests.subjects()
    var events = 0
    let expected = try run(whole, in: nil, report: { _ in events += 1 })
    for stop in stride(from: 1, through: events, by: max(1, events / 6)) {
      try withTemporaryFolder { folder in
        let subjects = try EvidenceFolderTests.subjects()
        var told = 0
        #expect(throws: Stop.self) {
          try run(
            subjects, in: folder,
            report: { _ in
              told += 1
              if told == stop { throw Stop() }
            })
        }
        #expect(try run(subjects, in: folder) == expected, "stopped at event \(stop) of \(events)")
        #expect(asked(subjects) == asked(whole), "stopped at event \(stop) of \(events)")
      }
    }
  }

  @Test("The ledger of an audit that went on counts what was asked before it was stopped")
  func ledger() throws {
    try withTemporaryFolder { folder in
      let subjects = try EvidenceFolderTests.subjects()
      let caption = CaptionUse(.exact, partner: .nonmember)
      let needs = [
        Need(.similarities(.pair, caption), of: .target, by: .target),
        Need(.similarities(.imageImage, nil), of: .shadow, by: .shadow),
      ]
      func evidence(_ kept: EvidenceFolder?) throws -> Evidence {
        let evidence = FakeAudit.evidence(subjects, keeping: kept, EvidenceFolderTests.quick)
        try evidence.begin(levels: [.exact])
        return evidence
      }
      let whole = try evidence(nil)
      try whole.prepare(needs)
      var told = 0
      #expect(throws: Stop.self) {
        try evidence(EvidenceFolder(folder)).prepare(needs) { _ in
          told += 1
          if told == 6 { throw Stop() }
        }
      }
      let resumed = try evidence(EvidenceFolder(folder))
      try resumed.prepare(needs)
      #expect(resumed.ledger == whole.ledger && resumed.progress == whole.progress)
      for need in needs {
        #expect(try resumed.groups(need).map(\.values) == whole.groups(need).map(\.values))
      }
    }
  }

  @Test("Answers to another audit are refused, and what differs is named")
  func others() throws {
    try withTemporaryFolder { folder in
      let subjects = try EvidenceFolderTests.subjects()
      #expect(throws: Stop.self) { try run(subjects, in: folder, report: { _ in throw Stop() }) }
      func differences(
        _ subjects: (target: FakeAudit.Subject, shadow: FakeAudit.Subject),
        versions: [String: String] = [:], _ change: (inout AttackConfiguration) -> Void = { _ in }
      ) -> [String] {
        let error = #expect(throws: EvidenceError.self) {
          try run(
            subjects, in: folder,
            {
              EvidenceFolderTests.quick(&$0)
              change(&$0)
            }, versions: versions)
        }
        guard case .otherAudit(folder.path, let found) = error else {
          return ["\(String(describing: error))"]
        }
        return found
      }
      // Untrained encoders are made from the seed.
      #expect(
        differences(subjects) { ($0.views, $0.seed) = (4, 9) } == [
          "setting seed", "setting views", "encoder, untrainedShadow", "encoder, untrainedTarget",
        ])
      #expect(differences(subjects) { $0.augmentation = .simCLR } == ["setting augmentation"])
      #expect(
        differences(subjects) { $0.knowledge = .imageOnly }.prefix(2) == [
          "setting knowledge", "levels of knowledge",
        ])
      #expect(differences(subjects, versions: ["blas": "2"]) == ["blas"])
      #expect(
        differences(try EvidenceFolderTests.subjects(seed: 7)) == ["encoder, target"])
      let moved = try AuditSubject(
        subjects.target.encoder, images: FakeAudit.images(), captions: FakeAudit.captions(),
        groups: MembershipGroups(members: Array(1..<67), nonmembers: Array(67..<80)))
      #expect(
        differences((FakeAudit.Subject(encoder: subjects.target.encoder, audited: moved), subjects.shadow))
          == ["inputs, target members", "inputs, target nonmembers"])
    }
  }

  /// The files of answers in a folder.
  private func records(_ folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "safetensors" }.sorted { $0.path < $1.path }
  }

  @Test("A damaged file of answers is named with the remedy, and without it the audit goes on")
  func damaged() throws {
    try withTemporaryFolder { folder in
      let subjects = try EvidenceFolderTests.subjects()
      let expected = try run(subjects, in: folder)
      let record = try #require(records(folder).first)
      let kept = try Data(contentsOf: record)
      var flipped = kept
      flipped[flipped.count - 2] ^= 0x10
      let foreign = try #require(records(folder).last { $0 != record })
      for bytes in [kept.prefix(kept.count / 2), flipped, Data(), Data("x".utf8)] {
        try bytes.write(to: record)
        let error = #expect(throws: EvidenceError.self) { try run(subjects, in: folder) }
        #expect(error?.description.hasPrefix("\(record.path) is damaged") == true)
        #expect(error?.description.contains("remove this file") == true)
      }
      try FileManager.default.removeItem(at: record)
      // What a killed process left of a file that it was writing.
      try kept.prefix(9).write(to: folder.appending(path: ".\(record.lastPathComponent).tmp"))
      #expect(try run(subjects, in: folder) == expected)
      #expect(try Data(contentsOf: record) == kept)
      // A whole file of another audit.
      try withTemporaryFolder { other in
        _ = try run(EvidenceFolderTests.subjects(seed: 7), in: other)
        let stranger = other.appending(path: foreign.lastPathComponent)
        try Data(contentsOf: stranger).write(to: foreign)
        let error = #expect(throws: EvidenceError.self) { try run(subjects, in: folder) }
        #expect(error?.description.contains("of another audit") == true)
      }
      let origin = folder.appending(path: "origin.json")
      try Data("{".utf8).write(to: origin)
      let error = #expect(throws: EvidenceError.self) { try run(subjects, in: folder) }
      #expect(error?.description.contains("remove \(folder.path) and begin anew") == true)
    }
  }

  @Test(
    "Captions that are exchanged give the same whether all their answers are held or read again from files")
  func captionsReadAgain() throws {
    try withTemporaryFolder { folder in
      let needs = Membership.allCases.map {
        Need(.similarities(.imageText, CaptionUse(.exact, partner: $0)), of: .target, by: .target)
      }
      func found(_ kept: EvidenceFolder?, held: Int = .max) throws -> [[Float]] {
        let subjects = try EvidenceFolderTests.subjects()
        let evidence = FakeAudit.evidence(subjects, keeping: kept, EvidenceFolderTests.quick)
        evidence.mostHeldCaptions = held
        try evidence.begin(levels: [.exact])
        try evidence.prepare(needs)
        #expect(kept == nil || evidence.heldCaptions <= held)
        return try needs.flatMap { need in
          let groups = try evidence.groups(need)
          return [groups.members.values, groups.nonmembers.values]
        }
      }
      let expected = try found(nil)
      #expect(expected.count == 4 && expected.allSatisfy { !$0.isEmpty })
      #expect(try found(EvidenceFolder(folder.appending(path: "all")), held: 0) == expected)
      #expect(try found(EvidenceFolder(folder.appending(path: "some")), held: 50_000) == expected)
    }
  }

  @Test(
    "Answers that are saved are the same whether they were held or read again, and one that is gone is named")
  func answersReadAgain() throws {
    try withTemporaryFolder { folder in
      func saved(_ kept: EvidenceFolder?) throws -> [String: PiecewiseTensor] {
        let subjects = try EvidenceFolderTests.subjects()
        var found: [String: PiecewiseTensor] = [:]
        _ = try FakeAudit.audit(EvidenceFolderTests.quick).run(
          target: subjects.target.audited, shadow: subjects.shadow.audited, keeping: kept,
          saving: [.answers], collecting: { found = $1 })
        return found
      }
      func numbers(_ tensors: [String: PiecewiseTensor]) throws -> [String: [Float]] {
        try tensors.mapValues { tensor in
          var values: [Float] = []
          try tensor.forEachPart { values += $0.values }
          return values
        }
      }
      let (held, read) = (try saved(nil), try saved(EvidenceFolder(folder)))
      #expect(held.mapValues(\.shape) == read.mapValues(\.shape) && held.count > 8)
      let expected = try numbers(held)
      #expect(try numbers(read) == expected)
      for name in try Paths.names(in: folder.path) where name.contains("target-member-") {
        try FileManager.default.removeItem(at: folder.appending(path: name))
      }
      let error = #expect(throws: EvidenceError.self) { try numbers(read) }
      #expect(error?.description.contains("it was taken away") == true)
    }
  }
}
