import Attack
import Contrastive
import Data
import Experiments
import Foundation
import Testing

@Suite(.serialized) struct ExperimentTests {
  @Test("Each trial tells its two pre-trainings and its audit, one after the other")
  func told() throws {
    try TinyTrial.with { place in
      var told: [String] = []
      let found = try place.experiment([place.trial(1), place.trial(2)]).run(report: { event in
        switch event {
        case .began(let trial, .pretraining(let role)): told.append("\(trial) \(role)")
        case .began(let trial, .audit): told.append("\(trial) audit")
        case .ended: told.append("ended")
        default: break
        }
      })
      #expect(
        told
          == [1, 2].flatMap { seed in
            ["target", "shadow", "audit"].flatMap { ["seed \(seed) \($0)", "ended"] }
          })
      #expect(found?.map(\.target.epochs) == [2, 2])
      #expect(found?.map { $0.seeds["target"] } == [1, 2])
    }
  }

  @Test("What is done is found again and not done again, even without its runs")
  func keeps() throws {
    try TinyTrial.with { place in
      let first = try place.experiment([place.trial(1)]).run()
      let again = try place.experiment([place.trial(1)]).run(
        isResuming: true, report: { Issue.record("told of \($0)") })
      #expect(first != nil && again == first)
      for role in ["target", "shadow"] {
        try FileManager.default.removeItem(at: place.folder.appending(path: "out/seed-1/\(role)"))
      }
      var began = 0
      let more = try place.experiment([place.trial(1), place.trial(2)]).run(
        isResuming: true, report: { if case .began = $0 { began += 1 } })
      #expect(more?.first == first?.first && began == 3)
    }
  }

  @Test("An experiment that was stopped anywhere ends with the results of one that was not")
  func stopped() throws {
    try TinyTrial.with { place in
      let whole = try place.experiment([place.trial(1)], "whole").run()
      for steps in [1, 5, 8] {
        let name = "stopped-\(steps)"
        var asked = 0
        let interrupted = try place.experiment([place.trial(1)], name).run(shouldStop: {
          asked += 1
          return asked >= steps
        })
        #expect(interrupted == nil)
        #expect(try place.experiment([place.trial(1)], name).run(isResuming: true) == whole)
        for file in ["attack/results.json", "attack/scores.csv", "target/encoder/weights.safetensors"] {
          #expect(try place.bytes("\(name)/seed-1/\(file)") == place.bytes("whole/seed-1/\(file)"))
        }
      }
    }
  }

  @Test("Without resuming, a folder that holds a trial is refused before anything is computed")
  func occupied() throws {
    try TinyTrial.with { place in
      let experiment = place.experiment([place.trial(2), place.trial(1)])
      _ = try place.experiment([place.trial(1)]).run()
      #expect(throws: PretrainingError.self) { try experiment.run() }
      #expect(!FileManager.default.fileExists(atPath: place.folder.appending(path: "out/seed-2").path))
    }
  }

  @Test("A trial of other settings, of another split or with another attack is not taken for this one")
  func others() throws {
    try TinyTrial.with { place in
      _ = try place.experiment([place.trial(1)]).run()
      #expect(throws: PretrainingError.self) {
        try place.experiment([place.trial(1, epochs: 3)]).run(isResuming: true)
      }
      var moved = place.trial(1)
      moved.split = try Split(count: place.images.count, sizes: SplitSizes(each: 6), seed: 1)
      #expect(throws: PretrainingError.self) { try place.experiment([moved]).run(isResuming: true) }
      var attack = TinyTrial.attack
      attack.seed = 9
      #expect(throws: RunError.self) {
        try place.experiment([place.trial(1, attack: attack)]).run(isResuming: true)
      }
    }
  }
}
