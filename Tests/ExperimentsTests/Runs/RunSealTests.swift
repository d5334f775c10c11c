import Contrastive
import Data
import Experiments
import Files
import Foundation
import TestSupport
import Testing
import Text

/// What a run wrote is told from what was put there later.
@Suite(.serialized) struct RunSealTests {
  private func run(_ body: (TinyTrial, RunFolder, PretrainingJob) throws -> Void) throws {
    try TinyTrial.with { place in
      let folder = RunFolder(place.folder.appending(path: "run"))
      var specification = TinyTrial.specification(seed: 1)
      specification.configuration.checkpointEpochs = [1]
      let job = PretrainingJob(specification, as: .target, on: place.images, split: place.split, in: folder)
      #expect(try job.run() == .finished)
      try body(place, folder, job)
    }
  }

  private func change(_ file: URL) throws {
    var bytes = try readFile(file)
    // A digit of a number, a bit of a weight: the file stays what it is by its form.
    bytes[bytes.count - 3] ^= 1
    try bytes.write(to: file)
  }

  @Test("A copy of a run is as good as the run, and says so to sha256sum")
  func copies() throws {
    try run { place, folder, job in
      let copy = place.folder.appending(path: "copy")
      try FileManager.default.copyItem(at: folder.url, to: copy)
      #expect(
        try Run.open(copy.path).encoder(epoch: 1).fingerprint
          == Run.open(folder.url.path).encoder(epoch: 1).fingerprint)
      #expect(RunFolder(copy).isSealed)
      let names = String(decoding: try readFile(copy.appending(path: FolderDigests.fileName)), as: UTF8.self)
        .split(separator: "\n").map { String($0.dropFirst(66)) }
      #expect(
        names == [
          "checkpoints/epoch-1/checkpoint.json", "checkpoints/epoch-1/weights.safetensors",
          "encoder/checkpoint.json", "encoder/weights.safetensors", "log.jsonl", "pretraining.json",
          "run.json",
          "split.json",
        ])
      // It is over, and going on with it changes nothing.
      let before = try names.map { try place.bytes("run/\($0)") }
      #expect(try job.run(isResuming: true) == .finished)
      #expect(try names.map { try place.bytes("run/\($0)") } == before)
    }
  }

  @Test("Changed weights are refused with their file, in a run and by themselves")
  func weights() throws {
    try run { _, folder, job in
      for place in ["encoder", "checkpoints/epoch-1"] {
        let file = folder.url.appending(path: "\(place)/weights.safetensors")
        let before = try readFile(file)
        try change(file)
        let opened = try Run.open(folder.url.path)
        let error = #expect(throws: DigestError.self) {
          _ = place == "encoder" ? try opened.encoder() : try opened.encoder(epoch: 1)
        }
        #expect(error?.description.contains(file.path) == true)
        #expect(throws: DigestError.self) { try job.run(isResuming: true) }
        try before.write(to: file)
      }
      #expect(try job.run(isResuming: true) == .finished)
    }
  }

  @Test("Lists of members of another run are refused, though they are drawn over the same data")
  func lists() throws {
    try run { place, folder, _ in
      let other = try Split(count: place.images.count, sizes: SplitSizes(each: 6), seed: 9)
      try SplitFile(split: other, dataFingerprints: ["data": place.images.fingerprint]).write(to: folder.url)
      let error = #expect(throws: DigestError.self) { try Run.open(folder.url.path) }
      #expect(error?.description.contains("split.json") == true)
    }
  }

  @Test(
    "A run without digests is read all the same, and one whose end was not sealed has no finished encoder")
  func unsealed() throws {
    try run { _, folder, job in
      let digests = folder.url.appending(path: FolderDigests.fileName)
      try FileManager.default.removeItem(at: digests)
      #expect(try !Run.open(folder.url.path).folder.isSealed)
      _ = try Run.open(folder.url.path).encoder()
      try FolderDigests(of: ["split.json"], in: folder.url).write(to: folder.url)
      #expect(throws: RunError.self) { try Run.open(folder.url.path).encoder() }
      #expect(try job.run(isResuming: true) == .finished)
      _ = try Run.open(folder.url.path).encoder()
    }
  }

  @Test("A stopped run goes on after it was moved to other data, and ends sealed")
  func stopped() throws {
    try TinyTrial.with { place in
      let folder = RunFolder(place.folder.appending(path: "run"))
      func job(_ images: Images) -> PretrainingJob {
        PretrainingJob(
          TinyTrial.specification(seed: 1), as: .target, on: images, split: place.split, in: folder)
      }
      #expect(try job(place.images).run(shouldStop: { true }) == .interrupted(epoch: 0))
      let moved = place.folder.appending(path: "moved")
      try FileManager.default.moveItem(at: place.folder.appending(path: "images"), to: moved)
      #expect(try job(Dataset.open(moved.path).images()).run(isResuming: true) == .finished)
      _ = try Run.open(folder.url.path).encoder()
    }
  }

  @Test("A tokenizer of as many ids that is another one is refused, and is part of who an encoder is")
  func tokenizer() throws {
    try withTemporaryFolder { folder in
      let images = try TinyTrial.pairs(in: folder)
      let captions = try #require(images.dataset.captions)
      let split = try Split(count: images.count, sizes: SplitSizes(each: 6), seed: 0)
      var configuration = PretrainingConfiguration.clipQuick
      configuration.encoder = TinyTrial.encoder
      configuration.augmentation.outputSize = 16
      configuration.head.width = 8
      (configuration.epochs, configuration.batch) = (1, 6)
      let tokenizer = try ChosenTokenizer(trainedOn: captions, vocabulary: 270, contextLength: 16)
      configuration.algorithm = .clip(
        CLIPConfiguration(
          text: TextEncoderConfiguration(
            width: 16, layers: 1, vocabularySize: tokenizer.tokenizer.vocabularySize, contextLength: 16)))
      let run = RunFolder(folder.appending(path: "run"))
      let job = PretrainingJob(
        EncoderSpecification(configuration, tokenizer: tokenizer), as: .target, on: images, split: split,
        in: run)
      #expect(try job.run() == .finished)
      let clip = try Run.clip(in: run)
      #expect(clip.description.tokenizer == tokenizer.tokenizer.digest)
      #expect(try Run.encoder(in: run).fingerprint == clip.image.fingerprint)

      let other = try ChosenTokenizer(
        trainedOn: captions.map { $0.map { String($0.reversed()) } }, vocabulary: 270, contextLength: 16)
      try #require(other.tokenizer.vocabularySize == tokenizer.tokenizer.vocabularySize)
      try other.write(to: run.tokenizer)
      #expect(throws: DigestError.self) { try Run.clip(in: run) }
      // Without the run's digests the checkpoint tells, and names the tokenizer's file.
      try FileManager.default.removeItem(at: run.url.appending(path: FolderDigests.fileName))
      let error = #expect(throws: PretrainingError.self) { try Run.clip(in: run) }
      #expect(error?.description.contains(run.tokenizer.path) == true)
      #expect(error?.description.contains("though it has as many ids") == true)
    }
  }
}
