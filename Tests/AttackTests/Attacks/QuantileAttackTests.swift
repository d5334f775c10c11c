import Foundation
import Networks
import Testing

@testable import Attack

@Suite(.serialized) struct QuantileAttackTests {
  private static let name = "quantile regression (image-image)"

  private func findings(_ leak: FakeEncoder.Leak, _ change: (inout AttackConfiguration) -> Void = { _ in })
    throws -> AuditFindings
  {
    try FakeAudit.findings(FakeAudit.subjects(leak, target: [.image], shadow: [.image], captions: nil)) {
      ($0.attacks, $0.controls, $0.sets) = (["EncoderMI-T", Self.name], [], [[.imageImage]])
      change(&$0)
    }[0]
  }

  @Test(
    "Members are found that a threshold for all inputs misses, since a picture shows how alike its views are")
  func visible() throws {
    let found = try findings(.redness)
    let areas = try ["EncoderMI-T", Self.name].map { try found.attack($0).metrics.auc }
    #expect(areas[0].value < 0.75 && areas[1].isAbove(0.75), "\(areas)")
    #expect(try found.attack(Self.name).metrics.balancedAccuracy.isAbove(0.6))
  }

  @Test("Where nothing leaks it is at chance")
  func chance() throws { expectChance([try findings(.nothing).attack(Self.name)]) }

  @Test("It asks of the shadow's inputs the shadow and the target alike, and scores the target's alone")
  func needs() throws {
    let subjects = try FakeAudit.subjects(.nothing, target: [.image], shadow: [.image], captions: nil)
    let audit = FakeAudit.audited(FakeAudit.evidence(subjects), .imageOnly, subjects)
    let needs = QuantileAttack(.imageImage).needs(in: audit)
    #expect(
      needs.map { [$0.group.rawValue, $0.role.name] } == [
        ["target", "target"], ["shadow", "shadow"], ["shadow", "target"],
      ])
    #expect(try findings(.nothing).attack(Self.name).shadowScores == nil)
  }

  @Test("Too few known nonmembers are the reason that is named")
  func few() throws {
    let found = try findings(.nothing) { $0.knownNonmembers.held = 0.01 }
    #expect(found.attacks.map(\.name) == ["EncoderMI-T"])
    #expect(
      found.notes.count == 1 && found.notes[0].contains("has \(FakeAudit.each) in all"), "\(found.notes)")
  }

  /// Inputs of a unit of their own each, and values with noise that grows with the first.
  private func examples(_ count: Int, seed: UInt64) -> (rows: [[Double]], values: [Double]) {
    var stream = RandomStream(seed: seed, name: "regression")
    let rows = (0..<count).map { _ in [100 * Double(stream.uniform()), Double(stream.normal()), 3] }
    let values = rows.map { row in
      2 + 0.05 * row[0] - row[1] + 0.1 * exp(0.02 * row[0]) * Double(stream.normal())
    }
    return (rows, values)
  }

  @Test("What is left of an example by all others is what a regression on these leaves")
  func leftOut() {
    // With scales of their own, and penalties in shares of their number, the others' fit differs by a share of 1 / 300.
    let (rows, values) = examples(300, seed: 1)
    let whole = RidgeRegression(rows, values)
    for left in [0, 17, 299] {
      let others = rows.indices.filter { $0 != left }
      let fitted = RidgeRegression(others.map { rows[$0] }, others.map { values[$0] })
      #expect(abs(values[left] - fitted(rows[left]) - whole.leftOut[left]) < 0.01)
    }
  }

  @Test(
    "Mean and deviation are those that the values were drawn with, and residuals of others have variance 1")
  func recovered() {
    let (rows, values) = examples(2000, seed: 2)
    let regression = GaussianRegression(rows, values)
    for (row, mean, deviation) in [([20.0, 1, 3], 2.0, 0.149), ([80.0, -1, 3], 7.0, 0.495)] {
      #expect(abs(regression.residual(mean, of: row)) < 0.2)
      let step = regression.residual(mean + deviation, of: row) - regression.residual(mean, of: row)
      #expect(abs(step - 1) < 0.15, "\(step)")
    }
    let (others, drawn) = examples(2000, seed: 3)
    let squares = zip(others, drawn).reduce(0) { $0 + pow(regression.residual($1.1, of: $1.0), 2) } / 2000
    #expect(abs(squares - 1) < 0.1, "\(squares)")
  }

  @Test("Inputs that tell nothing are not followed: more of them than examples leave the mean")
  func overfitting() {
    var stream = RandomStream(seed: 4, name: "noise")
    func row() -> [Double] { (0..<50).map { _ in Double(stream.normal()) } }
    let rows = (0..<40).map { _ in row() }
    let regression = RidgeRegression(rows, rows.map { _ in Double(stream.normal()) })
    let predictions = (0..<200).map { _ in regression(row()) }
    let deviation = (predictions.reduce(0) { $0 + $1 * $1 } / 200).squareRoot()
    #expect(deviation < 0.6, "\(deviation)")
  }
}
