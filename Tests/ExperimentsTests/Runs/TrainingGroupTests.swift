import Attack
import Contrastive
import Data
import Experiments
import Files
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct TrainingGroupTests {
  @Test("groups are read as they are written, and nothing else is read")
  func names() {
    for group in [TrainingGroup.target, .shadow, .reference(1), .reference(12), .ensemble(3)] {
      #expect(TrainingGroup(rawValue: group.rawValue) == group)
    }
    for word in [
      "", "reference", "reference-", "reference-0", "reference--1", "reference-01", "ensemble-x", "a-1",
    ] {
      #expect(TrainingGroup(rawValue: word) == nil, "\(word)")
    }
  }

  /// Pre-trains, and opens the run.
  private func run(_ trial: TinyTrial, _ group: TrainingGroup) throws -> Run {
    let folder = RunFolder(trial.folder.appending(path: group.rawValue))
    let job = try PretrainingJob(
      TinyTrial.specification(seed: 3, epochs: 1), as: group, on: trial.images, split: trial.split, in: folder
    )
    _ = try job.run()
    return try Run.open(folder.url.path, opened: trial.images.dataset)
  }

  @Test("a run knows its members, whatever group they are of, and the temperature of its loss")
  func members() throws {
    let temperature = TinyTrial.specification(seed: 3).configuration.algorithm.temperature
    try TinyTrial.with { trial in
      for group in [TrainingGroup.shadow, .reference(2), .ensemble(1)] {
        let run = try run(trial, group)
        let expected = try trial.split.groups(group)
        #expect(run.own == expected && run.description.role == group)
        #expect(run.memberPictures == Set(expected.members.map { trial.images.dataset.identity(of: $0) }))
        let facts = try run.audited().facts
        #expect(facts.members == expected.members.count && facts.temperature == temperature)
      }
    }
  }

  @Test("references take part in an attack; one that saw inputs without a coin is refused")
  func references() throws {
    try TinyTrial.with { trial in
      let target = try run(trial, .target)
      let runs = AuditedRuns(target: target, shadow: try run(trial, .shadow))
      var settings = TinyTrial.attack
      (settings.attacks, settings.controls) = (["LiRA (image-image)", "online LiRA (image-image)"], [])
      let references = try [.reference(1), .ensemble(1), .ensemble(2)].map { try run(trial, $0) }
      let found = try #require(
        try AttackJob(runs, references: references, configuration: settings)
          .run(in: trial.folder.appending(path: "attack")))[0]
      #expect(found.attacks.map(\.name) == settings.attacks)
      #expect(found.references.count == 3)
      let error = #expect(throws: RunError.self) {
        try AttackJob(runs, references: [target], configuration: settings)
          .run(in: trial.folder.appending(path: "other"))
      }
      #expect(error?.description.contains("pre-trained on 6 of the images") == true)
      let twice = #expect(throws: RunError.self) {
        try AttackJob(runs, references: [references[0], references[0]], configuration: settings)
          .run(in: trial.folder.appending(path: "twice"))
      }
      #expect(twice?.description.contains("count twice") == true)
    }
  }

  @Test("a reference whose coins were tossed for another split's inputs is refused")
  func otherSplit() throws {
    try TinyTrial.with { trial in
      let runs = AuditedRuns(target: try run(trial, .target), shadow: try run(trial, .shadow))
      let split = try Split(count: trial.images.count, sizes: SplitSizes(each: 6), seed: 77)
      let folder = RunFolder(trial.folder.appending(path: "other-split"))
      _ = try PretrainingJob(
        TinyTrial.specification(seed: 3, epochs: 1), as: .ensemble(1), on: trial.images, split: split,
        in: folder
      ).run()
      let reference = try Run.open(folder.url.path, opened: trial.images.dataset)
      let error = #expect(throws: RunError.self) {
        try AttackJob(runs, references: [reference], configuration: TinyTrial.attack)
          .run(in: trial.folder.appending(path: "attack"))
      }
      #expect(error?.description.contains("a coin decided") == true)
    }
  }

  @Test("a run whose split names no members for its group is refused")
  func otherMembers() throws {
    try TinyTrial.with { trial in
      let run = try run(trial, .ensemble(1))
      try SplitFile(split: run.split.split, dataFingerprints: run.split.dataFingerprints)
        .write(to: run.folder.url)
      #expect(throws: DigestError.self) {
        try Run.open(run.folder.url.path, opened: trial.images.dataset)
      }
      // Nor is it taken from a folder without digests.
      try FileManager.default.removeItem(at: run.folder.url.appending(path: FolderDigests.fileName))
      let error = #expect(throws: RunError.self) {
        try Run.open(run.folder.url.path, opened: trial.images.dataset)
      }
      #expect(error?.description.contains("ensemble-1") == true)
    }
  }
}
