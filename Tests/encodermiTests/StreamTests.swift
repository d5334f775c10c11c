import Foundation
import TestSupport
import Testing

/// What becomes of the program where its streams cannot be written, and what it writes to terminals.
@Suite(.serialized) struct StreamTests {
  /// Runs a line of shell in a folder, in which `$E` is the program.
  private func shell(_ line: String, in folder: URL) throws -> Program.Answer {
    try Program.shell(line, in: folder)
  }

  @Test(
    "Standard error that cannot be written does not stop a pre-training",
    arguments: ["2>/dev/full", "2>&-", "2>&1 >out | true", "2>/dev/full </dev/null >out"])
  func standardError(redirection: String) throws {
    try Workplace.with { place in
      try Data("no picture".utf8).write(to: place.folder.appending(path: "images/class0/bad.png"))
      let pretrain = (["pretrain", "simclr"] + Workplace.pretraining + ["--out", "run"]).joined(
        separator: " ")
      let answer = try shell("(trap '' PIPE; $E \(pretrain); echo $? >code) \(redirection)", in: place.folder)
      #expect(String(decoding: try place.data("code"), as: UTF8.self) == "0\n", "\(answer.errors)")
      #expect(place.isThere("run/encoder/weights.safetensors"))
      // A closed stream became none of the files that were written.
      let log = String(decoding: try place.data("run/log.jsonl"), as: UTF8.self)
      #expect(log.split(separator: "\n").count == 3 && !log.contains("warning"))
    }
  }

  @Test(
    "Standard output that cannot be written is an error that says so",
    arguments: [
      "help", "--version", "tokenize --tokenizer t.json a", "tokenize --tokenizer t.json --format json a",
    ])
  func standardOutput(command: String) throws {
    try withTemporaryFolder { folder in
      try Data(#"{"contextLength": 8, "merges": []}"#.utf8).write(to: folder.appending(path: "t.json"))
      for redirection in [">/dev/full", ">&-"] {
        let answer = try shell("$E \(command) \(redirection)", in: folder)
        #expect(answer.code == 1, "\(redirection)")
        #expect(answer.errors.contains("standard output could not be written"), "\(answer.errors)")
      }
      let piped = try shell("(trap '' PIPE; $E \(command); echo $? >code) | true; cat code", in: folder)
      #expect(piped.errors.isEmpty, "\(piped.errors)")
      #expect(["0\n", "141\n"].contains(piped.output))
    }
  }

  @Test("Verdicts that cannot all be written are an error in every format, and a reader may leave")
  func verdicts() throws {
    try Workplace.with { place in
      #expect(try place.pretrainBoth().allSatisfy { $0.code == 0 })
      #expect(try place.attack("--out", "attack").code == 0)
      let infer = "$E infer --classifier attack/classifiers/vector --target target images --format"
      for format in ["table", "csv", "json"] {
        let answer = try shell("\(infer) \(format) >/dev/full", in: place.folder)
        #expect(answer.code == 1 && answer.errors.contains("standard output could not be written"))
        let limited = try shell("ulimit -f 1; \(infer) \(format) >out", in: place.folder)
        #expect(limited.code == (try place.data("out").count > 512 ? 1 : 0), "\(limited.errors)")
        let head = try shell("\(infer) \(format) | head -n 1", in: place.folder)
        #expect(head.code == 0 && head.errors.isEmpty && head.output.split(separator: "\n").count == 1)
      }
    }
  }

  @Test("A limit on the size of files is an error with the file's name, and no signal ends the program")
  func fileSizeLimit() throws {
    try Workplace.with { place in
      let pretrain = (["pretrain", "simclr"] + Workplace.pretraining + ["--out", "run"]).joined(
        separator: " ")
      let answer = try shell("ulimit -f 8; $E \(pretrain)", in: place.folder)
      #expect(answer.code == 1)
      #expect(
        answer.errors.contains("state.safetensors") && answer.errors.contains("ulimit -f"), "\(answer.errors)"
      )
    }
  }

  @Test("Names and settings of files cannot command a terminal, on neither stream")
  func controls() throws {
    try Workplace.with { place in
      let name = "images/class0/a\u{1B}]0;x\u{7}\u{9B}31m\u{202E}.png"
      try FileManager.default.copyItem(
        at: place.folder.appending(path: "images/class0/000.png"), to: place.folder.appending(path: name))
      try Data(#"{"algor\u001b[2Jithm": 1}"#.utf8).write(to: place.folder.appending(path: "odd.json"))
      let answers = [
        try place.pretrain("simclr", "--out", "run"),
        try place.pretrain("simclr", "--config", "odd.json", "--out", "x"),
        try place.run("infer", "--classifier", "run\u{1B}[2J", "--target", "\u{9B}2J", "\u{1B}[31m.png"),
        try place.run("pretrain", "simclr", "--data", "\u{1B}[2J", "--out", "x"),
        try place.run("tokenize", "--tokenizer", "odd.json", "a\u{1B}[2J"),
      ]
      for answer in answers {
        for scalar in (answer.output + answer.errors).unicodeScalars {
          let isControl = scalar.properties.generalCategory == .control && scalar != "\n"
          #expect(!isControl && scalar != "\u{202E}", "\(answer.errors)")
        }
      }
      #expect(answers[0].code == 0 && answers[0].errors.contains("duplicate"))
    }
  }

  @Test("An error is no longer than a few lines, whatever it found")
  func boundedErrors() throws {
    try Workplace.with { place in
      let long = String(repeating: "x", count: 3_000_000)
      try Data(long.utf8).write(to: place.folder.appending(path: "long.csv"))
      try Data("{\"\(long)\": 1}".utf8).write(to: place.folder.appending(path: "long.json"))
      for answer in [
        try place.run("pretrain", "clip", "--data", "csv:long.csv", "--out", "run"),
        try place.pretrain("simclr", "--config", "long.json", "--out", "run"),
        try place.run("tokenize", "--tokenizer", "long.json", "a"),
        try place.run("tokenize", "--train", "long.csv", "--column", "caption", "--out", "t.json"),
      ] { #expect(answer.code != 0 && answer.errors.utf8.count < 5000, "\(answer.errors.prefix(200))") }
    }
  }
}
