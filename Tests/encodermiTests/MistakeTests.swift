import Foundation
import TestSupport
import Testing

/// What goes wrong is said with the file or option and a remedy, ends with a code that is not 0, and leaves nothing.
@Suite(.serialized) struct MistakeTests {
  private func expect(
    _ answer: Program.Answer, says words: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(answer.code != 0, sourceLocation: sourceLocation)
    for word in words {
      #expect(answer.errors.contains(word), "\(answer.errors)", sourceLocation: sourceLocation)
    }
  }

  @Test("A pre-training that cannot begin says why and leaves no folder")
  func pretrain() throws {
    try Workplace.with { place in
      expect(try place.pretrain("simclr", "--out", "run", "--data", "nowhere"), says: "nowhere")
      expect(
        try place.pretrain("simclr", "--out", "run", "--members", "9"), says: "36", "32", "smaller groups")
      expect(try place.pretrain("simclr", "--out", "run", "--members", "1"), says: "--members 1")
      expect(
        try place.pretrain("simclr", "--out", "run", "--members", "9223372036854775807"), says: "--members")
      expect(try place.pretrain("simclr", "--out", "run", "--preset", "best"), says: "'best'", "paper, quick")
      expect(
        try place.pretrain("simclr", "--out", "run", "--encoder", "resnet50"), says: "'resnet50'",
        "resnet18-64")
      expect(try place.pretrain("simclr", "--out", "run", "--encoder", "vgg11-16"), says: "below 32")
      expect(try place.pretrain("simclr", "--out", "run", "--epochs", "0"), says: "epochs", "1...100000000")
      expect(try place.pretrain("simclr", "--out", "run", "--checkpoints", "1,x"), says: "'x'")
      expect(
        try place.pretrain("simclr", "--out", "run", "--temperature", "0"), says: "temperature", "above 0")
      expect(try place.pretrain("simclr", "--out", "run", "--config", "no.json"), says: "no.json")
      expect(try place.pretrain("moco", "--out", "run", "--queue", "0"), says: "queueSize")
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
      #expect(answer.errors.contains("1 image"))
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
      expect(try place.attack("--out", "attack", "--views", "1"), says: "views", "2 to 1,000")
      expect(try place.attack("--out", "attack", "--classifiers", "best"), says: "'best'", "standard")
      expect(try place.attack("--out", "attack", "--target", "nowhere"), says: "nowhere", "--out")
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
      expect(try place.attack("--out", "file/attack"), says: "file")
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
      expect(try ask(["missing.png"]), says: "missing.png")
      expect(try ask(["images/class0/000.png"], classifier: "target/encoder"), says: "target")
      expect(try ask(["images/class0/000.png"], classifier: "nowhere"), says: "nowhere")
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
