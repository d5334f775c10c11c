import Data
import TestSupport
import Testing

@testable import Attack

@Suite struct QueryPointTests {
  private func found(views: Int) throws -> AuditFindings {
    try FakeAudit.findings(FakeAudit.subjects(.image, target: [.image], shadow: [.image], captions: nil)) {
      $0.views = views
      $0.attacks = ["EncoderMI-T"]
      $0.controls = []
    }[0]
  }

  @Test("The first views of many give what an audit with so few views finds, and all give the attack itself")
  func prefixes() throws {
    let many = try found(views: 5)
    #expect(many.byQueries.map(\.queries) == [2, 3, 4, 5])
    #expect(many.questions[.target]?.pictures == 5 * 2 * FakeAudit.each)
    for point in many.byQueries {
      let few = try found(views: point.queries).attacks[0].metrics
      #expect(point.attack == "EncoderMI-T")
      #expect(
        abs(point.auc.value - few.auc.value) < 2e-4 && abs(point.accuracy.value - few.accuracy.value) < 0.02)
    }
  }

  @Test("Captions have points by variants, pairs none of their own, and without a shadow there are some too")
  func sets() throws {
    let both = try FakeAudit.findings(FakeAudit.subjects(.pairing))[0]
    #expect(
      Set(both.byQueries.map(\.attack)) == ["EncoderMI-T (image-image)", "EncoderMI-T (text-text)"])
    #expect(both.byQueries.count == 6)
    let subject = try FakeAudit.subjects(.image, target: [.image]).target
    let split = try FakeAudit.split().target
    let alone = try FakeAudit.audit().run(
      withoutShadow: split.map { Population(try FakeAudit.images(), $0) }, target: subject.encoder)
    #expect(alone.byQueries.map(\.queries) == [2, 3, 4])
    let last = try #require(alone.byQueries.last)
    #expect(abs(last.auc.value - alone.attacks[0].metrics.auc.value) < 1e-3)
  }
}
