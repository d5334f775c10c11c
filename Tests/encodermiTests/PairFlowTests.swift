import Attack
import Files
import Foundation
import TestSupport
import Testing

/// The program on images with captions, in trainings of a second.
@Suite(.serialized) struct PairFlowTests {
  @Test("From pairs to results: pretrain clip, attack with every knowledge")
  func flow() throws {
    try Workplace.withPairs { place in
      for (group, seed) in [("target", "1"), ("shadow", "2")] {
        let answer = try place.pretrainPairs("--group", group, "--seed", seed, "--out", group)
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
      #expect(attack.output.contains("calibrated CSA"))
      let results = try #require(try place.json(place.data("attack/exact/results.json")))
      #expect(results["knowledge"] as? String == "exact")
      #expect((results["target"] as? [String: Any])?["N"] as? Int == 6)
      for level in CaptionKnowledge.allCases.map(\.rawValue) {
        let schema = try JSONSchema.documented("results.schema.json")
        #expect(try schema.faults(in: place.data("attack/\(level)/results.json")) == [], "\(level)")
      }
      let imageOnly = try #require(try place.json(place.data("attack/imageOnly/results.json")))
      #expect((imageOnly["featureSets"] as? [[String]]) == [["imageImage"]])

      let growth = try place.attack("--growth")
      #expect(growth.code == 0, "\(growth.errors)")
    }
  }

  @Test("Levels of knowledge that the data do not allow are left out, and the others keep their names")
  func levels() throws {
    try Workplace.withPairs { place in
      for group in ["target", "shadow"] {
        let answer = try place.pretrainPairs(
          "--data", "tsv:pairs/single.tsv", "--group", group, "--out", group)
        #expect(answer.code == 0, "\(answer.errors)")
      }
      let attack = try place.attack("--variants", "2", "--knowledge", "all", "--out", "attack")
      #expect(attack.code == 0, "\(attack.errors)")
      #expect(attack.errors.contains("other is left out") && attack.errors.contains("template is left out"))
      #expect(try place.names("attack") == ["captionOnly", "exact", "imageOnly"])
      let parts = attack.output.components(separatedBy: "knowledge: ").dropFirst()
      #expect(
        parts.map { $0.prefix { $0 != "\n" } } == ["exact", "imageOnly", "captionOnly"])
      #expect(parts.last?.contains("(text-text)") == true && parts.last?.contains("(image-image)") == false)
    }
  }

  @Test(
    "Baselines A, B and C learn classes from a column of the captions' table; captions that both groups have are counted"
  )
  func classes() throws {
    try Workplace.withPairs { place in
      let lines = (0..<32).map { number in
        "\(String(format: "%03d.png", number))\tmosaic \(number / 4)\t\(number % 2 == 0 ? "even" : "odd")\n"
      }
      try Data(("image\tcaption\tkind\n" + lines.joined()).utf8).write(
        to: place.folder.appending(path: "pairs/classes.tsv"))
      try Data(#"{"downstream": {"epochs": 1}, "adversarial": {"steps": 1}}"#.utf8).write(
        to: place.folder.appending(path: "attack.json"))
      for group in ["target", "shadow"] {
        let answer = try place.pretrainPairs(
          "--data", "tsv:pairs/classes.tsv", "--label-column", "kind", "--group", group, "--out", group)
        #expect(answer.code == 0 && answer.output.contains("kNN accuracy"), "\(answer.errors)")
      }
      let names = "Baseline A,Baseline B,Baseline C"
      let attack = try place.attack("--attacks", names, "--config", "attack.json", "--out", "attack")
      #expect(attack.code == 0, "\(attack.errors)")
      let results = try #require(try place.json(place.data("attack/results.json")))
      let found = try #require(results["attacks"] as? [[String: Any]]).compactMap { $0["name"] as? String }
      #expect(found == names.split(separator: ",").map(String.init))
      // Four pictures share a caption: those of nonmembers that are a member's too are counted.
      let split = try place.json(place.data("target/split.json"))?["split"] as? [String: Any]
      let groups = try #require(split?["target"] as? [String: [Int]])
      let trained = Set((groups["members"] ?? []).map { $0 / 4 })
      let shared = (groups["nonmembers"] ?? []).count { trained.contains($0 / 4) }
      let warnings = try #require(results["warnings"] as? [String])
      #expect(
        shared > 0 && warnings.contains { $0.hasPrefix("\(shared) nonmembers have the caption of a member") })
    }
  }

  @Test("A run by CLIP that goes on keeps its tokenizer and ends as one that was not stopped")
  func resumes() throws {
    try Workplace.withPairs { place in
      #expect(try place.pretrainPairs("--out", "run").code == 0)
      let weights = try place.data("run/encoder/weights.safetensors")
      #expect(try place.pretrainPairs("--out", "run", "--resume").code == 0)
      #expect(try place.data("run/encoder/weights.safetensors") == weights)
      let other = try place.pretrainPairs("--out", "run", "--resume", "--vocabulary", "310")
      #expect(other.code == 1 && other.errors.contains("resume with the same"), "\(other.errors)")
    }
  }

  @Test(
    "A target with captions is asked about images alone by means of a shadow without"
  )
  func mixedKinds() throws {
    try Workplace.withPairs { place in
      #expect(try place.pretrainPairs("--out", "target").code == 0)
      let shadow = try Program.run(
        [
          "pretrain", "simclr", "--data", "tsv:pairs/captions.tsv", "--members", "6", "--encoder",
          "resnet18-16-stem4",
          "--image-size", "16", "--batch", "6", "--epochs", "2", "--group", "shadow", "--out", "shadow",
        ], in: place.folder)
      #expect(shadow.code == 0, "\(shadow.errors)")
      let refused = try place.attack("--out", "attack", "--knowledge", "exact")
      #expect(
        refused.code == 1 && refused.errors.contains("the shadow has no text encoder"), "\(refused.errors)")
      #expect(!place.isThere("attack"))
      let answer = try place.attack("--out", "attack")
      #expect(answer.code == 0 && answer.output.contains("knowledge: imageOnly"), "\(answer.errors)")
      #expect(place.isThere("attack/classifiers/vector/recipe.json"))
    }
  }

  @Test("A comparison says what it found, goes on where it stopped, and keeps to its settings")
  func compares() throws {
    try Workplace.withPairs { place in
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

  @Test("Sizes that leave no room for captions, and images too few, are told before anything is written")
  func refusals() throws {
    try Workplace.withPairs { place in
      for (setting, words) in [
        (#""vocabularySize": 257"#, "vocabularySize"), (#""contextLength": 2"#, "contextLength"),
      ] {
        try Data(#"{"algorithm": {"clip": {"text": {\#(setting)}}}}"#.utf8).write(
          to: place.folder.appending(path: "tiny.json"))
        let answer = try place.run(
          "pretrain", "clip", "--data", "tsv:pairs/captions.tsv", "--members", "6", "--batch", "6",
          "--config",
          "tiny.json", "--out", "run")
        #expect(answer.code == 64 && answer.errors.contains(words), "\(answer.errors)")
      }
      let few = try place.run(
        "compare", "--data", "tsv:pairs/captions.tsv", "--members", "600", "--batch", "6", "--out", "compared"
      )
      #expect(few.code == 1 && few.errors.contains("2400"), "\(few.errors)")
      try TinyImages.write(2, classes: 2, to: place.folder.appending(path: "two"))
      let unlabelled = try place.run(
        "compare", "--data", "tsv:pairs/captions.tsv", "--members", "6", "--batch", "6", "--labelled",
        "folder:two", "--out", "compared")
      #expect(unlabelled.code == 1 && unlabelled.errors.contains("are too few"), "\(unlabelled.errors)")
      let missing = try place.run("compare", "--preset", "flickr8k", "--out", "compared")
      #expect(missing.code == 64 && missing.errors.contains("--data flickr8k:FOLDER"), "\(missing.errors)")
      #expect(try place.names(".") == ["pairs", "small.json", "tiny.json", "two"])
    }
  }

  @Test("An attack that cannot be written is refused before the encoders are asked")
  func unwritable() throws {
    try Workplace.withPairs { place in
      for (group, seed) in [("target", "1"), ("shadow", "2")] {
        #expect(try place.pretrainPairs("--group", group, "--seed", seed, "--out", group).code == 0)
      }
      try Data().write(to: place.folder.appending(path: "file"))
      let answer = try place.attack("--out", "file")
      #expect(answer.code == 1 && !answer.errors.contains("asking"), "\(answer.errors)")
      // The shadow takes part by itself, and would count twice.
      let twice = try place.attack("--references", "shadow", "--out", "attack")
      #expect(twice.code == 1 && twice.errors.contains("count twice"), "\(twice.errors)")
      #expect(!place.isThere("attack"))
    }
  }
}
