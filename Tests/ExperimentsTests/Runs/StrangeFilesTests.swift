import Attack
import Contrastive
import Data
import Encoders
import Files
import Foundation
import Networks
import TestSupport
import Testing
import Text

@testable import Experiments

/// Pipes and devices in the place of files: nothing is waited for, and nothing without end is read.
@Suite struct StrangeFilesTests {
  /// A reader with the name of the file that it is to find in the folder it is given.
  private static let readers: [(name: String, read: @Sendable (URL) throws -> Void)] = [
    ("captions.tsv", { _ = try Dataset.open("captions:\($0.path)", options: DataOptions(captions: true)) }),
    ("table.csv", { _ = try Dataset.open("csv:\($0.path)/table.csv", options: DataOptions(captions: true)) }),
    ("lines.jsonl", { _ = try Dataset.open("jsonl:\($0.path)/lines.jsonl") }),
    ("shard.tar", { _ = try Dataset.open("webdataset:\($0.path)/shard.tar") }),
    ("data_batch_1.bin", { _ = try Dataset.open("cifar10:\($0.path)") }),
    (
      "picture.png",
      { _ = try Dataset.open("folder:\($0.path)", options: DataOptions(damagedImages: .refuse)) }
    ),
    ("captions.txt", { _ = try CaptionFile.captions(in: $0.appending(path: "captions.txt")) }),
    (
      "settings.json",
      { _ = try Configuration.read(from: $0.appending(path: "settings.json")) as AttackConfiguration }
    ),
    ("tokenizer.json", { _ = try TokenizerFile.open($0.appending(path: "tokenizer.json")) }),
    ("vocab.json", { _ = try TokenizerFile.open($0) }),
    ("checkpoint.json", { _ = try PretrainedEncoder(contentsOf: $0) }),
    ("weights.safetensors", { _ = try SafetensorsFile($0.appending(path: "weights.safetensors")) }),
    ("array.npy", { _ = try NumpyFile.read($0.appending(path: "array.npy")) }),
    (
      "state.safetensors", { _ = try TrainingState<Int>(contentsOf: $0.appending(path: "state.safetensors")) }
    ),
    ("log.jsonl", { _ = try RunFolder($0).records() }),
    ("manifest.json", { _ = try QuestionManifest.read(from: $0) }),
    ("results.json", { _ = try AttackResults.read(from: $0) }),
    ("run.json", { _ = try RunDescription.read(from: RunFolder($0)) }),
  ]

  @Test(
    "A pipe or a device in the place of any file is refused by its name, and neither waited for nor read",
    .timeLimit(.minutes(1)), arguments: readers.indices)
  func refused(reader: Int) throws {
    let (name, read) = StrangeFilesTests.readers[reader]
    for kind in ["pipe", "/dev/zero", "/dev/null"] {
      try withTemporaryFolder { folder in
        let place = folder.appending(path: name).path
        if kind == "pipe" {
          #expect(mkfifo(place, 0o600) == 0)
        } else {
          try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: kind)
        }
        do {
          try read(folder)
          Issue.record("\(name), \(kind): it was read")
        } catch let error as any ExplainedError {
          #expect(error.description.contains(name), "\(name), \(kind): \(error)")
        }
      }
    }
  }
}
