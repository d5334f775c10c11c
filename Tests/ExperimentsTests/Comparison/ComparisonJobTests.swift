import Attack
import Contrastive
import Data
import Experiments
import Files
import Foundation
import TestSupport
import Testing
import Text

@Suite(.serialized) struct ComparisonJobTests {
  private func settings(_ images: Images) -> ComparisonSettings {
    var settings = ComparisonSettings.openclipart
    (settings.data, settings.labelled) = (images.dataset.location, nil)
    settings.encoder = TinyTrial.encoder
    settings.text = TextEncoderConfiguration(
      width: 16, layers: 1, heads: 2, vocabularySize: 300, contextLength: 16, activation: .gelu)
    (settings.members, settings.epochs, settings.batch, settings.seeds) = (6, 1, 3, [3])
    return settings
  }

  @Test("A comparison is a trial for each seed and algorithm, all algorithms of a seed with the same members")
  func trials() throws {
    try withTemporaryFolder { folder in
      let images = try TinyTrial.pairs(in: folder)
      var settings = settings(images)
      settings.seeds = [0, 7]
      let trials = try ComparisonJob(settings, on: images, in: folder).experiment.trials
      #expect(
        trials.map(\.folder)
          == [0, 7].flatMap { seed in
            ["moco", "simclr", "clip"].map { "seed-\(seed)/\($0)" }
          })
      #expect(trials[0].split == trials[2].split && trials[2].split != trials[3].split)
      #expect(trials.map(\.target.configuration.seed) == [0, 0, 0, 14, 14, 14])
      #expect(trials.map(\.shadow.configuration.seed) == [1, 1, 1, 15, 15, 15])
      #expect(trials.map { $0.target.tokenizer != nil } == [false, false, true, false, false, true])
    }
  }

  @Test("A comparison that was stopped in its second trial ends with the bytes of one that was not")
  func stopped() throws {
    try withTemporaryFolder { folder in
      let images = try TinyTrial.pairs(in: folder)
      func job(_ name: String) throws -> ComparisonJob {
        try ComparisonJob(settings(images), on: images, in: folder.appending(path: name))
      }
      let whole = try job("whole").run()
      #expect(whole?.seeds == [3] && Set(whole?.rows.map(\.algorithm) ?? []) == ["moco", "simclr", "clip"])
      var trial = ""
      let stopped = try job("stopped").run(shouldStop: { trial == "seed 3, simclr" }) { event in
        if case .began(let name, _) = event { trial = name }
      }
      #expect(stopped == nil)
      #expect(throws: RunError.self) { try job("stopped").run() }
      #expect(try job("stopped").run(isResuming: true) == whole)
      #expect(
        try readFile(folder.appending(path: "stopped/comparison.json"))
          == readFile(folder.appending(path: "whole/comparison.json")))
      let schema = try JSONSchema.documented("results.schema.json")
      for algorithm in ["moco", "simclr", "clip"] {
        let file = folder.appending(path: "whole/seed-3/\(algorithm)/findings.json")
        let written = try #require(try JSONSerialization.jsonObject(with: readFile(file)) as? [String: Any])
        let findings = try #require(written["findings"] as? [[String: Any]])
        #expect(!findings.isEmpty)
        for finding in findings {
          let metrics = try JSONSerialization.data(withJSONObject: try #require(finding["metrics"]))
          #expect(try schema.faults(in: metrics, as: "finding") == [])
        }
      }
      var other = settings(images)
      other.views = 4
      #expect(throws: ComparisonError.self) {
        try ComparisonJob(other, on: images, in: folder.appending(path: "whole")).run(isResuming: true)
      }
    }
  }

  @Test(
    "Comparisons of other seeds become one, of which nothing is left to train; others, and a seed twice, are refused"
  )
  func joins() throws {
    try withTemporaryFolder { folder in
      func comparison(
        _ name: String, _ seeds: [UInt64], members: Int = 20, isWhole: Bool = true,
        data: String = "data/openclipart"
      )
        throws -> URL
      {
        let place = folder.appending(path: name)
        var settings = ComparisonSettings.openclipart
        (settings.seeds, settings.members, settings.batch, settings.data) = (seeds, members, 10, data)
        try makeFolder(place)
        try Configuration.write(settings, to: place.appending(path: ComparisonSettings.fileName))
        for seed in seeds {
          for algorithm in ComparisonSettings.algorithms where isWhole || algorithm != "clip" {
            try makeFolder(place.appending(path: "seed-\(seed)/\(algorithm)"))
            try Data("\(seed) \(algorithm)".utf8).write(
              to: place.appending(path: "seed-\(seed)/\(algorithm)/findings.json"))
          }
        }
        return place
      }
      #expect(throws: ComparisonError.noComparison(folder.path)) {
        try ComparisonJob.join([folder], in: folder.appending(path: "none"))
      }
      let (first, second) = (try comparison("a", [0, 1]), try comparison("b", [7], data: "moved"))
      let joined = folder.appending(path: "joined")
      #expect(try ComparisonJob.join([first, second], in: joined).seeds == [0, 1, 7])
      #expect(try readFile(joined.appending(path: "seed-7/clip/findings.json")) == Data("7 clip".utf8))
      var settings: ComparisonSettings = try Configuration.read(
        from: joined.appending(path: ComparisonSettings.fileName))
      // A seed may be added, but none taken away.
      settings.seeds.append(9)
      try ComparisonJob.check(settings, in: joined, isResuming: true)
      settings.seeds = [0, 1]
      #expect(throws: ComparisonError.self) {
        try ComparisonJob.check(settings, in: joined, isResuming: true)
      }
      for others in [
        [first, try comparison("c", [1])], [first, try comparison("d", [2], members: 21)],
        [first, try comparison("e", [3], isWhole: false)], [first, folder.appending(path: "none")],
      ] {
        let place = folder.appending(path: "refused")
        #expect(throws: ComparisonError.self) { try ComparisonJob.join(others, in: place) }
        #expect(!Paths.exists(place.path))
      }
    }
  }

}
