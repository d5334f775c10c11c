import Data
import Kernels
import Networks
import Testing

@testable import Attack

@Suite(.serialized) struct WeaklySupervisedAttackTests {
  @Test("members are guessed where the cosine is at least the known nonmembers' mean and 1.5 deviations")
  func pseudoMembers() {
    // Mean 0.2 and deviation 0.1: the cut is at 0.35.
    let chosen = WeaklySupervisedAttack.pseudoMembers(
      cosines: [0.34, 0.36, 0.1, 0.9], known: [0.1, 0.3], deviations: 1.5)
    #expect(chosen == [1, 3])
  }

  @Test("its classifier learns from few guessed members and many nonmembers, the same for one seed")
  func classifier() throws {
    func rows(_ count: Int, _ mean: Float, _ name: String) -> Tensor {
      var stream = RandomStream(seed: 1, name: name)
      return Tensor((0..<(count * 8)).map { _ in mean + 0.3 * stream.normal() }, shape: [count, 8])
    }
    func classifier(_ seed: UInt64) throws -> WeakClassifier {
      try WeakClassifier(
        members: rows(10, 0.5, "a"), nonmembers: rows(100, -0.5, "b"),
        settings: WeakSupervision(hiddenWidths: [32, 16]), stream: RandomStream(seed: seed, name: "weak"))
    }
    let found = try classifier(1)
    #expect(found.scores(rows(20, 0.5, "c")).allSatisfy { $0 > 0 })
    #expect(found.scores(rows(20, -0.5, "d")).allSatisfy { $0 < 0 })
    let again = try classifier(1).scores(rows(5, 0.1, "e"))
    #expect(again == found.scores(rows(5, 0.1, "e")))
    #expect(try classifier(2).scores(rows(5, 0.1, "e")) != again)
  }

  @Test("members whose embeddings lean to one side are found, with no label of the target")
  func leaning() throws {
    let findings = try FakeAudit.findings(FakeAudit.subjects(.leaning)) {
      ($0.sets, $0.attacks, $0.controls) = ([[.pair]], ["WSA"], [])
    }[0]
    let auc = try findings.attack("WSA").metrics.auc
    #expect(auc.value > 0.95, "\(auc)")
  }

  @Test("where too few inputs look like members it is left out with a note, and the others are made")
  func leftOut() throws {
    let findings = try FakeAudit.findings(FakeAudit.subjects(.nothing)) {
      ($0.sets, $0.attacks, $0.controls) = ([[.pair]], ["WSA", "CSA"], [])
      $0.weakSupervision.deviations = 20
    }[0]
    #expect(findings.attacks.map(\.name) == ["CSA"])
    let error = AttackError.tooFewPseudoMembers(found: 0, needed: WeaklySupervisedAttack.fewest)
    #expect(findings.notes == ["WSA is left out: \(error.description)"])
  }

  @Test("it asks the target alone, and not the shadow")
  func asksTarget() throws {
    let subjects = try FakeAudit.subjects(.pairing)
    let findings = try FakeAudit.findings(subjects) {
      ($0.sets, $0.attacks, $0.controls) = ([[.pair]], ["WSA"], [])
    }[0]
    #expect(findings.attacks.map(\.name) == ["WSA"] && findings.attacks[0].shadowScores == nil)
    #expect(subjects.shadow.encoder.count == QuestionCount())
    #expect(subjects.target.encoder.count.pictures == 4 * FakeAudit.each)
  }
}
