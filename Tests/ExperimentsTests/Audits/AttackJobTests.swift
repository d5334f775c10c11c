import Attack
import Contrastive
import Data
import Files
import Foundation
import Kernels
import Networks
import TestSupport
import Testing

@testable import Experiments

/// Attacks that are stopped, killed, doubled and resumed.
@Suite(.serialized) struct AttackJobTests {
  /// Calls `body` with a job on two runs that were trained for a moment.
  private func withJob(classes: Int = 0, _ body: (TinyTrial, AttackJob) throws -> Void) throws {
    try TinyTrial.with(classes: classes) { place in
      func run(_ role: AuditGroup, _ seed: UInt64) throws -> Run {
        let folder = RunFolder(place.folder.appending(path: role.rawValue))
        _ = try PretrainingJob(
          TinyTrial.specification(seed: seed), as: role, on: place.images, split: place.split, in: folder
        ).run()
        return try Run.open(folder.url.path, opened: place.images.dataset)
      }
      let runs = AuditedRuns(target: try run(.target, 1), shadow: try run(.shadow, 2))
      try body(place, AttackJob(runs, configuration: TinyTrial.attack))
    }
  }

  /// What reports told so far.
  private final class Told {
    var events = 0
    var errors: [String] = []
    var counts: [Int] = []
  }

  /// Every file below a folder with its bytes.
  private func files(_ folder: URL) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      let file = folder.appending(path: name)
      if !Paths.isFolder(file.path) { found[name] = try Data(contentsOf: file) }
    }
    return found
  }

  @Test("Similarities and answers are written on request, those of the answers, and change no result")
  func material() throws {
    try withJob { place, job in
      let (plain, saved) = (place.folder.appending(path: "plain"), place.folder.appending(path: "saved"))
      _ = try job.run(in: plain)
      _ = try job.run(in: saved, saving: [.features, .answers])
      let (before, after) = (try files(plain), try files(saved))
      #expect(
        Set(after.keys).subtracting(before.keys) == ["features.safetensors", "answers.safetensors"])
      for name in ["results.json", "scores.csv"] { #expect(before[name] == after[name]) }
      func tensors(_ kind: RawMaterial) throws -> [String: Tensor] {
        try SafetensorsFile(saved.appending(path: "\(kind.rawValue).safetensors")).tensors()
      }
      let (features, answers) = (try tensors(.features), try tensors(.answers))
      let members = place.split.target.members.count
      let views = TinyTrial.attack.views
      let asked = try #require(answers["target.target.member.pictures.varied.embedding"])
      #expect(asked.shape.prefix(2) == [members, views])
      // An input's similarities are those of its answers.
      let found = try #require(features["target.target.member.imageImage"])
      for input in 0..<members {
        let rows = Rows.gathered(
          asked.reshaped([members * views, asked.shape[2]]), (0..<views).map { input * views + $0 })
        let expected = pairwiseSimilarities(rows, views: views, similarity: .cosine, isSorted: true).scores
        let width = expected.count
        for (a, b) in zip(expected.values, found.values[(input * width)..<((input + 1) * width)]) {
          #expect(abs(a - b) < 1e-5)
        }
      }
    }
  }

  @Test("An attack that was stopped or killed at any moment ends with the same files as one that was not")
  func resumed() throws {
    try withJob { place, job in
      let whole = place.folder.appending(path: "whole")
      let all = Told()
      _ = try job.run(in: whole, report: { _ in all.events += 1 })
      let events = all.events
      let expected = try files(whole)
      #expect(Set(expected.keys).isSuperset(of: ["results.json", "scores.csv", "attack.json"]))
      for stop in [1, 3, events / 2, events - 1] {
        let (out, killed) = (
          place.folder.appending(path: "stopped-\(stop)"), place.folder.appending(path: "killed-\(stop)")
        )
        let told = Told()
        let found = try job.run(in: out, shouldStop: { told.events >= stop }) { _ in
          told.events += 1
          // What lies there now is what is left where the process is killed now.
          if told.events == stop { try? FileManager.default.copyItem(at: out, to: killed) }
        }
        #expect(found == nil)
        for folder in [out, killed] {
          #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["unfinished"])
          #expect(FolderKind(folder.path) == .unfinishedAttack)
          #expect(throws: FileError.self) { try AttackResults.read(from: folder) }
          let error = #expect(throws: RunError.self) { try job.run(in: folder) }
          #expect(error?.description.contains("--resume") == true)
          #expect(try job.run(in: folder, isResuming: true) != nil)
          #expect(try files(folder) == expected)
        }
      }
    }
  }

  @Test("An attack killed between the two renames of its end goes on")
  func halfReplaced() throws {
    try withJob { place, job in
      let (out, aside) = (place.folder.appending(path: "out"), place.folder.appending(path: ".out.old"))
      let told = Told()
      let found = try job.run(
        in: out, shouldStop: { told.events >= 4 }, report: { _ in told.events += 1 })
      #expect(found == nil)
      try FileManager.default.moveItem(at: out, to: aside)
      #expect(try job.run(in: out, isResuming: true) != nil)
      #expect(!Paths.exists(aside.path) && FolderKind(out.path) == .attack)
    }
  }

  @Test("A link in the place of the results is refused before anything is asked")
  func linked() throws {
    try withJob { place, job in
      let (out, elsewhere) = (place.folder.appending(path: "out"), place.folder.appending(path: "elsewhere"))
      try makeFolder(elsewhere)
      try FileManager.default.createSymbolicLink(at: out, withDestinationURL: elsewhere)
      let told = Told()
      let error = #expect(throws: FileError.self) {
        try job.run(in: out, report: { _ in told.errors.append("asked") })
      }
      #expect(error?.description.contains("it is a link to another place") == true && told.errors.isEmpty)
      #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere.path).isEmpty)
    }
  }

  @Test("A second attack into the same folder is refused while the first goes on")
  func doubled() throws {
    try withJob { place, job in
      let out = place.folder.appending(path: "out")
      let told = Told()
      let tell: (ExperimentEvent) -> Void = { _ in
        for isResuming in [false, true] where told.errors.count < 2 {
          do { _ = try job.run(in: out, isResuming: isResuming) } catch { told.errors.append("\(error)") }
        }
      }
      _ = try job.run(in: out, report: tell)
      let errors = told.errors
      #expect(errors.count == 2 && errors.allSatisfy { $0.hasPrefix("\(out.path) is in use") }, "\(errors)")
      #expect(FolderKind(out.path) == .attack)
    }
  }

  @Test("There is nothing to go on with in a folder that holds no attack, or one that has ended")
  func nothing() throws {
    try withJob { place, job in
      let out = place.folder.appending(path: "out")
      let none = #expect(throws: RunError.self) { try job.run(in: out, isResuming: true) }
      #expect(none?.description.contains("leave --resume out") == true)
      #expect(!Paths.exists(out.path))
      _ = try job.run(in: out)
      let ended = #expect(throws: RunError.self) { try job.run(in: out, isResuming: true) }
      #expect(ended?.description.contains("has ended") == true)
      var moved = TinyTrial.attack
      moved.views = 4
      let other = place.folder.appending(path: "other")
      #expect(try job.run(in: other, shouldStop: { true }) == nil)
      let error = #expect(throws: EvidenceError.self) {
        try AttackJob(job.runs, configuration: moved).run(in: other, isResuming: true)
      }
      #expect(error?.description.contains("setting views") == true)
      #expect(FolderKind(other.path) == .unfinishedAttack)
    }
  }

  @Test("A failure before anything was answered leaves nothing behind")
  func failed() throws {
    try withJob { place, job in
      let out = place.folder.appending(path: "out")
      #expect(throws: AttackError.self) { try job.run(levels: [.exact], in: out) }
      #expect(!Paths.exists(out.path))
    }
  }

  // MARK: Labelled images

  private func job(_ runs: AuditedRuns, labelled: String? = nil) -> AttackJob {
    var configuration = TinyTrial.attack
    (configuration.attacks, configuration.downstream.data) = (["Baseline C"], labelled)
    (configuration.downstream.epochs, configuration.adversarial.steps, configuration.controls) = (1, 1, [])
    return AttackJob(runs, configuration: configuration)
  }

  @Test("Without another data set the images that are in no group are learned from, with their classes")
  func ownImages() throws {
    try withJob(classes: 2) { place, plain in
      #expect(try plain.downstream() == nil)
      let set = try #require(try job(plain.runs).downstream())
      let used = Set(place.split.target.pooled + place.split.shadow.pooled)
      #expect(Set(set.indices) == Set(0..<place.images.count).subtracting(used))
      #expect(set.classes == 2 && set.leftOut == used.count)
      #expect(zip(set.indices, set.labels).allSatisfy { place.images.dataset.label(of: $0) == $1 })
    }
  }

  @Test("Of another data set the pictures that are in a group are left out, and both are recorded")
  func otherImages() throws {
    try withJob { place, plain in
      // Pictures 20 to 31 are the runs' own too, in other files.
      let other = place.folder.appending(path: "other")
      for index in 20..<50 {
        let folder = other.appending(path: "class\(index % 3)")
        try makeFolder(folder)
        try TinyImages.image(index).writePNG(to: folder.appending(path: "x\(index).png").path)
      }
      let job = job(plain.runs, labelled: "folder:\(other.path)")
      let set = try #require(try job.downstream())
      let used = Set(place.split.target.pooled + place.split.shadow.pooled)
      let doubled = (20..<32).count(where: used.contains)
      #expect(doubled > 0 && set.leftOut == doubled)
      #expect(set.indices.count == 30 - doubled && set.classes == 3)
      let groups = Set(used.map { place.images.dataset.identity(of: $0) })
      #expect(set.indices.allSatisfy { !groups.contains(set.images.dataset.identity(of: $0)) })

      let out = place.folder.appending(path: "out")
      let told = Told()
      let results = try #require(
        try job.run(
          in: out,
          report: {
            if case .downstream(_, let count, let leftOut, _) = $0 { told.counts = [count, leftOut] }
          })?.first)
      #expect(told.counts == [30 - doubled, doubled])
      #expect(results.attacks.map(\.name) == ["Baseline C"])
      #expect(results.dataFingerprints["downstream"] == set.images.subset(set.indices).fingerprint)
      #expect(
        results.warnings.contains { $0.hasPrefix("\(doubled) of the labelled images are in the groups") })
      let settings: AttackConfiguration = try Configuration.read(from: out.appending(path: "attack.json"))
      #expect(settings.downstream.data == "folder:\(other.path)")
    }
  }

  @Test("Data without classes are the reason for which no downstream classifier is trained")
  func noClasses() throws {
    try withJob { place, plain in
      let own = job(plain.runs)
      let none = try own.downstream()
      #expect(none == nil)
      // Nothing else was asked for, so nobody is asked.
      let out = place.folder.appending(path: "out")
      let refused = #expect(throws: AttackError.self) { try own.run(in: out) }
      #expect(refused?.description.contains("Baseline C is left out") == true)
      #expect(refused?.description.contains("have no classes") == true)
      #expect(!FileManager.default.fileExists(atPath: out.path))
      let flat = place.folder.appending(path: "images").path
      let error = #expect(throws: RunError.self) { try job(plain.runs, labelled: flat).downstream() }
      #expect(error?.description.contains("the images in \(flat) have no classes") == true)
      #expect(throws: DataError.self) { try job(plain.runs, labelled: "\(flat)-gone").downstream() }
    }
  }
}
