import Data
import Testing

@testable import Attack

@Suite(.serialized) struct SwappedCaptionsTests {
  private func partners(of captions: [String], among others: [String]) -> [Int] {
    captions.indices.map { ExchangedCaptions.partner(of: $0, in: captions, among: others) }
  }

  @Test("each caption's partner is the next of another text, even where the other group is smaller")
  func partners() {
    #expect(partners(of: ["a", "b", "c"], among: ["a", "b", "c"]) == [1, 2, 0])
    #expect(partners(of: ["a", "a", "b"], among: ["a", "a", "b"]) == [2, 2, 0])
    #expect(partners(of: ["a", "b", "c", "d"], among: ["x", "y"]) == [1, 0, 1, 0])
  }

  @Test("captions that are all one text are swapped all the same")
  func allEqual() {
    #expect(partners(of: ["a", "a"], among: ["a", "a"]) == [1, 0])
    #expect(partners(of: ["a"], among: ["a"]) == [0])
  }

  @Test(
    "a finding says what was swapped, what it was compared with and who judged, and its name says the same")
  func findings() throws {
    let findings = try FakeAudit.findings(FakeAudit.subjects(.pairing)) {
      ($0.sets, $0.attacks, $0.controls) = (
        [[.imageText, .pair], [.textText], FeatureSet.allCases], ["EncoderMI-V", "EncoderMI-T", "CSA"],
        [.swapped, .blind]
      )
    }[0]
    let judges = ["EncoderMI-V (image-text + pair)", "EncoderMI-T (image-text + pair)"]
    let swaps = judges.flatMap { judge in
      SwappedCaptions.allCases.flatMap { captions in
        SwappedCaptions.Reference.allCases.map { Swap(captions: captions, reference: $0, judge: judge) }
      }
    }
    let swapped = findings.controls(.swapped)
    #expect(swapped.map(\.swap) == swaps)
    #expect(Set(swapped.map(\.name)).count == swaps.count)
    for finding in swapped {
      let swap = try #require(finding.swap)
      for part in ["swapped: \(swap.captions.name)", swap.reference.name, "(\(swap.judge))"] {
        #expect(finding.name.contains(part))
      }
    }
    // Nothing else is a swap.
    for finding in findings.attacks + findings.controls(.blind) { #expect(finding.swap == nil) }
  }

  @Test(
    "swapped pairs are judged by the attack's own classifier, at its threshold, beside nonmembers' true pairs"
  )
  func judged() throws {
    let subjects = try FakeAudit.subjects(.pairing)
    let audit = FakeAudit.audited(FakeAudit.evidence(subjects), .exact, subjects)
    let attack = InferenceAttack(.threshold, [.imageText])
    let finding = Finding(
      name: "T", attack: attack.name, sets: attack.sets, knowledge: .exact, outcome: try attack.run(audit))
    let controls = try SwappedCaptionsControl().run(audit, attacks: [finding])
    #expect(controls.count == 6)
    let exchanged = try audit.features(attack.sets, of: .target, exchanged: .nonmember)
    let classifier = try #require(finding.classifier)
    #expect(controls[0].scores.groups.members == (try classifier.scores(exchanged.members).map(Double.init)))
    #expect(controls[0].scores.groups.nonmembers == finding.scores.groups.nonmembers)
    #expect(
      controls[1].scores.groups.nonmembers == (try classifier.scores(exchanged.nonmembers).map(Double.init)))
    for control in controls { #expect(control.scores.threshold == finding.scores.threshold) }
  }
}
