import Attack
import Contrastive
import Data
import Files
import Foundation
import TestSupport
import Testing

@testable import Experiments

/// Plans that are made, stopped, killed, parted and put together.
@Suite(.serialized) struct StudyJobTests {
  private static let studies: [Study] = [.similarityMetric, .views]

  /// What was told so far.
  private final class Told {
    var events = 0
    var lock: FolderLock?

    /// Whoever is waited for gives up.
    func heard(_ event: StudyEvent) {
      guard case .waiting = event else { return }
      events += 1
      lock = nil
    }
  }

  @Test("Experiments share encoders: each is trained once, and found again by the next plan")
  func shared() throws {
    try TinyStudy.with { place in
      let first = try place.job(StudyJobTests.studies)
      // Two trials of target and shadow; three metrics and two numbers of views.
      #expect(first.encoders.count == 4 && first.trials.count == 10)
      #expect(first.encoders.allSatisfy { !$0.place.isFinished })
      try first.begin(isResuming: false)
      var told: [(experiment: String, isLast: Bool)] = []
      let last = first.trials.last.map {
        place.folder.appending(path: "out/\($0.folder)/attack/results.json")
      }
      let results = try #require(
        try first.run(report: { event in
          guard case .finished(let results) = event else { return }
          told.append((results.experiment, last.map { Paths.exists($0.path) } ?? false))
        }))
      #expect(results.map(\.experiment) == ["similarity-metric", "views"])
      // The first one's results are told as soon as they are there.
      #expect(told.map(\.experiment) == results.map(\.experiment) && told.map(\.isLast) == [false, true])
      #expect(results[0].cells.map { $0.attacks.count } == [3, 3, 3])
      #expect(results[0].cells.allSatisfy { $0.target.epochs == 2 && $0.target.members == 6 })
      #expect(results[0].cells.allSatisfy { $0.similarities != nil && $0.attacks[0].auc.values.count == 2 })
      let stored = place.folder.appending(path: "store/encoders").path
      #expect(try Paths.names(in: stored).count == 4)
      let another = try place.job([.epochs], out: "elsewhere")
      #expect(another.encoders.count == 4 && another.encoders.allSatisfy(\.place.isFinished))
      // A grid adds shadows: other data, other encoder, other algorithm, and what of these go together.
      #expect(
        try place.job([.backgroundKnowledge], out: "elsewhere").encoders.count { !$0.place.isFinished } == 14)
    }
  }

  @Test("The same settings and data are the same encoder; changed settings or members are another")
  func keys() throws {
    try TinyStudy.with { place in
      func names(_ scale: StudyScale) throws -> Set<String> {
        Set(try place.plan([.views], scale: scale).encoders.map { $0.place.folder.lastPathComponent })
      }
      let own = try names(TinyStudy.scale())
      #expect(own.count == 4)
      #expect(try names(TinyStudy.scale()) == own)
      #expect(try names(TinyStudy.scale(epochs: 3)).isDisjoint(with: own))
      #expect(try names(TinyStudy.scale(members: 5)).isDisjoint(with: own))
    }
  }

  @Test("Stopped or killed at any moment, it goes on to the same files as one that was not")
  func stopped() throws {
    try TinyStudy.with { place in
      let all = Told()
      let whole = try place.job([.views], store: "whole-store", out: "whole")
      try whole.begin(isResuming: false)
      _ = try whole.run(report: { _ in all.events += 1 })
      let events = all.events
      let expected = try place.files("whole")
      for stop in [2, events / 3, 2 * events / 3, events - 4] {
        let told = Told()
        let job = try place.job([.views], store: "store-\(stop)", out: "out-\(stop)")
        try job.begin(isResuming: false)
        let found = try job.run(shouldStop: { told.events >= stop }) { _ in
          told.events += 1
          guard told.events == stop else { return }
          // What lies there now is what is left where the process is killed now.
          for name in ["store", "out"] {
            try? FileManager.default.copyItem(
              at: place.folder.appending(path: "\(name)-\(stop)"),
              to: place.folder.appending(path: "killed-\(name)-\(stop)"))
          }
        }
        #expect(found == nil)
        for prefix in ["", "killed-"] {
          let next = try place.job(
            [.views], store: "\(prefix)store-\(stop)", out: "\(prefix)out-\(stop)")
          #expect(throws: StudyError.self) { try next.begin(isResuming: false) }
          #expect(try place.run(next, isResuming: true)?.count == 1)
          #expect(try place.files("\(prefix)out-\(stop)") == expected, "\(prefix)\(stop)")
        }
      }
    }
  }

  @Test("Two parts, each with a store of its own, put together are the whole; one alone is refused by name")
  func parts() throws {
    try TinyStudy.with { place in
      _ = try place.run(try place.job(StudyJobTests.studies, out: "whole"))
      for part in ["1/2", "2/2"] {
        let name = "part-\(part.prefix(1))"
        #expect(
          try place.run(try place.job(StudyJobTests.studies, store: "\(name)-store", out: name, part: part))?
            .isEmpty == true)
      }
      let (first, second) = (place.folder.appending(path: "part-1"), place.folder.appending(path: "part-2"))
      let out = place.folder.appending(path: "merged")
      let error = #expect(throws: StudyError.self) { try StudyResults.merge([first], into: out) }
      #expect(error?.description.contains("similarity-metric, correlation, seed 0") == true)
      #expect(!Paths.exists(out.path))
      #expect(try StudyResults.merge([first, second], into: out).count == 2)
      #expect(try place.files("merged") == place.files("whole"))
      // Parts that share a folder are put together in place.
      let shared = try place.job(StudyJobTests.studies, out: "shared", part: "1/2")
      #expect(try place.run(shared) != nil)
      #expect(try place.run(try place.job(StudyJobTests.studies, out: "shared", part: "2/2"))?.count == 2)
      #expect(try place.files("shared") == place.files("whole"))
    }
  }

  @Test("A folder with an experiment of other settings is refused, and so is one with anything else")
  func others() throws {
    try TinyStudy.with { place in
      try place.job([.views]).begin(isResuming: false)
      let path = place.folder.appending(path: "out/views").path
      #expect(throws: StudyError.otherExperiment(path, differs: ["settings of cells"])) {
        try place.job([.views], scale: TinyStudy.scale(epochs: 3)).begin(isResuming: true)
      }
      var scale = TinyStudy.scale()
      scale.trials = 3
      #expect(throws: StudyError.otherExperiment(path, differs: ["trials: 2 there, 3 now"])) {
        try place.job([.views], scale: scale).begin(isResuming: true)
      }
      try makeFolder(place.folder.appending(path: "full/views"))
      try Data("x".utf8).write(to: place.folder.appending(path: "full/views/mine"))
      #expect(throws: RunError.self) { try place.job([.views], out: "full").begin(isResuming: false) }
    }
  }

  @Test("An encoder that another process trains is left to it, and others are trained meanwhile")
  func busy() throws {
    try TinyStudy.with { place in
      let job = try place.job([.views])
      let taken = job.encoders[0].place.folder
      try makeFolder(taken)
      let told = Told()
      told.lock = try FolderLock(taken, inUse: StoreError.inUse(taken.path))
      let isDone = try job.trainEncoders(shouldStop: { false }, report: { _ in })
      #expect(isDone)
      #expect(job.encoders.map(\.place.isFinished) == [false, true, true, true])
      try job.begin(isResuming: false)
      let results = try job.run(report: { told.heard($0) })
      #expect(told.events >= 1 && results?.count == 1)
    }
  }

  @Test("A checkpoint of the run is audited where it stopped early, with the usefulness it had then")
  func early() throws {
    try TinyStudy.with { place in
      let results = try #require(try place.run(try place.job([.earlyStopping]))?.first)
      #expect(results.cells.map(\.target.epochs) == [1, 2] && results.cells.map(\.shadow.epochs) == [1, 2])
      #expect(results.cells.allSatisfy { $0.target.measure == "kNN accuracy" })
      #expect(results.cells[0].similarities != results.cells[1].similarities)
    }
  }

  @Test("experiment.json is what the schema describes, and reads back as it was")
  func schema() throws {
    try TinyStudy.with { place in
      let schema = try JSONSchema.documented("experiments.schema.json")
      let results = try #require(try place.run(try place.job([.similarityMetric]))?.first)
      let folder = place.folder.appending(path: "out/similarity-metric")
      #expect(try schema.faults(in: Data(contentsOf: folder.appending(path: StudyResults.fileName))) == [])
      #expect(try StudyResults.read(from: folder) == results)
      let trials = try JSONSchema.documented("results.schema.json")
      for trial in results.cells.flatMap(\.trials) {
        let file = folder.appending(path: "\(trial.folder)/results.json")
        #expect(try trials.faults(in: Data(contentsOf: file)) == [])
      }
      #expect(results.cells[0].attacks[0].paper?.accuracy == 91.5)
    }
  }

  @Test(
    "Cells of a data set with too few images are left out with a line that says so, and the others are made")
  func tooFew() throws {
    try TinyStudy.with { place in
      let other = place.folder.appending(path: "other")
      let names = try FileManager.default.contentsOfDirectory(atPath: other.path).filter {
        $0.hasSuffix(".png")
      }
      for name in names.dropFirst(20) {
        try FileManager.default.removeItem(at: other.appending(path: name))
      }
      let record = try place.plan([.backgroundKnowledge]).records[0]
      #expect(record.cells.count == 4 && record.skipped.count == 4)
      #expect(record.skipped.allSatisfy { $0.reason.contains("20 images and 24 are needed") })
      #expect(record.data[.main]?.images == 48)
    }
  }

  @Test("What is done is a share of what was missing, whoever trained it")
  func progress() throws {
    try TinyStudy.with { place in
      let out = place.folder.appending(path: "out")
      let first = try StudyJob(try place.plan([.similarityMetric]), in: out)
      let isWhole = try first.trainEncoders(shouldStop: { false }, report: { _ in })
      #expect(isWhole)
      let later = try StudyJob(try place.plan([.similarityMetric]), in: out, measuring: { _ in })
      try later.begin(isResuming: false)
      var shares: [Double] = []
      _ = try later.run(report: { event in
        if case .began(_, let done, _) = event { shares.append(done) }
      })
      let expected = (0..<6).map { Double($0) / 6 }
      #expect(shares.count == 6)
      #expect(zip(shares, expected).allSatisfy { abs($0 - $1) < 0.1 }, "\(shares)")
    }
  }

  @Test(
    "Without the main data their cells are left out, and an experiment of which none is left is not begun")
  func withoutMain() throws {
    try TinyStudy.with { place in
      let nowhere = StudyFolders(root: place.folder.appending(path: "nowhere").path)
      let plan = try StudyPlan(
        [.views, .baselines], of: try StudyMaterial(.desktop, in: nowhere),
        in: EncoderStore(place.folder.appending(path: "store")))
      #expect(plan.records.isEmpty && plan.trials.isEmpty && plan.encoders.isEmpty)
      #expect(plan.withoutCells.map(\.experiment) == ["views", "baselines"])
      #expect(plan.withoutCells.allSatisfy { $0.skipped.allSatisfy { $0.reason.contains("--cifar10") } })
    }
  }

  @Test("The usefulness of an encoder is not said of answers that were made worse")
  func defended() throws {
    try TinyStudy.with { place in
      let results = try #require(try place.run(try place.job([.countermeasures]))?.first)
      let useful = results.cells.map { $0.target.utility != nil }
      #expect(useful == [true, false, false, false, false, true])
      #expect(results.cells.allSatisfy { $0.shadow.utility != nil && $0.similarities != nil })
    }
  }

  @Test("A row that not all trials have is named among what is left out, and so is an ordering that needs it")
  func unlikeTrials() throws {
    try TinyStudy.with { place in
      _ = try place.run(try place.job([.similarityMetric]))
      let folder = place.folder.appending(path: "out/similarity-metric")
      let trial = try #require(try StudyResults.read(from: folder).cells.first?.trials.last)
      let file = folder.appending(path: "\(trial.folder)/results.json")
      let text = String(decoding: try readFile(file), as: UTF8.self)
      try Data(text.replacing("EncoderMI-S", with: "EncoderMI-X").utf8).write(to: file)
      let again = try #require(try StudyResults.again(in: folder))
      #expect(again.cells[0].attacks.map(\.attack) == ["EncoderMI-V", "EncoderMI-T"])
      let left = again.skipped.map { "\($0.cell): \($0.reason)" }
      #expect(left.contains("cosine, EncoderMI-S: trials of these seeds have no such row: 1"))
      #expect(left.contains("cosine, EncoderMI-X: trials of these seeds have no such row: 0"))
      #expect(left.count { $0.hasPrefix("the ordering") && $0.contains("EncoderMI-S: cosine above") } == 2)
    }
  }
}
