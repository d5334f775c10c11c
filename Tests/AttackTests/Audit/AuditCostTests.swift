import Contrastive
import Data
import Encoders
import Kernels
import Testing

@testable import Attack

@Suite(.serialized) struct AuditCostTests {
  private struct Stop: Error {}

  private func images(_ count: Int) throws -> Population {
    Population(try FakeAudit.images(), Array(0..<count))
  }

  /// What is told first of some work, which ends there.
  private func first(_ work: ((AuditEvent) throws -> Void) throws -> Void) -> AuditEvent? {
    var told: AuditEvent?
    #expect(throws: Stop.self) {
      try work { event in
        told = event
        throw Stop()
      }
    }
    return told
  }

  @Test("An audit that takes much says so, and how much, before anything is asked; another does not")
  func costly() throws {
    for (views, isCostly) in [(1_000, true), (10, false)] {
      let subjects = try FakeAudit.subjects(.image, target: [.image], shadow: [.image], captions: nil)
      let told = first { report in
        _ = try FakeAudit.findings(
          subjects, { ($0.views, $0.attacks, $0.controls) = (views, ["EncoderMI-V"], []) }, report: report)
      }
      guard isCostly else {
        #expect(told.map { if case .costly = $0 { true } else { false } } == false)
        continue
      }
      let similarities = views * (views - 1) / 2
      // Similarities of both encoders' members and nonmembers, and six numbers for each weight of the first layer.
      let memory = 4 * similarities * (4 * FakeAudit.each + 6 * 256)
      #expect(told == .costly(memory: memory, similarities: similarities))
      #expect(subjects.target.encoder.count.total == 0 && subjects.shadow.encoder.count.total == 0)
    }
  }

  @Test("What controls learn counts too, where no attack learns as much")
  func controls() throws {
    let subjects = try FakeAudit.subjects(.image, target: [.image], shadow: [.image], captions: nil)
    let told = first { report in
      _ = try FakeAudit.findings(
        subjects, { ($0.views, $0.attacks, $0.controls) = (500, ["EncoderMI-T"], [.untrained]) },
        report: report)
    }
    let similarities = 500 * 499 / 2
    // Of two encoders and their untrained twins.
    let memory = 4 * similarities * (8 * FakeAudit.each + 6 * 256)
    #expect(told == .costly(memory: memory, similarities: similarities))
  }

  @Test("So does an audit without a shadow, of variants too, and whatever judges inputs one by one")
  func others() throws {
    let target = try FakeAudit.subjects(.nothing).target.encoder
    let texts = Population(captions: (0..<200).map { "caption \($0)" })
    let lists = MembershipGroups(members: texts, nonmembers: texts)
    let audit = try FakeAudit.audit { ($0.views, $0.variants, $0.controls) = (1_000, 1_000, []) }
    let similarities = 1_000 * 999 / 2
    let ofLists = first { report in _ = try audit.run(withoutShadow: lists, target: target, report: report) }
    #expect(ofLists == .costly(memory: 4 * similarities * 400, similarities: similarities))
    // Of inputs that are judged one by one a part is held at once, three times.
    let held = AuditEvent.costly(memory: 3 * 4 * similarities * 64, similarities: similarities)
    for (name, inputs) in [
      ("EncoderMI-T (image-image)", try images(300)), ("EncoderMI-T (text-text)", texts),
    ] {
      #expect(first { report in _ = try audit.scores(name, of: inputs, by: target, report: report) } == held)
    }
    #expect(target.count.total == 0)
  }

  @Test("Similarities that cannot be held are refused before anything is asked, with what to lower")
  func tooMany() throws {
    let subjects = try FakeAudit.subjects(.nothing)
    func settings(_ configuration: inout AttackConfiguration) {
      (configuration.views, configuration.variants, configuration.sets) = (1_000, 1_000, [[.imageText]])
      (configuration.attacks, configuration.controls) = (["EncoderMI-T"], [])
    }
    let inputs = 2 * FakeAudit.each
    func expected(_ inputs: Int, scores: Int = 320_000_000) -> AttackError {
      .tooManyScores(views: 1_000, variants: 1_000, inputs: inputs, scores: scores, most: 1 << 28)
    }
    #expect(throws: expected(inputs)) { try FakeAudit.findings(subjects, levels: [.exact], settings) }
    #expect(throws: expected(inputs)) {
      try FakeAudit.audit(settings).ask(
        .target, levels: [.exact], target: subjects.target.audited, shadow: subjects.shadow.audited)
    }
    let captions = FakeAudit.captions().map { $0[0] }
    let pairs = Population(
      try FakeAudit.images(), Array(0..<inputs), captions: [.exact: Array(captions[..<inputs])])
    // Without a shadow EncoderMI-T is made of images and of captions too.
    #expect(throws: expected(2 * inputs, scores: 320 * (1_000_000 + 2 * 499_500))) {
      try FakeAudit.audit(settings).run(
        withoutShadow: MembershipGroups(members: pairs, nonmembers: pairs), target: subjects.target.encoder)
    }
    #expect(expected(inputs).description.contains("ask about fewer --views or --variants"))
    #expect(subjects.target.encoder.count.total == 0 && subjects.shadow.encoder.count.total == 0)
  }

  @Test("Inputs are judged block after block in their order, each block whole parts, and progress is of all")
  func blocks() throws {
    let audit = try FakeAudit.audit()
    #expect(Audit.block(similarities: 45) > 100_000 && Audit.block(similarities: 0) > 100_000)
    for similarities in [1 << 20, 1 << 40] { #expect(Audit.block(similarities: similarities) == 64) }
    var (sizes, told): ([Int], [Int]) = ([], [])
    let scores = try audit.inBlocks(
      images(200), similarities: 1 << 20,
      { event in
        if case .asked(_, _, .member, let done, 200) = event { told.append(done) }
      },
      { block, report in
        sizes.append(block.count)
        try report(.asked(.target, .target, .member, done: block.count, of: block.count))
        return block.indices.map(Float.init)
      })
    #expect(scores == (0..<200).map(Float.init))
    #expect(sizes == [64, 64, 64, 8] && told == [64, 128, 192, 200])
    let some = Population(try FakeAudit.images(), [5, 6, 7], captions: [.exact: ["a", "b", "c"]]).part(1..<3)
    #expect(some.indices == [6, 7] && some.captions == [.exact: ["b", "c"]])
    #expect(Population(captions: ["a", "b"]).part(1..<2).captions == [.exact: ["b"]])
  }

  @Test("Questions that are written down say how many pictures and bytes, where these are many")
  func writing() throws {
    let subjects = try FakeAudit.subjects(.nothing)
    let evidence = FakeAudit.evidence(subjects) { $0.views = 100 }
    let needs = [Need(.similarities(.imageImage, nil), of: .target, by: .target)]
    let pictures = 2 * FakeAudit.each * 100
    #expect(
      evidence.cost(ofWriting: needs, size: 224)
        == .writing(pictures: pictures, bytes: pictures * 3 * 224 * 224))
    #expect(evidence.cost(ofWriting: needs, size: 32) == nil)
  }

  @Test("Answers about captions are the same from memory and from files, in whatever order they are wanted")
  func captionAnswers() throws {
    func part(_ number: Int) -> EncoderAnswers {
      let rows = number < 3 ? 4 : 2
      return EncoderAnswers([
        .embedding: Tensor((0..<(rows * 2)).map { Float(100 * number + $0) }, shape: [rows, 2])
      ])
    }
    var read: [Int] = []
    let answers = CaptionAnswers(part: 2, each: 2)
    for number in 0..<4 {
      answers.append {
        read.append(number)
        return part(number)
      }
    }
    let found = try answers.of([3, 4, 3, 6])[.embedding]?.values
    #expect(found == [104, 105, 106, 107, 200, 201, 202, 203, 104, 105, 106, 107, 300, 301, 302, 303])
    // What was read last is not read again.
    _ = try answers.of([5, 6])
    #expect(read == [1, 2, 3])
  }
}
