import Data
import Encoders
import Files
import Kernels
import Testing

@testable import Attack

@Suite(.serialized) struct AuditErrorsTests {
  private struct Broken: Error, Equatable {}

  private func run(
    _ subjects: (target: FakeAudit.Subject, shadow: FakeAudit.Subject),
    _ change: (inout AttackConfiguration) -> Void = { _ in }, report: (AuditEvent) throws -> Void = { _ in }
  ) throws {
    _ = try FakeAudit.findings(
      subjects,
      {
        ($0.sets, $0.attacks) = ([[.pair]], ["CSA"])
        change(&$0)
      }, report: report)
  }

  @Test("An encoder that cannot answer ends the audit with its error", arguments: Modality.allCases)
  func failing(_ modality: Modality) throws {
    let subjects = try FakeAudit.subjects(.nothing)
    subjects.target.encoder.tampering = { asked, answers in
      if asked == modality { throw Broken() }
      return answers
    }
    #expect(throws: Broken()) { try run(subjects) }
  }

  @Test("An answer that is not a number is refused, and the encoder named", arguments: Modality.allCases)
  func notFinite(_ modality: Modality) throws {
    let subjects = try FakeAudit.subjects(.nothing)
    subjects.shadow.encoder.tampering = { asked, answers in
      guard asked == modality, let projection = answers[.projection] else { return answers }
      var values = projection.values
      values[3 * FakeEncoder.width + 5] = .nan
      return EncoderAnswers([.projection: Tensor(values, shape: projection.shape)])
    }
    let error = #expect(throws: AnswerError.self) { try run(subjects) }
    #expect(error == .notFinite(encoder: "fake 2", layer: .projection, input: 3))
    #expect(error?.description.contains("fake 2") == true)
  }

  @Test("Too few embeddings, and spaces that change from batch to batch, are refused by name")
  func misshapen() throws {
    let fewer = try FakeAudit.subjects(.nothing)
    fewer.target.encoder.tampering = { modality, answers in
      modality == .text ? answers.gathered([0, 1], each: 1) : answers
    }
    let shape = #expect(throws: AnswerError.self) { try run(fewer) }
    #expect(
      shape == .shape(encoder: "fake 1", layer: .embedding, expectedRows: 32, found: [2, 48])
        || shape == .shape(encoder: "fake 1", layer: .projection, expectedRows: 32, found: [2, 64]))

    let changing = try FakeAudit.subjects(.nothing)
    var batches = 0
    changing.target.encoder.tampering = { modality, answers in
      guard modality == .image, let projection = answers[.projection] else { return answers }
      batches += 1
      return batches < 3 ? answers : EncoderAnswers([.projection: projection])
    }
    let error = #expect(throws: AnswerError.self) { try run(changing) }
    #expect(
      error
        == .otherSpaces(
          encoder: "fake 1", expected: [.embedding: 48, .projection: 64], found: [.projection: 64]))
  }

  @Test("A report that throws ends the audit, whatever it was told of", arguments: 0..<4)
  func report(_ kind: Int) throws {
    var told = 0
    #expect(throws: Broken()) {
      try run(
        FakeAudit.subjects(.nothing),
        report: { event in
          let found =
            switch event {
            case .asked, .costly, .writing: 0
            case .learning: 1
            case .control: 2
            case .progress: 3
            }
          guard found == kind else { return }
          told += 1
          throw Broken()
        })
    }
    #expect(told == 1)
  }

  @Test(
    "An auditor who needs another caption than the only one is told which image lacks it, before any question"
  )
  func oneCaption() throws {
    let subjects = try FakeAudit.subjects(.nothing, captions: FakeAudit.captions().map { [$0[0]] })
    for level in [CaptionKnowledge.other, .template] {
      let error = #expect(throws: AttackError.self) { try run(subjects) { $0.knowledge = level } }
      #expect(error?.description.contains(".png") == true)
    }
    #expect(subjects.target.encoder.count == QuestionCount())
    #expect(subjects.shadow.encoder.count == QuestionCount())
  }

  @Test("References that were asked for and have all seen an input are an error that names inputs")
  func seenByAll() throws {
    let subjects = try FakeAudit.subjects(.nothing)
    let images = try FakeAudit.images()
    let everything = Set((0..<FakeAudit.count).map { images.dataset.identity(of: $0) })
    let error = #expect(throws: AttackError.self) {
      try FakeAudit.findings(
        subjects, references: [AuditReference(subjects.shadow.encoder, seen: everything)]
      ) { $0.sets = [[.pair]] }
    }
    guard case .seenByAll(let inputs) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(inputs.count == FakeAudit.each && inputs.allSatisfy { $0.hasSuffix(".png") })
  }

  @Test(
    "A shadow that saw some of the target's inputs leaves calibration out, with a note, where nobody asked for it"
  )
  func overlap() throws {
    let (images, split) = (try FakeAudit.images(), try FakeAudit.split())
    let groups = MembershipGroups(
      members: split.shadow.members + [split.target.members[0]], nonmembers: split.shadow.nonmembers)
    let shadow = FakeEncoder(.nothing, members: groups.members, seed: 2)
    let findings = try FakeAudit.audit { $0.sets = [[.pair]] }.run(
      target: FakeAudit.subjects(.nothing).target.audited,
      shadow: AuditSubject(shadow, images: images, captions: FakeAudit.captions(), groups: groups))[0]
    #expect(!findings.attacks.contains { $0.name.hasPrefix("calibrated") })
    #expect(findings.attacks.contains { $0.name == "CSA" })
    let notes = findings.notes.filter { $0.hasPrefix("calibrated ") && $0.contains("is left out") }
    #expect(notes.count == 4)
    #expect(notes.allSatisfy { $0.contains(images.name(of: split.target.members[0])) })
  }

  @Test("A group without inputs is an error before any question")
  func emptyGroup() throws {
    let subjects = try FakeAudit.subjects(.nothing)
    func without(_ subject: FakeAudit.Subject, _ membership: Membership) throws -> AuditSubject {
      var groups = subject.audited.groups
      groups[membership] = []
      return try AuditSubject(
        subject.encoder, images: try #require(subject.audited.images), captions: subject.audited.captions,
        groups: groups)
    }
    let audit = try FakeAudit.audit()
    for membership in Membership.allCases {
      #expect(throws: ClassifierError.emptyGroup("\(membership)s")) {
        try audit.run(
          target: subjects.target.audited, shadow: without(subjects.shadow, membership))
      }
      let error = #expect(throws: EvaluationError.self) {
        try audit.run(target: without(subjects.target, membership), shadow: subjects.shadow.audited)
      }
      #expect(error?.description.contains("scores of \(membership)s") == true)
    }
    #expect(subjects.target.encoder.count == QuestionCount())
  }

  @Test("Sets that the auditor cannot make and wrong variants are errors")
  func badInput() throws {
    let subjects = try FakeAudit.subjects(.nothing)
    #expect(throws: AttackError.noFeatureSet(.imageOnly)) { try run(subjects) { $0.knowledge = .imageOnly } }
    let audit = try Audit(FakeAudit.configuration { $0.sets = [[.textText]] }) { _, captions, _ in
      captions.map { _ in ["one"] }
    }
    #expect(throws: AttackError.variantCount(expected: 4, found: 1)) {
      try audit.run(target: subjects.target.audited, shadow: subjects.shadow.audited)
    }
  }

  @Test("A configuration out of range is refused before an audit is made")
  func outOfRange() {
    let error = #expect(throws: InvalidSetting.self) { try Audit(AttackConfiguration(views: 1)) }
    #expect(error?.path == "views")
  }
}
