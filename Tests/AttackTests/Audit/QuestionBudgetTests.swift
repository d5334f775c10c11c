import Contrastive
import Data
import Encoders
import TestSupport
import Testing

@testable import Attack

@Suite struct QuestionBudgetTests {
  private func run(
    _ subjects: (target: FakeAudit.Subject, shadow: FakeAudit.Subject), _ budget: QuestionBudget,
    levels: [CaptionKnowledge]? = nil, keeping kept: EvidenceFolder? = nil,
    report: (AuditEvent) throws -> Void = { _ in }
  ) throws -> [AuditFindings] {
    try FakeAudit.audit().run(
      levels: levels, target: subjects.target.audited, shadow: subjects.shadow.audited, keeping: kept,
      within: budget, report: report)
  }

  @Test(
    "What is planned is what is asked: an audit runs within exactly that many questions, and not within one fewer"
  )
  func exact() throws {
    for levels in [[CaptionKnowledge.exact, .captionOnly], [.imageOnly], [.captionOnly]] {
      let free = QuestionBudget(1_000_000)
      _ = try run(FakeAudit.subjects(.pairing), free, levels: levels)
      let enough = try FakeAudit.subjects(.pairing)
      _ = try run(enough, QuestionBudget(free.spent), levels: levels)
      #expect(enough.target.encoder.count.total == free.spent)
      let short = try FakeAudit.subjects(.pairing)
      let error = #expect(throws: AttackError.self) {
        try run(short, QuestionBudget(free.spent - 1), levels: levels)
      }
      #expect(short.target.encoder.count.total == 0 && short.shadow.encoder.count.total == 0)
      guard case .tooManyQuestions(let limit, let planned, _) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(limit == free.spent - 1 && planned.total == free.spent)
    }
  }

  @Test("Where the plan does not fit, the largest number of views that does is named")
  func advice() throws {
    let subjects = try FakeAudit.subjects(.image, target: [.image], shadow: [.image], captions: nil)
    let inputs = 2 * FakeAudit.each
    let error = #expect(throws: AttackError.self) { try run(subjects, QuestionBudget(3 * inputs + 7)) }
    #expect(error?.description.contains("--views 3 fits, with \(3 * inputs) questions") == true)
    let none = #expect(throws: AttackError.self) { try run(subjects, QuestionBudget(inputs)) }
    #expect(none?.description.contains("about \(inputs / 4) inputs") == true, "\(none?.description ?? "")")
  }

  private struct Stop: Error {}

  @Test("An audit that goes on does not count what it holds, so that both parts together keep one budget")
  func resumed() throws {
    try withTemporaryFolder { folder in
      let kept = EvidenceFolder(folder.appending(path: "kept"))
      let first = QuestionBudget(2 * FakeAudit.each * 4)
      func subjects() throws -> (target: FakeAudit.Subject, shadow: FakeAudit.Subject) {
        try FakeAudit.subjects(.image, target: [.image], shadow: [.image], captions: nil)
      }
      #expect(throws: Stop.self) {
        try run(subjects(), first, keeping: kept) { event in
          if case .asked(.target, _, _, _, _) = event { throw Stop() }
        }
      }
      #expect(first.spent > 0 && first.spent < first.limit)
      let second = QuestionBudget(first.left)
      let found = try run(subjects(), second, keeping: EvidenceFolder(folder.appending(path: "kept")))
      #expect(second.left == 0 && found[0].questions[.target]?.total == first.limit)
    }
  }

  @Test("A question beyond the budget is not asked, whoever planned otherwise")
  func enforced() throws {
    let subjects = try FakeAudit.subjects(.image, target: [.image], shadow: [.image], captions: nil)
    let evidence = FakeAudit.evidence(subjects)
    evidence.budget = QuestionBudget(200)
    let need = Need(.similarities(.imageImage, nil), of: .target, by: .target)
    let error = #expect(throws: AttackError.self) { try evidence.prepare([need]) }
    if case .overBudget = error {} else { Issue.record("\(String(describing: error))") }
    #expect(subjects.target.encoder.count.total <= 200)
  }
}
