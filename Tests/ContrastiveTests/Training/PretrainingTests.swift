import Data
import Files
import Foundation
import Kernels
import Networks
import TestSupport
import Testing

@testable import Contrastive

@Suite(.serialized) struct PretrainingTests {
  private func run(
    _ configuration: PretrainingConfiguration, _ members: Images, to folder: URL, resume: Bool = false,
    stopAfter steps: Int? = nil
  ) throws -> PretrainingOutcome {
    let training = try Pretraining(
      configuration, members: members,
      captions: configuration.algorithm.clip.map { _ in Tiny.captions(members.count) },
      folder: RunFolder(folder),
      monitor: NearestNeighbours(bank: members, queries: members), isResuming: resume)
    var done = 0
    return try training.run(
      shouldStop: { done == steps },
      report: { if case .step = $0 { done += 1 } })
  }

  private func weights(_ folder: URL) throws -> Data {
    try Data(contentsOf: RunFolder(folder).finalCheckpoint.appending(path: "weights.safetensors"))
  }

  /// The log without the rates, which depend on the clock.
  private func log(_ folder: URL) throws -> [EpochRecord] {
    try RunFolder(folder).records().map { record in
      var record = record
      record.imagesPerSecond = 0
      return record
    }
  }

  /// All files below a folder with their bytes.
  private func contents(_ folder: URL) throws -> [String: Data] {
    var result: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      result[name] = try? Data(contentsOf: folder.appending(path: name))
    }
    return result
  }

  @Test(
    "A run that was stopped anywhere and resumed equals one that was not",
    arguments: [
      Tiny.configuration(Tiny.moco), Tiny.configuration(Tiny.simclr), Tiny.clip(),
      Tiny.clip(encoder: Tiny.encoder),
    ])
  func resumes(_ given: PretrainingConfiguration) throws {
    try withTemporaryFolder { folder in
      var configuration = given
      configuration.schedule = .cosine
      let members = try Tiny.images(11, classes: 2, in: folder)
      let (whole, parts) = (folder.appending(path: "whole"), folder.appending(path: "parts"))
      #expect(try run(configuration, members, to: whole) == .finished)
      // Three steps an epoch: within the first epoch, at its end, within the second, and one step before the end.
      #expect(try run(configuration, members, to: parts, stopAfter: 2) == .interrupted(epoch: 0))
      #expect(
        try run(configuration, members, to: parts, resume: true, stopAfter: 1) == .interrupted(epoch: 1))
      #expect(
        try run(configuration, members, to: parts, resume: true, stopAfter: 1) == .interrupted(epoch: 1))
      #expect(
        try run(configuration, members, to: parts, resume: true, stopAfter: 4) == .interrupted(epoch: 2))
      #expect(!FileManager.default.fileExists(atPath: RunFolder(parts).finalCheckpoint.path))
      #expect(try run(configuration, members, to: parts, resume: true) == .finished)
      #expect(try weights(whole) == weights(parts))
      #expect(try log(whole) == log(parts))
      #expect(try log(whole).map(\.epoch) == [1, 2, 3])
      #expect(try log(whole).map { $0.knnAccuracy != nil } == [false, false, true])
    }
  }

  @Test("A finished run that is resumed stays as it is")
  func finishedStays() throws {
    try withTemporaryFolder { folder in
      let (members, out) = (try Tiny.images(4, in: folder), folder.appending(path: "run"))
      #expect(try run(Tiny.configuration(Tiny.simclr), members, to: out) == .finished)
      let before = try contents(out)
      #expect(try run(Tiny.configuration(Tiny.simclr), members, to: out, resume: true) == .finished)
      #expect(try contents(out) == before)
    }
  }

  @Test(
    "A run that was killed some epochs after its last state equals one that was not",
    arguments: [true, false])
  func killed(hadState: Bool) throws {
    try withTemporaryFolder { folder in
      let configuration = Tiny.configuration(Tiny.moco, epochs: 4)
      let members = try Tiny.images(8, in: folder)
      let (whole, out) = (folder.appending(path: "whole"), folder.appending(path: "killed"))
      #expect(try run(configuration, members, to: whole) == .finished)
      #expect(try run(configuration, members, to: out, stopAfter: 3) == .interrupted(epoch: 1))
      let state = try Data(contentsOf: RunFolder(out).state)
      #expect(try run(configuration, members, to: out, resume: true, stopAfter: 4) == .interrupted(epoch: 3))
      // As a kill leaves it: an old state or none, a log that is ahead of it and whose last line is cut.
      for name in try FileManager.default.contentsOfDirectory(atPath: out.path) where name.hasPrefix("state")
      {
        try FileManager.default.removeItem(at: out.appending(path: name))
      }
      if hadState { try state.write(to: RunFolder(out).state) }
      let lines = try Data(contentsOf: RunFolder(out).log)
      #expect(try log(out).count == 3)
      try (lines + lines.prefix(40)).write(to: RunFolder(out).log)
      #expect(try run(configuration, members, to: out, resume: true) == .finished)
      #expect(try weights(whole) == weights(out))
      #expect(try log(whole) == log(out))
    }
  }

  @Test("A state that is cut short gives way to the one before it", arguments: [true, false])
  func damagedState(isThere: Bool) throws {
    try withTemporaryFolder { folder in
      let configuration = Tiny.configuration(Tiny.moco)
      let members = try Tiny.images(8, in: folder)
      let (whole, out) = (folder.appending(path: "whole"), folder.appending(path: "damaged"))
      #expect(try run(configuration, members, to: whole) == .finished)
      #expect(try run(configuration, members, to: out, stopAfter: 1) == .interrupted(epoch: 0))
      #expect(try run(configuration, members, to: out, resume: true, stopAfter: 3) == .interrupted(epoch: 2))
      let state = try Data(contentsOf: RunFolder(out).state)
      try FileManager.default.removeItem(at: RunFolder(out).state)
      if isThere { try state.prefix(state.count / 2).write(to: RunFolder(out).state) }
      #expect(try run(configuration, members, to: out, resume: true) == .finished)
      #expect(try weights(whole) == weights(out))
      #expect(try log(whole) == log(out))
    }
  }

  @Test("The same seed gives the same bytes, another seed others")
  func seeds() throws {
    try withTemporaryFolder { folder in
      var configuration = Tiny.configuration(Tiny.simclr, epochs: 2)
      let members = try Tiny.images(6, in: folder)
      let outs = ["one", "two", "other"].map { folder.appending(path: $0) }
      _ = try run(configuration, members, to: outs[0])
      _ = try run(configuration, members, to: outs[1])
      configuration.seed = 4
      _ = try run(configuration, members, to: outs[2])
      #expect(try weights(outs[0]) == weights(outs[1]))
      #expect(try weights(outs[0]) != weights(outs[2]))
    }
  }

  @Test("The loss falls on a small set", arguments: [Tiny.moco, Tiny.simclr])
  func learns(_ algorithm: Algorithm) throws {
    try withTemporaryFolder { folder in
      let members = try Tiny.images(12, in: folder)
      let out = folder.appending(path: "run")
      var configuration = Tiny.configuration(algorithm, epochs: 30, batch: 12)
      configuration.learningRate = 3e-3
      _ = try run(configuration, members, to: out)
      let losses = try log(out).map(\.loss)
      let (first, last) = (losses.prefix(5).reduce(0, +) / 5, losses.suffix(5).reduce(0, +) / 5)
      #expect(last < 0.9 * first)
    }
  }

  @Test("A loss that is no number stops the run and leaves what was saved before")
  func notFinite() throws {
    try withTemporaryFolder { folder in
      var configuration = Tiny.configuration(Tiny.simclr, batch: 6)
      (configuration.learningRate, configuration.checkpointEpochs) = (1e30, [1])
      let (members, out) = (try Tiny.images(6, in: folder), folder.appending(path: "run"))
      #expect(try run(configuration, members, to: out, stopAfter: 1) == .interrupted(epoch: 1))
      let before = try contents(out)
      #expect(before.keys.contains("checkpoints/epoch-1/weights.safetensors"))
      #expect(throws: PretrainingError.notFinite("loss", epoch: 2, step: 1, folder: out.path)) {
        try run(configuration, members, to: out, resume: true)
      }
      #expect(try contents(out) == before)
      #expect(!FileManager.default.fileExists(atPath: RunFolder(out).finalCheckpoint.path))
    }
  }

  @Test(
    "Weights that are no numbers are never saved, although the loss before them was one", arguments: [1, 2])
  func infiniteWeights(steps: Int) throws {
    try withTemporaryFolder { folder in
      var configuration = Tiny.configuration(Tiny.simclr, epochs: 1, batch: 6 / steps)
      configuration.learningRate = 1e39
      let (members, out) = (try Tiny.images(6, in: folder), folder.appending(path: "run"))
      #expect(throws: PretrainingError.notFinite("weights", epoch: 1, step: 1, folder: out.path)) {
        try run(configuration, members, to: out, stopAfter: 1)
      }
      // The state is the one from before the first step.
      #expect(try Set(contents(out).keys) == ["pretraining.json", "state.safetensors"])
      let state = try TrainingState<PretrainingPosition>(contentsOf: RunFolder(out).state)
      #expect(state.values.epoch == 0 && state.values.stepInEpoch == 0)
    }
  }

  @Test("A run that goes on cannot be taken up by another, which changes nothing; once it stops it can")
  func locked() throws {
    try withTemporaryFolder { folder in
      let configuration = Tiny.configuration(Tiny.simclr)
      let (members, out) = (try Tiny.images(4, in: folder), folder.appending(path: "run"))
      let training = try Pretraining(
        configuration, members: members, folder: RunFolder(folder.appending(path: "run")))
      var (before, after): ([String: Data], [String: Data]) = ([:], [:])
      var refusal: (any Error)?
      let outcome = try training.run(
        shouldStop: { true },
        report: { _ in
          before = (try? contents(out)) ?? [:]
          do { _ = try run(configuration, members, to: out, resume: true) } catch { refusal = error }
          after = (try? contents(out)) ?? [:]
        })
      #expect(outcome == .interrupted(epoch: 1))
      #expect(refusal as? PretrainingError == .inUse(folder: out.path))
      #expect(before == after && !before.isEmpty)
      #expect(try run(configuration, members, to: out, resume: true) == .finished)
    }
  }

  @Test("A state is saved before the first step, so that a disk without space shows at once")
  func firstState() throws {
    try withTemporaryFolder { folder in
      let (members, out) = (try Tiny.images(4, in: folder), RunFolder(folder.appending(path: "run")))
      // A folder where the state should be cannot be written over.
      try FileManager.default.createDirectory(
        at: out.url.appending(path: ".state.safetensors.tmp"), withIntermediateDirectories: true)
      var steps = 0
      let training = try Pretraining(Tiny.configuration(Tiny.simclr), members: members, folder: out)
      #expect(throws: FileError.self) { try training.run(report: { _ in steps += 1 }) }
      #expect(steps == 0)
    }
  }

  @Test("Checkpoints of the chosen epochs are kept and can be read")
  func checkpoints() throws {
    try withTemporaryFolder { folder in
      var configuration = Tiny.configuration(Tiny.simclr, epochs: 4)
      configuration.checkpointEpochs = [3, 1]
      let (members, out) = (try Tiny.images(4, in: folder), RunFolder(folder.appending(path: "run")))
      _ = try run(configuration, members, to: out.url)
      #expect(try out.checkpointEpochs() == [1, 3])
      let encoders = try [1, 3].map { try PretrainedEncoder(contentsOf: out.checkpoint(epoch: $0)) }
      #expect(encoders.map(\.description.epoch) == [1, 3])
      let last = try PretrainedEncoder(contentsOf: out.finalCheckpoint)
      #expect((last.description.epoch, last.description.members) == (4, 4))
      #expect(last.description.algorithm == "simclr")
    }
  }

  @Test("Other settings or other images are refused and change nothing, nor does a new run in a used folder")
  func refuses() throws {
    try withTemporaryFolder { folder in
      let configuration = Tiny.configuration(Tiny.simclr)
      let (members, out) = (try Tiny.images(6, in: folder), folder.appending(path: "run"))
      _ = try run(configuration, members, to: out, stopAfter: 3)
      let before = try contents(out)
      var other = configuration
      other.epochs = 9
      #expect(throws: PretrainingError.differs(folder: out.path, what: "settings")) {
        try run(other, members, to: out, resume: true)
      }
      #expect(throws: PretrainingError.differs(folder: out.path, what: "images")) {
        try run(configuration, members.subset([0, 1, 2, 3, 5, 4]), to: out, resume: true)
      }
      #expect(throws: PretrainingError.occupied(folder: out.path)) {
        try run(configuration, members, to: out)
      }
      #expect(try contents(out) == before)
    }
  }

  @Test("Where checkpoints lie behind a link nothing is trained, and what it leads to stays as it is")
  func linkedFolders() throws {
    try withTemporaryFolder { folder in
      var configuration = Tiny.configuration(Tiny.simclr)
      configuration.checkpointEpochs = [2]
      let (members, out) = (try Tiny.images(4, in: folder), folder.appending(path: "run"))
      let elsewhere = folder.appending(path: "elsewhere")
      _ = try run(configuration, members, to: out, stopAfter: 1)
      let checkpoint = elsewhere.appending(path: "epoch-2/checkpoint.json")
      try makeFolder(checkpoint.deletingLastPathComponent())
      try Data("mine".utf8).write(to: checkpoint)
      for name in ["checkpoints", "encoder"] {
        let link = out.appending(path: name)
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: elsewhere)
        let before = try contents(out)
        let error = #expect(throws: FileError.self) { try run(configuration, members, to: out, resume: true) }
        #expect(error?.description.contains("\(link.path)") == true)
        #expect(error?.description.contains("a link to another place") == true)
        #expect(try contents(out) == before)
        try FileManager.default.removeItem(at: link)
      }
      #expect(try Paths.allNames(in: elsewhere.path) == ["epoch-2"])
      #expect(try Data(contentsOf: checkpoint) == Data("mine".utf8))
      #expect(try run(configuration, members, to: out, resume: true) == .finished)
    }
  }

  @Test("What cannot start leaves no folder behind")
  func startsNothing() throws {
    try withTemporaryFolder { folder in
      let (members, out) = (try Tiny.images(6, in: folder), folder.appending(path: "run"))
      var configuration = Tiny.configuration(Tiny.simclr)
      #expect(throws: PretrainingError.nothingToResume(folder: out.path)) {
        try run(configuration, members, to: out, resume: true)
      }
      #expect(throws: PretrainingError.tooFewMembers(found: 1)) {
        try run(configuration, members.subset([2]), to: out)
      }
      configuration.epochs = 0
      #expect(throws: InvalidSetting.self) { try run(configuration, members, to: out) }
      let groups = Algorithm.moco(MoCoConfiguration(queueSize: 4, normGroups: 4))
      configuration = Tiny.configuration(groups, batch: 8)
      configuration.dropsIncompleteBatch = true
      #expect(throws: PretrainingError.unevenGroups(batch: 6, normGroups: 4)) {
        try run(configuration, members, to: out)
      }
      #expect(!FileManager.default.fileExists(atPath: out.path))
    }
  }

  @Test("A file where the run folder should be is named")
  func fileInTheWay() throws {
    try withTemporaryFolder { folder in
      let (members, out) = (try Tiny.images(4, in: folder), folder.appending(path: "file"))
      try Data("x".utf8).write(to: out)
      let error = try #require(throws: FileError.self) {
        try run(Tiny.configuration(Tiny.simclr), members, to: out)
      }
      #expect(error.description.contains(out.path))
    }
  }
}
