import ArgumentParser
import Data
import Files
import Foundation
import TestSupport
import Testing

@testable import encodermi

/// Options are not without effect: each changes settings, says where something is, or is refused.
@Suite(.serialized) struct OptionEffectTests {
  /// Options that change how an audit is made.
  private static let settings: [[String]] = [
    ["--views", "4"], ["--variants", "4"], ["--similarity", "euclidean"], ["--layer", "projection"],
    ["--augmentation", "simclr"], ["--attacks", "EncoderMI-V"], ["--controls", "none"],
    ["--classifiers", "quick"], ["--seed", "5"], ["--attacks", "Baseline A", "--downstream", "folder:x"],
    ["--attacks", "Baseline C", "--white-box"],
  ]
  /// Those that change how data are opened; they are told by the data's format where they are useless.
  private static let data: [[String]] = [
    ["--language", "th"], ["--image-column", "i"], ["--caption-column", "c"], ["--part-column", "p"],
    ["--duplicates", "keep"], ["--broken-text", "repair"], ["--damaged-records", "skip"], ["--outside-paths"],
    ["--memory", "7"], ["--pixel-limit", "3"],
  ]
  /// Those that say what is audited, by what, where it goes and how much may be asked. What they do is tested in the flows.
  private static let places = [
    "attack": [
      "target", "shadow", "members", "nonmembers", "near-embeddings", "budget", "alpha", "out", "target-data",
      "shadow-data", "growth", "knowledge", "references", "save", "resume", "config", "print-config", "wide",
      "threads",
    ],
    "infer": [
      "out", "part",
      "classifier", "target", "data", "pairs", "parts", "captions-per-image", "caption", "captions",
      "nonmembers",
      "members", "alpha", "budget", "score", "format", "strict", "threads",
    ],
  ]

  private func attack(_ options: [String]) throws -> Attack {
    try Attack.parse(["--target", "t", "--shadow", "s"] + options)
  }

  private func encoded(_ options: [String]) throws -> Data {
    try Configuration.encode(attack(options).options.configuration())
  }

  @Test("Each option of an audit's settings changes them, and so do those of infer's scores")
  func settings() throws {
    let usual = try encoded([])
    for options in OptionEffectTests.settings {
      let beside = Array(options.prefix(options.count > 2 ? 2 : 0))
      #expect(try encoded(options) != encoded(beside), "\(options)")
    }
    #expect(try Configuration.encode(Infer.parse(["--target", "t", "x"]).scoring.configuration()) == usual)
    for options in [
      ["--views", "4"], ["--variants", "4"], ["--layer", "projection"], ["--augmentation", "simclr"],
      ["--seed", "5"],
    ] {
      let infer = try Infer.parse(["--target", "t", "x"] + options)
      #expect(try Configuration.encode(infer.scoring.configuration()) != usual, "\(options)")
      #expect(throws: (any Error).self, "\(options)") {
        try Infer.parse(["--target", "t", "x", "--classifier", "c"] + options)
      }
    }
  }

  @Test("Each option of data changes how they are opened, or is refused where they take no notice of it")
  func data() throws {
    func opened(_ options: [String]) throws -> DataOptions {
      try DataOptionGroup.parse(options).applied(
        to: DataOptions(captions: true), for: "tsv:x.tsv", named: "--data", strict: false)
    }
    let usual = try opened([])
    for options in OptionEffectTests.data {
      #expect(try opened(options) != usual, "\(options)")
      let isOfPictures = DataOptionGroup.ofFiles.contains(options[0])
      var refusal: String?
      do {
        _ = try DataOptionGroup.parse(options).applied(
          to: DataOptions(), for: "folder:x", named: "--data", strict: false)
      } catch let error as ValidationError {
        refusal = error.message
      }
      #expect((refusal == nil) == isOfPictures, "\(options)")
    }
  }

  @Test("There is a word here for every option of attack and infer")
  func complete() throws {
    func options(_ help: String) throws -> Set<String> {
      let found = try JSONSerialization.jsonObject(with: Data(help.utf8)) as? [String: Any]
      let command = try #require(found?["command"] as? [String: Any])
      let arguments = try #require(command["arguments"] as? [[String: Any]])
      let names = arguments.flatMap {
        ($0["names"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
      }
      return Set(names).subtracting(["h", "help", "version", "generate-completion-script"])
    }
    func names(_ options: [[String]]) -> [String] {
      options.flatMap { $0.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2)) } }
    }
    let ofData = names(OptionEffectTests.data)
    #expect(
      try options(Attack._dumpHelp())
        == Set(names(OptionEffectTests.settings) + ofData + (OptionEffectTests.places["attack"] ?? [])))
    let ofScores = ["views", "variants", "layer", "augmentation", "seed"]
    #expect(
      try options(Infer._dumpHelp()) == Set(ofScores + ofData + (OptionEffectTests.places["infer"] ?? [])))
  }

  @Test("A pre-training has every setting that its options asked for, in a folder that was there and empty")
  func pretraining() throws {
    try Workplace.with { place in
      try FileManager.default.createDirectory(
        at: place.folder.appending(path: "run"), withIntermediateDirectories: false)
      let run = try place.pretrain(
        "simclr", "--out", "run", "--members", "5", "--group", "shadow", "--split-seed", "3", "--epochs", "2",
        "--encoder", "resnet18-16-stem2", "--image-size", "12", "--batch", "4", "--learning-rate", "0.01",
        "--temperature", "0.3", "--checkpoints", "1", "--monitor", "1", "--seed", "9", "--stored-size", "14",
        "--memory", "7", "--pixel-limit", "3", "--duplicates", "refuse", "--strict")
      #expect(run.code == 0, "\(run.errors)")
      func number(_ file: String, _ path: String...) throws -> Double? {
        var found: Any? = try place.json(place.data("run/\(file).json"))
        for key in path { found = (found as? [String: Any])?[key] }
        return (found as? NSNumber)?.doubleValue
      }
      for (found, expected) in try [
        (number("pretraining", "encoder", "stemStride"), 2),
        (number("pretraining", "encoder", "imageSize"), 12),
        (number("pretraining", "epochs"), 2), (number("pretraining", "batch"), 4),
        (number("pretraining", "learningRate"), 0.01), (number("pretraining", "seed"), 9),
        (number("pretraining", "algorithm", "simclr", "temperature"), 0.3),
        (number("pretraining", "monitorInterval"), 1), (number("run", "imageSize"), 14),
        (number("split", "split", "seed"), 3),
      ] { #expect(abs((found ?? .nan) - expected) < 1e-6) }
      #expect(try place.names("run/checkpoints") == ["epoch-1"])
      #expect(run.output.contains("5 shadow members of 32 images"))
    }
  }
}
