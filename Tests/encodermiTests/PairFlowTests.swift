import Foundation
import TestSupport
import Testing

/// The program on images with captions, in trainings of a second.
@Suite(.serialized) struct PairFlowTests {
  /// A folder with 32 tiny pictures and two captions of each.
  private func withPairs(_ body: (Workplace) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let pairs = folder.appending(path: "pairs")
      try TinyImages.write(32, to: pairs)
      let lines = (0..<32).map {
        "\(String(format: "%03d.png", $0))\tmosaic number \($0)\n"
          + "\(String(format: "%03d.png", $0))\tsixteen colours, \($0) of them bright\n"
      }
      try Data(("image\tcaption\n" + lines.joined()).utf8).write(to: pairs.appending(path: "captions.tsv"))
      try Data(#"{"head": {"width": 8}}"#.utf8).write(to: folder.appending(path: "small.json"))
      try body(Workplace(folder: folder))
    }
  }

  private func pretrain(_ place: Workplace, _ options: String...) throws -> Program.Answer {
    try Program.run(
      [
        "pretrain", "clip", "--data", "tsv:pairs/captions.tsv", "--members", "6", "--config", "small.json",
        "--image-encoder", "resnet18-16-stem4", "--text-encoder", "text-16x1", "--vocabulary", "300",
        "--context", "24",
        "--image-size", "16", "--batch", "6", "--epochs", "2",
      ] + options, in: place.folder)
  }

  @Test("From pairs to results: pretrain clip, attack with every knowledge")
  func flow() throws {
    try withPairs { place in
      for (group, seed) in [("target", "1"), ("shadow", "2")] {
        let answer = try pretrain(place, "--group", group, "--seed", seed, "--out", group)
        #expect(answer.code == 0, "\(answer.errors)")
        #expect(answer.output.contains("recall@1/5/10 of held-out captions"))
      }
      #expect(try place.names("target").contains("tokenizer"))
      #expect(try place.data("target/tokenizer") == place.data("shadow/tokenizer"))

      let attack = try place.attack("--variants", "3", "--knowledge", "all", "--out", "attack")
      #expect(attack.code == 0, "\(attack.errors)")
      #expect(
        try place.names("attack") == ["captionOnly", "exact", "imageOnly", "other", "template"])
      #expect(attack.output.contains("EncoderMI-V (image-text)"))
      #expect(attack.output.contains("CSA, calibrated"))
      let results = try #require(try place.json(place.data("attack/exact/results.json")))
      #expect(results["knowledge"] as? String == "exact")
      #expect(results["N"] as? Int == 6)
      let imageOnly = try #require(try place.json(place.data("attack/imageOnly/results.json")))
      #expect((imageOnly["featureSets"] as? [[String]]) == [["imageImage"]])

      // Images alone can be asked about after the attack on images, which is offered on request of one level.
      let infer = try place.run(
        "infer", "--classifier", "attack/exact/classifiers/vector-imageText", "--target", "target",
        "pairs/000.png")
      #expect(infer.code == 1 && infer.errors.contains("infer asks about images alone"), "\(infer.errors)")
      let growth = try place.attack("--growth")
      #expect(growth.code == 0, "\(growth.errors)")
    }
  }

  @Test("A run by CLIP that goes on keeps its tokenizer and ends as one that was not stopped")
  func resumes() throws {
    try withPairs { place in
      #expect(try pretrain(place, "--out", "run").code == 0)
      let weights = try place.data("run/encoder/weights.safetensors")
      #expect(try pretrain(place, "--out", "run", "--resume").code == 0)
      #expect(try place.data("run/encoder/weights.safetensors") == weights)
      let other = try pretrain(place, "--out", "run", "--resume", "--vocabulary", "310")
      #expect(other.code == 1 && other.errors.contains("resume with the same"), "\(other.errors)")
    }
  }

  @Test("A shadow without captions is refused for a target with them")
  func mixedKinds() throws {
    try withPairs { place in
      #expect(try pretrain(place, "--out", "target").code == 0)
      let shadow = try Program.run(
        [
          "pretrain", "simclr", "--data", "tsv:pairs/captions.tsv", "--members", "6", "--encoder",
          "resnet18-16-stem4",
          "--image-size", "16", "--batch", "6", "--epochs", "2", "--group", "shadow", "--out", "shadow",
        ], in: place.folder)
      #expect(shadow.code == 0, "\(shadow.errors)")
      let answer = try place.attack("--out", "attack")
      #expect(answer.code == 1 && answer.errors.contains("pre-trained on captions"), "\(answer.errors)")
      #expect(!place.isThere("attack"))
    }
  }

  @Test("A comparison says what it found, goes on where it stopped, and keeps to its settings")
  func compares() throws {
    try withPairs { place in
      for name in ["a", "b"] {
        try TinyImages.write(16, to: place.folder.appending(path: "labelled/\(name)"))
      }
      func compare(_ options: String...) throws -> Program.Answer {
        try Program.run(
          [
            "compare", "--data", "tsv:pairs/captions.tsv", "--members", "6", "--epochs", "1", "--seeds",
            "3",
            "--image-encoder", "resnet18-16-stem4", "--image-size", "16", "--text-encoder", "text-16x1",
            "--labelled", "folder:labelled", "--out", "compared",
          ] + options, in: place.folder)
      }
      let answer = try compare()
      #expect(answer.code == 0, "\(answer.errors)")
      for words in [
        "moco", "simclr", "clip", "Asked about images alone", "controls on swapped captions", "kNN accuracy",
      ] {
        #expect(answer.output.contains(words), "\(words)")
      }
      let written = try place.data("compared/comparison.json")
      try FileManager.default.removeItem(
        at: place.folder.appending(path: "compared/seed-3/clip/findings.json"))
      try FileManager.default.removeItem(at: place.folder.appending(path: "compared/comparison.json"))
      #expect(try compare("--resume").code == 0)
      #expect(try place.data("compared/comparison.json") == written)
      let other = try compare("--resume", "--epochs", "2")
      #expect(other.code == 1 && other.errors.contains("other settings"), "\(other.errors)")
      #expect(try compare().code == 1)
      let unlabelled = try compare("--labelled", "folder:pairs", "--out", "other")
      #expect(unlabelled.code == 1 && unlabelled.errors.contains("no classes"), "\(unlabelled.errors)")
    }
  }
}
