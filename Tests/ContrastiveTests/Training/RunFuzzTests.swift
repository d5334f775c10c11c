import Files
import Foundation
import Networks
import TestSupport
import Testing

@testable import Contrastive

/// Damaged files of a pre-training give an error or are read, nothing else.
@Suite("Damaged runs", .serialized) struct RunFuzzTests {
  @Test("A checkpoint's description: an error, or an encoder that answers")
  func fuzzDescription() throws {
    try withCheckpoint { folder in try feed("checkpoint.json", folder, "checkpoint.json") }
  }

  @Test("A checkpoint's weights: an error, or an encoder that answers")
  func fuzzWeights() throws {
    try withCheckpoint { folder in try feed("checkpoint's weights", folder, "weights.safetensors") }
  }

  private func withCheckpoint(_ body: (URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let configuration = Tiny.configuration(Tiny.simclr)
      let description = EncoderDescription(
        encoder: configuration.encoder, head: configuration.head, augmentation: configuration.augmentation,
        algorithm: "simclr", epoch: 5, members: 10, temperature: 0.5)
      let place = folder.appending(path: "encoder")
      try Checkpoint(try Tiny.network().1, description).write(to: place)
      try body(place)
    }
  }

  private func feed(_ reader: String, _ folder: URL, _ name: String) throws {
    let file = folder.appending(path: name)
    let whole = try readFile(file)
    try Fuzz.feed(reader, [[UInt8](whole)], rounds: 60) { input, damage in
      try Data(input).write(to: file)
      return try Fuzz.takes {
        let encoder = try PretrainedEncoder(contentsOf: folder)
        // Encoders of other sizes than the weights' are refused, so that this takes no longer than before.
        guard damage.oneIn(8), encoder.description.encoder == Tiny.encoder else { return }
        _ = encoder.embeddings(of: Tiny.views(1, "fuzz"))
      }
    }
  }

  @Test("The settings of a pre-training: an error, or settings that hold together")
  func fuzzSettings() throws {
    var samples = [
      PretrainingConfiguration.mocoPaper, .simclrQuick, .clipQuick, Tiny.configuration(Tiny.moco),
    ].map { $0 }
    samples[3].optimiser = .adam()
    try Fuzz.feed("pretraining.json", try samples.map { [UInt8](try Configuration.encode($0)) }) {
      input, damage in
      let defaults = damage.oneIn(2) ? PretrainingConfiguration.simclrQuick : nil
      return try Fuzz.takes {
        let read: PretrainingConfiguration = try Configuration.decode(
          from: Data(input), file: "pretraining.json", defaults: defaults)
        let again: PretrainingConfiguration = try Configuration.decode(
          from: try Configuration.encode(read), file: "pretraining.json")
        try Fuzz.require(again == read, "it is not read as it is written")
      }
    }
  }

  @Test("The state of a run: an error, or a run that goes on")
  func fuzzState() throws {
    try withTemporaryFolder { folder in
      let (members, place) = (try Tiny.images(4, in: folder), RunFolder(folder.appending(path: "run")))
      let configuration = Tiny.configuration(Tiny.simclr)
      var steps = 0
      _ = try Pretraining(configuration, members: members, folder: place).run(
        shouldStop: { steps == 1 }, report: { if case .step = $0 { steps += 1 } })
      let whole = try readFile(place.state)
      let previous = place.url.appending(path: "state.previous.safetensors")
      if Paths.exists(previous.path) { try FileManager.default.removeItem(at: previous) }
      try Fuzz.feed("state.safetensors", [[UInt8](whole)], rounds: 20) { input, _ in
        try Data(input).write(to: place.state)
        return try Fuzz.takes {
          _ = try Pretraining(configuration, members: members, folder: place, isResuming: true)
        }
      }
    }
  }

  @Test("The log of a run: an error, or records")
  func fuzzLog() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder)
      let log = RunLog(file: run.log)
      for epoch in 1...3 {
        try log.append(
          EpochRecord(
            epoch: epoch, loss: 2.5, contrastiveAccuracy: 0.5, learningRate: 0.1, imagesPerSecond: 100,
            knnAccuracy: 0.25))
      }
      let whole = try readFile(run.log)
      try Fuzz.feed("log.jsonl", [[UInt8](whole)]) { input, _ in
        try Data(input).write(to: run.log)
        return try Fuzz.takes { _ = try run.records() }
      }
    }
  }
}
