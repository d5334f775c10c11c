import Data
import Encoders
import Testing
import Text

@testable import Attack

/// Features of inputs whose membership nobody knows.
@Suite(.serialized) struct AuditFeaturesTests {
  private func pairs(_ subject: FakeAudit.Subject) throws -> Population {
    let members = subject.audited.groups.members
    let captions = FakeAudit.captions()
    return Population(
      try FakeAudit.images(), members, captions: [.exact: members.map { captions[$0][0] }])
  }

  @Test("Inputs asked about by themselves get the features that the audit saw, set by set")
  func same() throws {
    let subjects = try FakeAudit.subjects(.pairing)
    let (encoder, evidence) = (subjects.target.encoder, FakeAudit.evidence(subjects))
    let observed = FakeAudit.audited(evidence, .exact, subjects)
    let pairs = try pairs(subjects.target)
    for sets in AttackConfiguration.standardSets + [[.imageText, .pair], [.pair, .imageImage]] {
      var inputs = pairs
      if sets == [.imageImage] { inputs = Population(try FakeAudit.images(), pairs.indices) }
      if sets == [.textText] { inputs = Population(captions: try #require(pairs.captions[.exact])) }
      let found = try FakeAudit.audit().features(sets, of: inputs, by: encoder)
      let expected = try observed.features(sets, of: .target).members
      #expect(found.configuration == expected.configuration, "\(sets)")
      #expect(found.rows == expected.rows, "\(sets)")
    }
  }

  @Test("Only what the sets are made of is asked")
  func asked() throws {
    func count(_ sets: [FeatureSet]) throws -> (Int, Int) {
      let subjects = try FakeAudit.subjects(.nothing)
      _ = try FakeAudit.audit { $0.variants = 3 }.features(
        sets, of: pairs(subjects.target), by: subjects.target.encoder)
      let found = subjects.target.encoder.count
      return (found.pictures / FakeAudit.each, found.captions / FakeAudit.each)
    }
    #expect(try count([.imageImage]) == (4, 0))
    #expect(try count([.textText]) == (0, 3))
    #expect(try count([.imageText]) == (4, 3))
    #expect(try count([.pair]) == (1, 1))
    #expect(try count(FeatureSet.allCases) == (5, 4))
  }

  @Test("Each caption of an image is an input of its own, in the order asked")
  func severalCaptions() throws {
    let target = try FakeAudit.subjects(.wording).target
    let (images, captions) = (try FakeAudit.images(), FakeAudit.captions())
    func rows(_ pairs: [(image: Int, caption: String)]) throws -> [[Float]] {
      try FakeAudit.audit().features(
        [.imageText, .pair],
        of: Population(images, pairs.map(\.image), captions: [.exact: pairs.map(\.caption)]),
        by: target.encoder
      ).rows
    }
    let pairs = [5, 9].flatMap { image in captions[image].map { (image: image, caption: $0) } }
    let whole = try rows(pairs)
    #expect(whole.count == 4 && Set(whole).count == 4)
    #expect(try rows([pairs[3], pairs[0]]) == [whole[3], whole[0]])
  }

  @Test("No inputs have no features, whatever they would have been")
  func none() throws {
    let target = try FakeAudit.subjects(.nothing).target
    let audit = try FakeAudit.audit()
    #expect(try audit.features([.textText], of: Population(captions: []), by: target.encoder).count == 0)
    let images = try FakeAudit.images()
    let pairs = Population(images, [], captions: [.exact: []])
    #expect(try audit.features(FeatureSet.allCases, of: pairs, by: target.encoder).count == 0)
    #expect(try audit.features([.imageImage], of: Population(images, []), by: target.encoder).count == 0)
    #expect(target.encoder.count == QuestionCount())
  }

  @Test("Without a source of variants the configuration's own variants are asked about")
  func variants() throws {
    let target = try FakeAudit.subjects(.nothing).target
    func rows(_ variants: CaptionVariants) throws -> [[Float]] {
      var configuration = AttackConfiguration(views: 2, variants: 4)
      configuration.captionVariants = variants
      return try Audit(configuration).features(
        [.textText], of: Population(captions: ["item 3 alpha beta gamma"]), by: target.encoder
      ).rows
    }
    // Equal variants have equal embeddings.
    #expect(try rows(.none)[0].allSatisfy { $0 > 0.999 })
    #expect(try rows(.standard)[0].contains { $0 < 0.999 })
  }

  @Test("An encoder of images that is asked about captions says so")
  func modality() throws {
    let target = try FakeAudit.subjects(.nothing, target: [.image]).target
    #expect(throws: AnswerError.modality(encoder: "fake 1", .text)) {
      try FakeAudit.audit().features([.pair], of: pairs(target), by: target.encoder)
    }
  }

  @Test(
    "Captions that are held in any way get the features of their text; inputs without what the sets need are refused",
    arguments: CaptionHolding.allCases)
  func holdings(_ holding: CaptionHolding) throws {
    let target = try FakeAudit.subjects(.wording).target
    let exact = try pairs(target)
    let texts = try #require(exact.captions[.exact])
    let other = Population(try FakeAudit.images(), exact.indices, captions: [holding: texts])
    let audit = try FakeAudit.audit()
    let sets: [FeatureSet] = [.imageText, .textText]
    #expect(
      try audit.features(sets, of: other, by: target.encoder).rows
        == audit.features(sets, of: exact, by: target.encoder).rows)
    let mute = Population(try FakeAudit.images(), exact.indices)
    #expect(
      throws: AttackError.noFeatures([.pair], reason: "it needs captions, and the auditor holds none")
    ) { try audit.features([.pair], of: mute, by: target.encoder) }
    #expect(
      throws: AttackError.noFeatures(
        [.imageImage], reason: "it needs images, and the auditor holds captions alone")
    ) { try audit.features([.imageImage], of: Population(captions: texts), by: target.encoder) }
  }

  @Test("Of captions held in several ways those that the configuration's auditor holds are asked about")
  func severalHoldings() throws {
    let target = try FakeAudit.subjects(.nothing).target
    let texts = ["item 3 alpha", "item 3 beta gamma"]
    let both = Population(
      try FakeAudit.images(), [3], captions: [.exact: [texts[0]], .other: [texts[1]]])
    for (knowledge, text) in [(CaptionKnowledge?.none, texts[0]), (.exact, texts[0]), (.other, texts[1])] {
      let audit = try FakeAudit.audit { $0.knowledge = knowledge }
      #expect(
        try audit.features([.textText], of: both, by: target.encoder).rows
          == audit.features([.textText], of: Population(captions: [text]), by: target.encoder).rows)
    }
  }
}
