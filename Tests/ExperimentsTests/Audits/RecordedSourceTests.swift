import Attack
import Contrastive
import Data
import Encoders
import Files
import Foundation
import TestSupport
import Testing
import Vision

@testable import Experiments

/// Audits of an encoder that is not at hand.
@Suite(.serialized) struct RecordedSourceTests {
  /// Calls `body` with two runs that were trained for a moment.
  private func withRuns(_ body: (TinyTrial, AuditedRuns) throws -> Void) throws {
    try TinyTrial.with(classes: 2) { place in
      func run(_ role: AuditGroup, _ seed: UInt64) throws -> Run {
        let folder = RunFolder(place.folder.appending(path: role.rawValue))
        _ = try PretrainingJob(
          TinyTrial.specification(seed: seed), as: role, on: place.images, split: place.split, in: folder
        ).run()
        return try Run.open(folder.url.path, opened: place.images.dataset)
      }
      try body(place, AuditedRuns(target: try run(.target, 1), shadow: try run(.shadow, 2)))
    }
  }

  private func settings(_ attacks: [String]) -> AttackConfiguration {
    var configuration = TinyTrial.attack
    configuration.attacks = attacks
    (configuration.downstream.epochs, configuration.adversarial.steps) = (2, 2)
    return configuration
  }

  private func scores(_ job: AttackJob) throws -> [String: [Double]] {
    let findings = try #require(try job.findings(report: { _ in })?.first)
    return Dictionary(
      uniqueKeysWithValues: findings.attacks.map {
        ($0.name, $0.scores.groups.pooled)
      })
  }

  private func expectEqual(_ found: [String: [Double]], _ expected: [String: [Double]], names: Int) {
    #expect(expected.count == names && Set(found.keys) == Set(expected.keys))
    for (name, scores) in expected {
      let others = found[name] ?? []
      #expect(others.count == scores.count)
      #expect(zip(others, scores).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) }, "\(name)")
    }
  }

  @Test(
    "Questions, answered elsewhere, give the scores of asking directly, and a later round those of Baseline C"
  )
  func equalScores() throws {
    try withRuns { place, runs in
      let usual = settings(["EncoderMI-V", "EncoderMI-S", "EncoderMI-T", "LpLA (image)", "Baseline E"])
      let run = try runs.run(.target)
      let encoder = try run.audited()
      let folder = place.folder.appending(path: "questions")
      let target = RecordedSource(EncoderProfile(of: encoder), groupsOf: run, in: folder)
      let recording = AuditedRuns(target: target, shadow: runs.shadow)
      let manifest = try AttackJob(recording, configuration: usual).writeQuestions(for: target)
      // 12 inputs: three views, the plain picture and nine patches, of which mosaics have equal ones; four rows repeat
      // others.
      let distinct = Set(manifest.pictures.map(\.sha256)).count
      #expect(manifest.pictures.count == distinct + 4 && manifest.captions.isEmpty)
      #expect(distinct > 12 * 4 && distinct <= 12 * 13)
      #expect(throws: RunError.self) {
        try AttackJob(recording, configuration: usual).writeQuestions(for: target)
      }
      try manifest.answer(in: folder, by: encoder)

      let opened = try RecordedSource(opening: folder, opened: place.images.dataset)
      #expect(opened.profile == target.profile && opened.split == target.split)
      let recorded = AuditedRuns(target: opened, shadow: runs.shadow)
      expectEqual(
        try scores(AttackJob(recorded, configuration: usual)),
        try scores(AttackJob(runs, configuration: usual)), names: 5)

      let dear = settings(["EncoderMI-T", "Baseline C"])
      let job = AttackJob(recorded, configuration: dear)
      let out = place.folder.appending(path: "out")
      let error = #expect(throws: RecordedError.self) { try job.run(in: out) }
      let further = RecordedAnswers.further(1, in: folder)
      // Two examples of each input, and the labelled images that are in no group.
      #expect(error == .further(folder: further.path, pictures: 12 * 2 + 8, captions: 0))
      #expect(!Paths.exists(out.path))
      try QuestionManifest.read(from: further).answer(in: further, by: encoder)
      #expect(try job.run(in: out)?.first?.attacks.map(\.name) == ["EncoderMI-T", "Baseline C"])
      expectEqual(try scores(job), try scores(AttackJob(runs, configuration: dear)), names: 2)
      let results = try AttackResults.read(from: out)
      #expect(results.seeds["target"] == nil && results.target.utility == nil)
    }
  }

  @Test("An encoder that is no run of ours is asked about the groups of the shadow's split, at its own size")
  func stranger() throws {
    try withRuns { place, runs in
      let profile = EncoderProfile(name: "theirs", modalities: [.image], imageSize: 24)
      let folder = place.folder.appending(path: "questions")
      let target = RecordedSource(profile, groupsOf: try runs.run(.shadow), in: folder)
      let job = AttackJob(
        AuditedRuns(target: target, shadow: runs.shadow), configuration: TinyTrial.attack)
      let manifest = try job.writeQuestions(for: target)
      #expect(manifest.pictures.count == 12 * 3 + 4)
      let image = try PixelImage(contentsOf: folder.appending(path: manifest.pictures[0].file).path)
      #expect(image.height == 24 && image.width == 24)
      let opened = try RecordedSource(opening: folder, opened: place.images.dataset)
      #expect(opened.groups(.target) == place.split.target && !opened.usesCaptions)
      let none = #expect(throws: RecordedError.self) { try opened.audited() }
      #expect(none?.description.contains("no answers to its 40 questions yet") == true)
      // An encoder of another size is not the one that was to be asked.
      let other = try runs.run(.target).audited()
      #expect(
        #expect(throws: RecordedError.self) { try manifest.answer(in: folder, by: other) }
          == .otherSize(encoder: other.identity.name, expected: 24, found: 16))
    }
  }

  @Test("A shadow that answers elsewhere serves as one that is asked directly")
  func recordedShadow() throws {
    try withRuns { place, runs in
      let settings = settings(["EncoderMI-V", "EncoderMI-T", "LpLA (image)", "Baseline E"])
      let encoder = try runs.shadow.audited()
      let folder = place.folder.appending(path: "questions")
      let shadow = RecordedSource(
        EncoderProfile(of: encoder), as: .shadow, groupsOf: try runs.run(.target), in: folder)
      let recording = AuditedRuns(target: runs.target, shadow: shadow)
      let manifest = try AttackJob(recording, configuration: settings).writeQuestions(for: shadow)
      try manifest.answer(in: folder, by: encoder)
      let opened = try RecordedSource(opening: folder, opened: place.images.dataset)
      #expect(opened.description.role == .shadow)
      let recorded = AuditedRuns(target: runs.target, shadow: opened)
      expectEqual(
        try scores(AttackJob(recorded, configuration: settings)),
        try scores(AttackJob(runs, configuration: settings)), names: 4)

      // What nobody asked yet is written down for the one that has not answered.
      var more = settings
      more.views += 1
      let out = place.folder.appending(path: "out")
      let error = #expect(throws: RecordedError.self) {
        try AttackJob(recorded, configuration: more).run(in: out)
      }
      let further = RecordedAnswers.further(1, in: folder)
      #expect(error == .further(folder: further.path, pictures: 12, captions: 0))
      // It is no target.
      let refused = #expect(throws: RunError.self) {
        try AttackJob(AuditedRuns(target: opened, shadow: opened), configuration: more).run(in: out)
      }
      guard case .wrongRole(folder.path, expected: .target) = refused else {
        Issue.record("\(String(describing: refused))")
        return
      }
    }
  }
}
