import Data
import Files
import Testing
import Text

@testable import Attack

@Suite struct PairInputsTests {
  /// What an attack on the target's groups sees of them.
  private func observed(
    _ attack: PairAttack, _ audited: AuditedPair, _ knowledge: CaptionKnowledge
  ) throws -> MembershipGroups<MembershipFeatures> {
    let audit = PairAudit(
      queries: PairQueries(configuration: attack.configuration, captionViews: attack.captionViews),
      target: audited, shadow: audited, calibrating: [])
    return try audit.evidence(knowledge, captions: audit.captions(knowledge)).target.map(\.features)
  }

  @Test("Inputs asked about by themselves get the features that the attack saw, set by set")
  func same() throws {
    let (target, _) = try FakePairs.audited(.pairing)
    let attack = try FakePairs.attack()
    let observed = try observed(attack, target, .exact)
    let members = target.groups.members
    let pairs = PairInputs.pairs(target.images, members.map { ($0, target.captions[$0][0]) })
    for sets in PairAttackConfiguration.standardSets {
      var inputs = pairs
      if sets == [.imageImage] { inputs = .images(target.images, members) }
      if sets == [.textText] { inputs = .captions(members.map { target.captions[$0][0] }) }
      let found = try attack.features(sets, of: inputs, by: target.encoder)
      let expected = try #require(observed.members.selecting(sets: sets))
      #expect(found.configuration == expected.configuration, "\(sets)")
      #expect(found.rows == expected.rows, "\(sets)")
      #expect(try attack.features(sets, of: inputs, by: target.encoder, part: 7).rows == found.rows)
    }
  }

  @Test("With another layer for image-image and text-text features the others stay as they are")
  func layers() throws {
    let (target, _) = try FakePairs.audited(.norm)
    let attack = try FakePairs.attack { $0.layer = .embedding }
    let observed = try observed(attack, target, .exact).members
    let members = target.groups.members
    let pairs = PairInputs.pairs(target.images, members.map { ($0, target.captions[$0][0]) })
    for sets in [[FeatureSet.imageText], [.pair], [.imageText, .pair], [.pair, .imageImage]] {
      var done: [Int] = []
      let found = try attack.features(sets, of: pairs, by: target.encoder, part: 30) { done.append($0) }
      #expect(found.rows == observed.selecting(sets: sets)?.rows, "\(sets)")
      #expect(done == [30, 40])
    }
  }

  @Test("Each caption of an image is an input of its own, in the order asked")
  func severalCaptions() throws {
    let (target, _) = try FakePairs.audited(.wording)
    let attack = try FakePairs.attack()
    func rows(_ pairs: [(image: Int, caption: String)]) throws -> [[Float]] {
      try attack.features([.imageText, .pair], of: .pairs(target.images, pairs), by: target.encoder).rows
    }
    let pairs = [5, 9].flatMap { image in target.captions[image].map { (image: image, caption: $0) } }
    let whole = try rows(pairs)
    #expect(whole.count == 4 && Set(whole).count == 4)
    #expect(try rows([pairs[3], pairs[0]]) == [whole[3], whole[0]])
  }

  @Test("No inputs have no features")
  func none() throws {
    let (target, _) = try FakePairs.audited(.nothing)
    let attack = try FakePairs.attack()
    #expect(try attack.features([.textText], of: .captions([]), by: target.encoder).count == 0)
  }

  @Test("Without a source of variants the configuration's own variants are asked about")
  func variants() throws {
    let (target, _) = try FakePairs.audited(.nothing)
    func rows(_ variants: CaptionVariants) throws -> [[Float]] {
      var configuration = PairAttackConfiguration(views: 2, variants: 4)
      configuration.captionVariants = variants
      return try PairAttack(configuration)
        .features([.textText], of: .captions(["item 3 alpha beta gamma"]), by: target.encoder).rows
    }
    // Equal variants have equal embeddings.
    #expect(try rows(.none)[0].allSatisfy { $0 > 0.999 })
    #expect(try rows(.standard)[0].contains { $0 < 0.999 })
  }
}
