import Testing

@testable import Attack

@Suite struct AuditCostTests {
  private struct Stop: Error {}

  @Test(
    "An audit that takes over a gibibyte says so, and how much, before anything is asked; another does not")
  func costly() throws {
    for (views, isCostly) in [(1_000, true), (10, false)] {
      let subjects = try FakeAudit.subjects(.image, target: [.image], shadow: [.image], captions: nil)
      var told: AuditEvent?
      #expect(throws: Stop.self) {
        _ = try FakeAudit.findings(
          subjects, { ($0.views, $0.attacks, $0.controls) = (views, ["EncoderMI-V"], []) },
          report: { event in
            told = event
            throw Stop()
          })
      }
      guard isCostly else {
        #expect(told.map { if case .costly = $0 { true } else { false } } == false)
        continue
      }
      let similarities = views * (views - 1) / 2
      // Similarities of both encoders' members and nonmembers, and four numbers for each weight of the first layer.
      let memory = 4 * similarities * (4 * FakeAudit.each + 4 * 256)
      #expect(told == .costly(memory: memory, similarities: similarities))
      #expect(subjects.target.encoder.count.total == 0 && subjects.shadow.encoder.count.total == 0)
    }
  }
}
