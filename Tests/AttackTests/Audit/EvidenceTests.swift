import Data
import Encoders
import Kernels
import Testing

@testable import Attack

@Suite(.serialized) struct EvidenceTests {
  private struct Broken: Error {}

  /// All needs of all attacks and controls at some levels of knowledge.
  private func needs(_ cases: [AuditCase]) -> [Need] {
    cases.flatMap { audit in
      AttackTable.entries(sets: AttackConfiguration.standardSets)
        .filter { $0.obstacle(in: audit) == nil }.flatMap { $0.needs(in: audit) }
        + ControlTable.entries(
          sets: AttackConfiguration.standardSets.filter { audit.obstacle(to: $0) == nil }
        )
        .filter { $0.obstacle(in: audit) == nil }.flatMap { $0.needs(in: audit) }
    }
  }

  /// Expects that an encoder was asked about each of some inputs by so many pictures and captions, and about
  /// no caption twice.
  private func expectOnce(
    _ encoder: FakeEncoder, inputs: [Int], pictures: Int, captions: Int,
    location: SourceLocation = #_sourceLocation
  ) {
    #expect(encoder.captions.values.allSatisfy { $0 == 1 }, sourceLocation: location)
    let expected = Dictionary(uniqueKeysWithValues: inputs.map { ($0, pictures) })
    #expect(encoder.pictureRows == expected, sourceLocation: location)
    #expect(encoder.captionRows == expected.mapValues { _ in captions }, sourceLocation: location)
  }

  @Test(
    "An audit of all sets at all levels asks each encoder about each picture n + 1 times and about each caption m + 1 times, and nothing twice"
  )
  func once() throws {
    let subjects = try FakeAudit.subjects(.nothing)
    let findings = try FakeAudit.findings(subjects, levels: CaptionKnowledge.allCases) {
      ($0.views, $0.variants, $0.classifiers.vector.epochs, $0.classifiers.set.epochs) = (3, 2, 1, 1)
    }
    #expect(findings.count == 5)
    // The target answers about the shadow's inputs too, as known nonmembers and in the shadow's place, and the shadow
    // about the target's, since it calibrates. Three captions of each input are held: exact, another, a template's.
    let inputs = try FakeAudit.split()
    let (target, shadow) = (inputs.target.pooled, inputs.shadow.pooled)
    for subject in [subjects.target, subjects.shadow] {
      expectOnce(subject.encoder, inputs: target + shadow, pictures: 3 + 1, captions: 3 * (2 + 1))
      #expect(subject.encoder.largestBatch == 32 * 3)
    }
    // Untrained encoders answer about their own side alone.
    #expect(subjects.target.encoder.twins.count == 1 && subjects.shadow.encoder.twins.count == 1)
    for twin in subjects.target.encoder.twins {
      expectOnce(twin, inputs: target, pictures: 3 + 1, captions: 3 * (2 + 1))
    }
    for twin in subjects.shadow.encoder.twins {
      expectOnce(twin, inputs: shadow, pictures: 3 + 1, captions: 3 * (2 + 1))
    }
  }

  @Test("The ledger counts what the encoders were asked")
  func ledger() throws {
    let subjects = try FakeAudit.subjects(.nothing)
    let (fresh, other) = (
      FakeEncoder(.nothing, members: [], seed: 8), FakeEncoder(.nothing, members: [], seed: 9)
    )
    let evidence = FakeAudit.evidence(
      subjects, others: [.untrainedTarget: fresh, .untrainedShadow: other])
    let cases = CaptionKnowledge.allCases.map { FakeAudit.audited(evidence, $0, subjects) }
    try evidence.prepare(needs(cases))
    let encoders: [EncoderRole: FakeEncoder] = [
      .target: subjects.target.encoder, .shadow: subjects.shadow.encoder, .untrainedTarget: fresh,
      .untrainedShadow: other,
    ]
    #expect(evidence.ledger == encoders.mapValues(\.count))
    // Nine patches of its own side's pictures.
    let own = 2 * FakeAudit.each
    #expect(evidence.ledger[.target]?.pictures == FakeAudit.count * (4 + 1) + own * 9)
    #expect(evidence.ledger[.target]?.captions == FakeAudit.count * 3 * (4 + 1))
    #expect(evidence.ledger[.untrainedShadow]?.pictures == own * (4 + 1))
  }

  @Test("What attacks and controls announce is all that they ask: running them asks nothing more")
  func announced() throws {
    let subjects = try FakeAudit.subjects(.pairing)
    let twins: [EncoderRole: any AuditedEncoder] = [
      .untrainedTarget: FakeEncoder(.nothing, members: [], seed: 8),
      .untrainedShadow: FakeEncoder(.nothing, members: [], seed: 9),
    ]
    func quick(_ configuration: inout AttackConfiguration) {
      (configuration.classifiers.vector.epochs, configuration.classifiers.set.epochs) = (1, 1)
    }
    let evidence = FakeAudit.evidence(subjects, others: twins, quick)
    for level in CaptionKnowledge.allCases {
      let audit = FakeAudit.audited(evidence, level, subjects, quick)
      try evidence.prepare(needs([audit]))
      let before = evidence.ledger
      var findings: [Finding] = []
      for attack in AttackTable.entries(sets: AttackConfiguration.standardSets)
      where attack.obstacle(in: audit) == nil {
        findings.append(
          Finding(
            name: attack.name, attack: attack.name, sets: attack.sets, knowledge: level,
            outcome: try attack.run(audit)))
      }
      let sets = AttackConfiguration.standardSets.filter { audit.obstacle(to: $0) == nil }
      for control in ControlTable.entries(sets: sets) where control.obstacle(in: audit) == nil {
        _ = try control.run(audit, attacks: findings)
      }
      #expect(evidence.ledger == before, "\(level)")
    }
  }

  @Test("An encoder in two roles answers once for both, and is counted in the role that asked")
  func sharedRoles() throws {
    let subjects = try FakeAudit.subjects(.nothing)
    let evidence = FakeAudit.evidence(subjects, others: [.reference(0): subjects.shadow.encoder])
    let extract = Extract.similarities(.imageText, CaptionUse(.exact))
    try evidence.prepare([
      Need(extract, of: .target, by: .shadow), Need(extract, of: .target, by: .reference(0)),
      Need(.picture(.embedding), of: .target, by: .reference(0)),
    ])
    expectOnce(
      subjects.shadow.encoder, inputs: subjects.target.audited.groups.pooled, pictures: 4 + 1, captions: 4)
    #expect(evidence.ledger[.shadow] == subjects.shadow.encoder.count)
    #expect(evidence.ledger[.reference(0)] == nil)
    let answers = try [EncoderRole.shadow, .reference(0)].map {
      try evidence.groups(Need(extract, of: .target, by: $0)).map(\.values)
    }
    #expect(answers[0] == answers[1])
  }

  @Test("A shadow that is named as reference is asked no more than one that is not")
  func shadowAsReference() throws {
    func counts(_ isNamed: Bool) throws -> [QuestionCount] {
      let subjects = try FakeAudit.subjects(.nothing)
      let reference = AuditReference(
        subjects.shadow.encoder, seen: subjects.shadow.audited.memberPictures)
      let findings = try FakeAudit.findings(subjects, references: isNamed ? [reference] : []) {
        ($0.sets, $0.controls) = ([[.pair], [.imageText]], [])
      }
      #expect(findings[0].attacks.contains { $0.name == "calibrated CSA" })
      return [subjects.target.encoder.count, subjects.shadow.encoder.count]
    }
    #expect(try counts(true) == counts(false))
  }

  @Test("A picture that comes with several captions is asked about once among them")
  func severalCaptions() throws {
    let encoder = FakeEncoder(.nothing, members: [], seed: 1)
    let images = try FakeAudit.images()
    let pairs = [4, 9, 4, 5, 9, 4].enumerated().map { ($1, "item \($1) word\($0)") }
    let population = Population(images, pairs.map(\.0), captions: [.exact: pairs.map(\.1)])
    let features = try FakeAudit.audit().features([.imageText, .pair], of: population, by: encoder)
    #expect(encoder.pictureRows == [4: 4 + 1, 5: 4 + 1, 9: 4 + 1])
    #expect(encoder.captionRows == [4: 3 * (4 + 1), 5: 4 + 1, 9: 2 * (4 + 1)])
    #expect(Set(features.rows).count == 6)
  }

  /// Forty pictures again and again, each time with another caption: more inputs than are asked about at once.
  private func many(_ count: Int) throws -> Population {
    Population(
      try FakeAudit.images(), (0..<count).map { $0 % 40 },
      captions: [.exact: (0..<count).map { "item \($0 % 40) word\($0)" }])
  }

  @Test("A pair's features do not depend on its place, on its company, or on where parts end")
  func company() throws {
    let encoder = FakeEncoder(.pairing, members: [2, 3], seed: 1)
    let audit = try FakeAudit.audit()
    let whole = try many(530)
    var done: [AuditEvent] = []
    let all = try audit.features(FeatureSet.allCases, of: whole, by: encoder) {
      if case .asked = $0 { done.append($0) }
    }
    #expect(
      done
        == (Array(stride(from: 64, through: 512, by: 64)) + [530]).map {
          AuditEvent.asked(.target, .target, .member, done: $0, of: 530)
        })
    let places = [529, 2, 511, 512, 40]
    let images = try FakeAudit.images()
    let texts = try #require(whole.captions[.exact])
    let some = Population(
      images, places.map { whole.indices[$0] }, captions: [.exact: places.map { texts[$0] }])
    #expect(
      try audit.features(FeatureSet.allCases, of: some, by: encoder).rows == places.map { all.rows[$0] })
    // The same pictures in another data set, at other places.
    let moved = Population(
      images.subset(places.map { whole.indices[$0] }.reversed()), Array((0..<places.count).reversed()),
      captions: [.exact: places.map { texts[$0] }])
    #expect(
      try audit.features(FeatureSet.allCases, of: moved, by: encoder).rows == places.map { all.rows[$0] })
  }

  @Test("Another seed asks about other views and other variants")
  func seeds() throws {
    func rows(_ seed: UInt64, _ set: FeatureSet) throws -> [[Float]] {
      try FakeAudit.audit { $0.seed = seed }.features(
        [set], of: many(3), by: FakeEncoder(.nothing, members: [], seed: 1)
      ).rows
    }
    for set in [FeatureSet.imageImage, .textText] {
      #expect(try rows(5, set) == rows(5, set))
      #expect(try rows(5, set) != rows(6, set))
    }
    #expect(try rows(5, .pair) == rows(6, .pair))
  }

  @Test("An encoder that failed once is asked again about what it did not answer")
  func again() throws {
    let subjects = try FakeAudit.subjects(.nothing)
    let evidence = FakeAudit.evidence(subjects)
    // The nonmembers' first batch fails.
    let each = (FakeAudit.each + 31) / 32
    var batches = 0
    subjects.target.encoder.tampering = { _, answers in
      batches += 1
      if batches == each + 1 { throw Broken() }
      return answers
    }
    let need = Need(.picture(.embedding), of: .target, by: .target)
    #expect(throws: Broken.self) { try evidence.groups(need) }
    let found = try evidence.groups(need)
    #expect(found.members.shape == [FakeAudit.each, FakeEncoder.embeddingWidth])
    #expect(found.nonmembers.shape == [FakeAudit.each, FakeEncoder.embeddingWidth])
    #expect(batches == 2 * each + 1)
  }

  @Test("Of many views fewer inputs are embedded at once, and of the usual number as many as ever")
  func chunks() {
    #expect(Evidence.chunk(of: [.plain, .varied(10), .patches]) == 32)
    #expect(Evidence.chunk(of: [.varied(32)]) == 32)
    for views in [33, 100, 1000] { #expect(Evidence.chunk(of: [.varied(views)]) * views <= 1056) }
    #expect(Evidence.chunk(of: [.varied(5000)]) == 1)
  }

}
