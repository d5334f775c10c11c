import Attack
import Contrastive
import Data
import Encoders
import Files
import Foundation
import TestSupport
import Testing

@testable import Experiments

/// Damaged files of runs and comparisons give an error or are read, nothing else.
@Suite("Damaged run folders", .serialized) struct ExperimentFuzzTests {
  @Test("run.json: an error, or what is written as it was read")
  func fuzzRun() throws {
    try TinyTrial.with { place in
      let description = RunDescription(place.images, role: .reference(2))
      let samples = [[UInt8](try Configuration.encode(description))]
      try Fuzz.feed("run.json", samples) { input, _ in
        try Fuzz.takes {
          let read: RunDescription = try Configuration.decode(from: Data(input), file: "run.json")
          let again: RunDescription = try Configuration.decode(
            from: try Configuration.encode(read), file: "run.json")
          try Fuzz.require(again == read, "it is not read as it is written")
        }
      }
    }
  }

  @Test("A comparison's settings: an error, or settings that are written as they were read")
  func fuzzComparison() throws {
    let samples = try [ComparisonSettings.openclipart, .flickr8k].map {
      [UInt8](try Configuration.encode($0))
    }
    try Fuzz.feed("comparison-settings.json", samples) { input, _ in
      try Fuzz.takes {
        let read: ComparisonSettings = try Configuration.decode(from: Data(input), file: "c.json")
        let again: ComparisonSettings = try Configuration.decode(
          from: try Configuration.encode(read), file: "c.json")
        try Fuzz.require(again == read, "it is not read as it is written")
      }
    }
  }

  @Test("Scores in a folder: an error, or scores that are all numbers")
  func fuzzScores() throws {
    try withTemporaryFolder { folder in
      let scores = ScoreFolder(folder)
      try scores.begin(
        ScoreFolder.Settings(
          scorer: "EncoderMI-T", configuration: AttackConfiguration(),
          target: EncoderIdentity(name: "encoder", fingerprint: "f"), recipe: nil, threshold: 0.5,
          known: KnownScores(MembershipGroups(members: [0.5], nonmembers: [0.25])), data: "folder:a",
          options: DataOptions(), pieces: [ScoreFolder.Piece(name: "1-2", identity: "1")]))
      try scores.write(
        0, named: "1-2", [ScoreFolder.Input(file: "a"), ScoreFolder.Input(file: "b", caption: "c")],
        scores: [0.5, -1], leftOut: [], asked: QuestionCount())
      let names = [ScoreFolder.settingsName, "scores-000000.json", "scores-000000.csv"]
      let whole = try names.map { [UInt8](try Data(contentsOf: folder.appending(path: $0))) }
      let record = try #require(try scores.record(0))
      for (name, bytes) in zip(names, whole) {
        let place = folder.appending(path: name)
        try Fuzz.feed("scores in a folder, \(name)", [bytes]) { input, _ in
          try Data(input).write(to: place)
          // With its digest made anew, so that what the table holds is read at all.
          if name.hasSuffix(".csv") {
            try Configuration.write(
              ScoreFolder.PieceRecord(
                name: record.name, inputs: record.inputs, leftOut: [], asked: record.asked,
                sha256: try FolderDigests.digest(of: place.path)),
              to: folder.appending(path: "scores-000000.json"))
          }
          return try Fuzz.takes {
            try MergedScores([scores]).forEachPiece { rows in
              try Fuzz.require(rows.allSatisfy { $0.score.isFinite }, "a score is no number")
            }
          }
        }
        for (name, bytes) in zip(names, whole) { try Data(bytes).write(to: folder.appending(path: name)) }
      }
    }
  }

  @Test("Facts of an encoder: an error, or facts")
  func fuzzFacts() throws {
    let facts = EncoderFacts(algorithm: "simclr", epochs: 600, members: 100, temperature: 0.5)
    try Fuzz.feed("encoder's facts", [[UInt8](try Configuration.encode(facts))]) { input, _ in
      try Fuzz.takes {
        let _: EncoderFacts = try Configuration.decode(
          from: Data(input), file: "facts.json", defaults: EncoderFacts())
      }
    }
  }

  @Test("What lies at a path is told without reading it to the end, whatever it holds")
  func fuzzKind() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "checkpoint.json")
      try Fuzz.feed("kind of a folder", [Array(#"{"kind": "vector", "encoder": {}}"#.utf8)]) { input, _ in
        try Data(input).write(to: file)
        switch FolderKind(folder.path) {
        case .classifier, .encoder: return true
        case .checkpoint: return false
        default: throw FuzzBroken("a checkpoint's folder is taken for another thing")
        }
      }
    }
  }
}
