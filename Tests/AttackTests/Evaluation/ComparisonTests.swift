import Data
import Testing

@testable import Attack

@Suite struct ComparisonTests {
  private let origin = Comparison.Origin(
    imageEncoder: "resnet18-64 at 32 px", textEncoder: "text-64x2", dataFingerprint: "abc", versions: [:])

  /// Metrics with about the area asked for: of a hundred members so many lie above all nonmembers, the rest below.
  private func metrics(_ area: Double) throws -> AttackMetrics {
    let above = Int((100 * area).rounded())
    let members = (0..<100).map { $0 < above ? 2.0 + Double($0) : -Double($0) - 2 }
    let scores = try MembershipScores(
      MembershipGroups(members: members, nonmembers: (0..<100).map { Double($0) / 100 }), threshold: 1)
    return AttackMetrics(name: "x", scores: scores)
  }

  private func finding(
    _ algorithm: String, _ sets: [FeatureSet], _ attack: String, _ area: Double,
    role: Comparison.Role = .attack
  ) throws -> Comparison.Finding {
    Comparison.Finding(
      algorithm: algorithm, sets: sets, attack: attack, role: role, metrics: try metrics(area)
    )
  }

  /// Three seeds of a comparison: areas by seed.
  private func comparison(simclr: [Double], clip: [Double], pair: [Double], blind: Double = 0.5) throws
    -> Comparison
  {
    let trials = try simclr.indices.map { seed in
      Comparison.Trial(
        seed: UInt64(seed),
        findings: [
          try finding("moco", [.imageImage], "EncoderMI-V", 0.51),
          try finding("simclr", [.imageImage], "EncoderMI-V", simclr[seed]),
          try finding("clip", [.imageImage], "EncoderMI-V", clip[seed]),
          try finding("clip", [.pair], "CSA", pair[seed]),
          try finding("clip", [], "blind", blind + 0.01 * Double(seed), role: .groupControl),
        ],
        utilities: [("clip", "recall@10", 0.1), ("moco", "kNN accuracy", 0.5)].map {
          Comparison.Utility(
            algorithm: $0, measured: EncoderRecord.Utility(measure: $1, value: $2 + 0.125 * Double(seed)))
        }, notes: ["clip: seed \(seed / 2)"])
    }
    return Comparison(trials, epochs: 10, members: 100, batch: 5, origin: origin)
  }

  @Test("Rows are means over the seeds, in the order of the findings")
  func rows() throws {
    let comparison = try comparison(simclr: [0.6, 0.7, 0.8], clip: [0.5, 0.5, 0.5], pair: [0.9, 0.9, 0.9])
    #expect(comparison.rows.map(\.algorithm) == ["moco", "simclr", "clip", "clip", "clip"])
    #expect(abs(comparison.rows[1].auc.summary.mean - 0.7) < 1e-9)
    #expect(comparison.seeds == [0, 1, 2])
    #expect(comparison.utilities.map(\.algorithm) == ["clip", "moco"])
    #expect(comparison.utilities[0].value.values == [0.1, 0.225, 0.35])
    #expect(comparison.utilities[1].measure == "kNN accuracy")
    #expect(comparison.notes == ["clip: seed 0", "clip: seed 1"])
  }

  @Test("A difference that every seed shows is called one")
  func clearDifference() throws {
    let text = try comparison(
      simclr: [0.70, 0.71, 0.72], clip: [0.60, 0.61, 0.63], pair: [0.97, 0.98, 0.98]
    )
    .conclusion
    #expect(text.contains("training with captions leaked less"))
    #expect(text.contains("who holds both learns more from it"))
    #expect(!text.contains("cannot tell"))
  }

  @Test("A difference that the seeds do not agree on is called unclear")
  func unclearDifference() throws {
    let text = try comparison(simclr: [0.5, 0.8, 0.6], clip: [0.8, 0.5, 0.7], pair: [0.5, 0.9, 0.7])
      .conclusion
    #expect(text.contains("3 seeds cannot tell from no difference"))
    #expect(!text.contains("leaked more"))
    #expect(!text.contains("leaked less"))
  }

  @Test("One seed says nothing of others")
  func oneSeed() throws {
    let text = try comparison(simclr: [0.7], clip: [0.6], pair: [0.9]).conclusion
    #expect(text.contains("from one seed, which says nothing of others"))
  }

  @Test("A control that beats chance is named beside the conclusion")
  func controls() throws {
    let areas = (simclr: [0.7, 0.7, 0.7], clip: [0.6, 0.6, 0.6], pair: [0.9, 0.9, 0.9])
    let doubtful = try comparison(simclr: areas.simclr, clip: areas.clip, pair: areas.pair, blind: 0.7)
    #expect(doubtful.conclusion.contains("control blind on clip beat chance"))
    let sound = try comparison(simclr: areas.simclr, clip: areas.clip, pair: areas.pair, blind: 0.48)
    #expect(!sound.conclusion.contains("beat chance"))
  }

  @Test("What one seed lacks is left out of the table")
  func incomplete() throws {
    let full = Comparison.Trial(
      seed: 0,
      findings: [
        try finding("clip", [.pair], "CSA", 0.9), try finding("clip", [.imageImage], "EncoderMI-V", 0.6),
      ],
      utilities: [])
    let partial = Comparison.Trial(
      seed: 1, findings: [try finding("clip", [.pair], "CSA", 0.8)], utilities: [])
    let comparison = Comparison([full, partial], epochs: 1, members: 2, batch: 2, origin: origin)
    #expect(comparison.rows.map(\.attack) == ["CSA"])
  }
}
