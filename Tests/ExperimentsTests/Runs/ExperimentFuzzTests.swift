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
