import Files
import Foundation
import TestSupport
import Testing

/// What goes wrong is said with the file or option and a remedy, ends with a code that is not 0, and leaves nothing.
@Suite(.serialized) struct MistakeTests {
  private func expect(
    _ answer: Program.Answer, says words: String..., code: Int32? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    if let code {
      #expect(answer.code == code, sourceLocation: sourceLocation)
    } else {
      #expect(answer.code != 0, sourceLocation: sourceLocation)
    }
    for word in words {
      #expect(answer.errors.contains(word), "\(answer.errors)", sourceLocation: sourceLocation)
    }
  }

  @Test("A pre-training that cannot begin says why and leaves no folder")
  func pretrain() throws {
    try Workplace.with { place in
      expect(try place.pretrain("simclr", "--out", "run", "--data", "nowhere"), says: "nowhere")
      expect(
        try place.pretrain("simclr", "--out", "run", "--data", "imagenet:images"),
        says: "--data", "'imagenet'", "tinyimagenet", code: 64)
      expect(
        try place.pretrain("simclr", "--out", "run", "--members", "9"), says: "36", "32", "smaller groups",
        code: 1)
      expect(try place.pretrain("simclr", "--out", "run", "--members", "1"), says: "--members 1", code: 64)
      expect(
        try place.pretrain("simclr", "--out", "run", "--members", "9223372036854775807"), says: "--members")
      expect(
        try place.pretrain("simclr", "--out", "run", "--preset", "best"), says: "'best'", "paper, quick",
        code: 64)
      expect(
        try place.pretrain("simclr", "--out", "run", "--encoder", "resnet50"), says: "--encoder",
        "'resnet50'", "resnet18-64", code: 64)
      expect(
        try place.pretrain("simclr", "--out", "run", "--encoder", "vgg11-16"), says: "--image-size",
        "below 32", code: 64)
      expect(
        try place.pretrain("simclr", "--out", "run", "--epochs", "0"), says: "--epochs: found 0",
        "1...100000000", code: 64)
      expect(try place.pretrain("simclr", "--out", "run", "--checkpoints", "1,x"), says: "'x'", code: 64)
      expect(
        try place.pretrain("simclr", "--out", "run", "--checkpoints", "4"), says: "--checkpoints: found 4",
        "1...3", code: 64)
      expect(
        try place.pretrain("simclr", "--out", "run", "--temperature", "0"), says: "--temperature", "above 0",
        code: 64)
      expect(try place.pretrain("simclr", "--out", "run", "--config", "no.json"), says: "no.json", code: 1)
      expect(try place.pretrain("moco", "--out", "run", "--queue", "0"), says: "--queue: found 0", code: 64)
      expect(try place.pretrain("simclr", "--out", "run", "--resume"), says: "run", "leave --resume out")
      #expect(!place.isThere("run"))
    }
  }

  @Test("Settings that nobody knows, no JSON, or another algorithm's are refused with file and key")
  func config() throws {
    try Workplace.with { place in
      for (text, words) in [
        (#"{"epoch": 3}"#, "“epoch”"), (#"{"head": {"depth": 1}}"#, "“head.depth”"), ("{", "line 1"),
        (#"{"batch": "many"}"#, "“batch”"),
        (
          #"{"algorithm": {"moco": {"queueSize": 4, "keyMomentum": 0.9, "temperature": 0.1, "normGroups": 1}}}"#,
          "encodermi pretrain moco"
        ),
      ] {
        try Data(text.utf8).write(to: place.folder.appending(path: "mine.json"))
        expect(
          try place.pretrain("simclr", "--out", "run", "--config", "mine.json"), says: "mine.json", words)
      }
      #expect(!place.isThere("run"))
    }
  }

  @Test("A damaged picture is named and left out with a count; with --strict it ends the command")
  func damagedPicture() throws {
    try Workplace.with { place in
      try Data("no picture".utf8).write(to: place.folder.appending(path: "images/class0/bad.png"))
      let answer = try place.pretrain("simclr", "--out", "run", "--epochs", "1")
      #expect(answer.code == 0, "\(answer.errors)")
      #expect(answer.errors.contains("class0/bad.png"))
      #expect(answer.errors.contains("undecodable image: 1 "))
      expect(try place.pretrain("simclr", "--out", "strict", "--strict"), says: "bad.png")
      #expect(!place.isThere("strict"))
    }
  }

  @Test("A used folder, other settings, another side or another split are refused and change nothing")
  func usedFolder() throws {
    try Workplace.with { place in
      #expect(try place.pretrain("simclr", "--out", "run").code == 0)
      let names = try place.names("run")
      let before = names.map { try? place.data("run/\($0)") }
      expect(try place.pretrain("simclr", "--out", "run"), says: "run", "already holds a run", "--resume")
      let others = [["--epochs", "9"], ["--group", "shadow"], ["--split-seed", "4"], ["--members", "5"]]
      for other in others {
        let answer = try Program.run(
          ["pretrain", "simclr"] + Workplace.pretraining + ["--out", "run", "--resume"] + other,
          in: place.folder)
        expect(answer, says: "run", "resume with the same, or choose another folder")
      }
      #expect(try place.names("run") == names)
      #expect(names.map { try? place.data("run/\($0)") } == before)
    }
  }

  @Test("A folder with files of something else is refused before anything is loaded, and stays as it is")
  func foreignFolder() throws {
    try Workplace.with { place in
      // The data are not there either, but the folder is looked at first.
      let answer = try place.pretrain("simclr", "--out", "images", "--data", "nowhere")
      expect(answer, says: "images already holds files", "choose another --out", code: 1)
      #expect(answer.output.isEmpty && !answer.errors.contains("nowhere"))
      #expect(try place.names("images") == ["class0", "class1"])
      // A demo begins in no folder that holds something, whatever that is.
      for name in ["target", "shadow", "attack"] {
        let folder = place.folder.appending(path: "demo-\(name)/\(name)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("x".utf8).write(to: folder.appending(path: "mine.txt"))
        let demo = try place.run("demo", "--data", "nowhere", "--out", "demo-\(name)")
        expect(demo, says: "demo-\(name) already holds files", code: 1)
        #expect(try place.names("demo-\(name)") == [name])
      }
    }
  }

  @Test(
    "A run that goes on cannot be resumed beside itself, but can be attacked, and resumed once it was killed")
  func inUse() throws {
    try Workplace.with { place in
      #expect(try place.pretrainBoth().allSatisfy { $0.code == 0 })
      let options = ["--out", "long", "--epochs", "100000", "--checkpoints", "1"]
      var (second, attack): (Program.Answer?, Program.Answer?) = (nil, nil)
      _ = try Program.run(
        ["pretrain", "simclr"] + Workplace.pretraining + options, in: place.folder,
        meanwhile: { process in
          while process.isRunning, !place.isThere("long/log.jsonl") { usleep(2000) }
          second = try? Program.run(
            ["pretrain", "simclr"] + Workplace.pretraining + options + ["--resume"], in: place.folder)
          attack = try? place.attack("--growth", "--target", "long")
          kill(process.processIdentifier, SIGKILL)
        })
      expect(try #require(second), says: "long is in use", code: 1)
      // Only its checkpoints are there yet, but no lock is in the way.
      expect(try #require(attack), says: "no finished encoder", "--resume", code: 1)
      let resumed = try Program.run(
        ["pretrain", "simclr"] + Workplace.pretraining + options + ["--resume"], in: place.folder,
        meanwhile: { process in
          usleep(300_000)
          kill(process.processIdentifier, SIGINT)
        })
      #expect(!resumed.errors.contains("in use"), "\(resumed.errors)")
    }
  }

  @Test("A file where a folder should be is named")
  func fileInTheWay() throws {
    try Workplace.with { place in
      try Data("x".utf8).write(to: place.folder.appending(path: "file"))
      expect(try place.pretrain("simclr", "--out", "file"), says: "file")
      expect(try place.pretrain("simclr", "--out", "file/run"), says: "file/run")
      #expect(try place.data("file") == Data("x".utf8))
    }
  }

  @Test("An attack on what does not belong together is refused and leaves nothing")
  func attack() throws {
    try Workplace.with { place in
      #expect(try place.pretrainBoth().allSatisfy { $0.code == 0 })
      expect(
        try place.attack("--out", "attack", "--views", "1"), says: "--views: found 1",
        "2 to 1,000", code: 64)
      expect(
        try place.attack("--out", "attack", "--classifiers", "best"), says: "'best'", "standard", code: 64)
      expect(
        try place.attack("--out", "attack", "--white-box"), says: "--white-box is for Baseline C", code: 64)
      expect(
        try place.attack(
          "--out", "attack", "--white-box", "--attacks", "Baseline C", "--target", "answers:target"),
        says: "answers:target holds its answers alone", "its weights", code: 64)
      expect(try place.attack("--out", "attack", "--target", "nowhere"), says: "nowhere", "--out", code: 1)
      expect(
        try place.attack("--out", "attack", "--target", "shadow", "--shadow", "target"), says: "shadow",
        "--group target")
      expect(
        try place.attack("--growth", "--target", "shadow", "--shadow", "target"), says: "--group target")
      #expect(
        try place.pretrain("simclr", "--group", "shadow", "--out", "other", "--split-seed", "5").code == 0)
      expect(try place.attack("--out", "attack", "--shadow", "other"), says: "other", "--split-seed")
      #expect(!place.isThere("attack"))
      try FileManager.default.createDirectory(
        at: place.folder.appending(path: "attack"), withIntermediateDirectories: true)
      try Data("x".utf8).write(to: place.folder.appending(path: "attack/mine.txt"))
      expect(try place.attack("--out", "attack"), says: "attack", "choose another --out")
      #expect(try place.names("attack") == ["mine.txt"])
      try Data("x".utf8).write(to: place.folder.appending(path: "file"))
      // Known before anything is computed.
      for out in ["file/attack", "/proc/attack"] {
        let answer = try place.attack("--out", out)
        expect(answer, says: out, code: 1)
        #expect(!answer.errors.contains("membership features"))
      }
    }
  }

  @Test("An encoder whose weights are damaged, missing or not of its description is named")
  func damagedEncoder() throws {
    try Workplace.with { place in
      #expect(try place.pretrainBoth().allSatisfy { $0.code == 0 })
      let weights = "target/encoder/weights.safetensors"
      let file = place.folder.appending(path: weights)
      let whole = try place.data(weights)
      try whole.prefix(whole.count / 2).write(to: file)
      expect(try place.attack("--out", "attack"), says: "weights.safetensors")
      try FileManager.default.removeItem(at: file)
      expect(try place.attack("--out", "attack"), says: "weights.safetensors")
      try whole.write(to: file)
      let description = place.folder.appending(path: "target/encoder/checkpoint.json")
      let text = try String(contentsOf: description, encoding: .utf8)
      try Data(text.replacingOccurrences(of: "\"width\" : 16", with: "\"width\" : 32").utf8).write(
        to: description)
      expect(try place.attack("--out", "attack"), says: "checkpoint.json is not the file that was written")
      try FileManager.default.removeItem(at: place.folder.appending(path: "target/SHA256SUMS"))
      expect(
        try place.attack("--out", "attack"), says: "weights.safetensors", "encoder.conv1.weight",
        "[32, 3, 3, 3]")
      try Data(text.utf8).write(to: description)
      try FileManager.default.removeItem(at: place.folder.appending(path: "target/encoder"))
      expect(try place.attack("--out", "attack"), says: "target", "--resume")
      #expect(!place.isThere("attack"))
    }
  }

  @Test("Questions about what is no picture, or to what is no classifier, are answered with a reason")
  func infer() throws {
    try Workplace.with { place in
      #expect(try place.pretrainBoth().allSatisfy { $0.code == 0 })
      #expect(try place.attack("--out", "attack").code == 0)
      func ask(_ files: [String], classifier: String = "attack/classifiers/vector", _ more: String...) throws
        -> Program.Answer
      {
        try Program.run(
          ["infer", "--classifier", classifier, "--target", "target"] + more + files, in: place.folder)
      }
      expect(try ask(["small.json"]), says: "small.json")
      let picture = "images/class0/000.png"
      expect(try ask(["missing.png"]), says: "missing.png: no such file", code: 1)
      expect(try ask([picture, "missing.png"], "--strict"), says: "missing.png: no such file", code: 1)
      let partly = try ask([picture, "missing.png"])
      expect(partly, says: "left out missing.png: no such file", code: 2)
      #expect(partly.output.contains("1 image: ") && partly.output.contains("; 1 left out"))
      for (classifier, words) in [
        ("nowhere", "no such folder"), ("small.json", "a file"), ("target/encoder", "an encoder"),
        ("target", "a run"), ("attack", "results of an attack"), ("images", "holds none"),
      ] {
        expect(
          try ask([picture], classifier: classifier), says: "--classifier \(classifier): ", words,
          "runs/attack/classifiers/vector", code: 1)
      }
      for (target, words) in [
        ("nowhere", "no such folder"), ("attack/classifiers/set", "an inference classifier"),
        ("attack", "results of an attack"),
      ] {
        expect(
          try ask([picture], "--target", target), says: "--target \(target): ", words, "the target's run",
          code: 1)
      }
      // A recipe of another classifier, and none.
      let recipe = place.folder.appending(path: "attack/classifiers/vector/recipe.json")
      let text = try String(contentsOf: recipe, encoding: .utf8)
      try Data(text.replacingOccurrences(of: "\"views\" : 3,", with: "\"views\" : 4,").utf8).write(to: recipe)
      expect(try ask([picture]), says: "recipe.json is not the file that was written", code: 1)
      try FileManager.default.removeItem(
        at: place.folder.appending(path: "attack/classifiers/vector/SHA256SUMS"))
      expect(try ask([picture]), says: "recipe.json is not of the attack", "over 3 views", "over 4", code: 1)
      try FileManager.default.removeItem(at: recipe)
      expect(try ask([picture]), says: "recipe.json is missing", code: 1)
      try Data(text.utf8).write(to: recipe)
      // One good and one bad picture: an answer for the one, a warning for the other, and not the code of success.
      let mixed = try ask(["images/class0/000.png", "small.json"])
      expect(mixed, says: "small.json")
      #expect(mixed.output.contains("000.png"))
      let strict = try ask(["images/class0/000.png", "small.json"], "--strict")
      expect(strict, says: "small.json")
      #expect(strict.output.isEmpty)
    }
  }
}
