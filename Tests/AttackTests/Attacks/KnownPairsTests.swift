import Data
import Kernels
import TestSupport
import Testing

@testable import Attack

/// The gradient statistic and RMIA: attacks that compare pairs of embeddings with known nonmembers.
@Suite(.serialized) struct KnownPairsTests {
  private static let pairs = ["gradient statistic (pair)", "RMIA (pair)"]
  private static let views = ["gradient statistic (image-image)", "RMIA (image-image)"]

  private func findings(_ leak: FakeEncoder.Leak, _ names: [String], ratio: Double = KnownNonmembers().ratio)
    throws -> AuditFindings
  {
    try FakeAudit.findings(FakeAudit.subjects(leak)) {
      ($0.attacks, $0.controls, $0.sets) = (names, [], [[.pair]])
      $0.knownNonmembers.ratio = ratio
    }[0]
  }

  @Test("where no likelihood exceeds another by RMIA's factor all scores are one, and that is said")
  func factor() throws {
    let found = try findings(.image, ["RMIA (image-image)"], ratio: 1e6)
    #expect(Set(found.attacks[0].scores.groups.pooled) == [0])
    #expect(found.notes.contains { $0.contains("all inputs have one score") }, "\(found.notes)")
  }

  @Test(
    "remembered pairs show in pairs, remembered images in views, and nothing shows where nothing is remembered"
  )
  func leaks() throws {
    for (leak, found, chance) in [
      (FakeEncoder.Leak.pairing, KnownPairsTests.pairs, KnownPairsTests.views),
      (.image, KnownPairsTests.views, []), (.nothing, [], KnownPairsTests.pairs + KnownPairsTests.views),
    ] {
      let findings = try findings(leak, found + chance)
      for name in found {
        let auc = try findings.attack(name).metrics.auc
        // Twenty nonmembers leave RMIA twenty-one scores.
        #expect(auc.isAbove(name.hasPrefix("RMIA") ? 0.8 : 0.9), "\(leak), \(name): \(auc)")
      }
      for name in chance {
        let auc = try findings.attack(name).metrics.auc
        #expect(auc.covers(0.5), "\(leak), \(name): \(auc)")
      }
      // The encoder does not tell its temperature, so one is tried and said.
      #expect(findings.notes.count == findings.attacks.count)
      #expect(findings.notes.allSatisfy { $0.contains("cosines are multiplied by ") }, "\(findings.notes)")
    }
  }

  @Test("an input's score does not depend on its company")
  func company() throws {
    let subjects = try FakeAudit.subjects(.pairing)
    let audit = FakeAudit.audited(FakeAudit.evidence(subjects), .exact, subjects)
    let known = KnownPairs(kind: .pair)
    let parts = try #require(known.parts(audit))
    let others = try known.pairs(audit, of: .shadow, by: .target).nonmembers
    let pairs = try known.pairs(audit, of: .target, by: .target).members
    let statistic = GradientStatistic(others, parts, scale: 5)
    let (whole, some) = (statistic.scores(pairs), statistic.scores(pairs.part([7, 3])))
    #expect(largestDifference([whole[7], whole[3]], some) < 1e-4)
  }

  @Test("bank, comparison and threshold share no nonmember, and one seed divides them always alike")
  func parts() throws {
    let settings = KnownNonmembers(bank: 0.5, mostInBank: 20, held: 0.2)
    let parts = try #require(settings.parts(of: 100, seed: 3))
    #expect([parts.bank, parts.held, parts.judged].map(\.count) == [20, 20, 60])
    #expect((parts.bank + parts.held + parts.judged).sorted() == Array(0..<100))
    #expect(settings.parts(of: 100, seed: 3)?.bank == parts.bank)
    #expect(settings.parts(of: 100, seed: 4)?.bank != parts.bank)
    #expect(KnownNonmembers().parts(of: 5, seed: 3) == nil)
  }

  @Test("too few known nonmembers, and captions without an encoder of them, are named as the reason")
  func leftOut() throws {
    let findings = try FakeAudit.findings(FakeAudit.subjects(.nothing, target: [.image], captions: nil)) {
      ($0.attacks, $0.controls) = (KnownPairsTests.pairs + KnownPairsTests.views, [])
      $0.knownNonmembers.held = 0.01
    }[0]
    #expect(findings.attacks.isEmpty && findings.notes.count == 2)
    #expect(findings.notes.count { $0.contains("text encoder") } == 1, "\(findings.notes)")
    #expect(
      findings.notes.count { $0.contains("the shadow has \(FakeAudit.each) in all") } == 1,
      "\(findings.notes)")
  }

  @Test("the target's own temperature is taken in the space of its loss")
  func temperature() throws {
    let subjects = try FakeAudit.subjects(.image)
    for subject in [subjects.target, subjects.shadow] { subject.encoder.facts.temperature = 0.25 }
    let own = try FakeAudit.findings(subjects) {
      ($0.attacks, $0.controls, $0.layer) = (KnownPairsTests.views, [], .projection)
      $0.knownNonmembers.ratio = 1
    }[0]
    #expect(own.notes.isEmpty)
    let tried = try FakeAudit.findings(FakeAudit.subjects(.image)) {
      ($0.attacks, $0.controls) = (KnownPairsTests.views, [])
      $0.knownNonmembers.ratio = 1
      ($0.layer, $0.knownNonmembers.logitScales) = (.projection, [4])
    }[0]
    #expect(own.attacks.map(\.scores) == tried.attacks.map(\.scores))
  }

  @Test("losses, gradients, likelihoods and scores equal those by automatic differentiation")
  func golden() throws {
    let golden = try Golden("attacks")
    func pairs(_ name: String) throws -> EmbeddingPairs {
      EmbeddingPairs(
        try golden.tensor("contrast/\(name)/first"), try golden.tensor("contrast/\(name)/second"))
    }
    let (bank, held, asked) = (try pairs("bank"), try pairs("held"), try pairs("asked"))
    let contrast = PairContrast(asked, bank: bank, scale: 10)
    for (name, values) in [
      ("losses64", contrast.losses), ("gradientNorms64", contrast.gradientNorms),
      ("likelihoods64", contrast.likelihoods),
    ] {
      let expected = try golden.values("contrast/\(name)")
      #expect(largestDifference(values.map { Float($0) }, expected) < 2e-5, "\(name)")
    }
    let known = EmbeddingPairs(
      Tensor.stacked([bank.first, held.first]), Tensor.stacked([bank.second, held.second]))
    let statistic = GradientStatistic(
      known, KnownNonmembers.Parts(bank: Array(0..<5), held: Array(5..<11), judged: []), scale: 10)
    #expect(largestDifference(statistic.scores(asked), try golden.values("contrast/scores64")) < 1e-4)
  }

  @Test("RMIA's ratios and shares equal their definition")
  func relative() throws {
    let golden = try Golden("attacks")
    func values(_ name: String) throws -> [Double] { try golden.values("rmia/\(name)").map(Double.init) }
    func references(_ name: String, count: Int, _ saw: [Bool]) throws -> [(
      likelihoods: [Double], saw: [Bool]
    )] {
      let found = try values(name)
      return stride(from: 0, to: found.count, by: count).map {
        (Array(found[$0..<($0 + count)]), Array(saw[$0..<($0 + count)]))
      }
    }
    let saw = try golden.integers("rmia/saw").map { $0 == 1 }
    let ratios = RelativeLikelihood.ratios(
      try values("own"), references: try references("references", count: 8, saw), offset: 0.3)
    #expect(largestDifference(ratios.map { Float($0) }, try golden.values("rmia/ratios64")) < 1e-6)
    let known = RelativeLikelihood.ratios(
      try values("known"),
      references: try references("knownReferences", count: 6, [Bool](repeating: false, count: 18)),
      offset: 0.3)
    for (name, factor) in [("2", 2.0), ("1.2", 1.2)] {
      let found = RelativeLikelihood.scores(ratios, above: known, by: factor)
      #expect(largestDifference(found, try golden.values("rmia/scores\(name)")) < 1e-6)
    }
  }
}
