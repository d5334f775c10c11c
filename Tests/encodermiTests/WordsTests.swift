import ArgumentParser
import Files
import Foundation
import Report
import TestSupport
import Testing

@testable import encodermi

/// What is typed wrongly is named, with what was meant.
@Suite(.serialized) struct WordsTests {
  private func message(_ arguments: String...) throws -> String {
    try #require(throws: ValidationError.self) { try Ending.checkWords(arguments) }.message
  }

  @Test("An unknown command is named with those there are, and the near one")
  func commands() throws {
    #expect(
      try message("pretrain", "byol").contains(
        "there is no 'byol' of 'pretrain'; there are moco, simclr, clip"))
    #expect(try message("pretrain", "simCLR", "--out", "x").contains("did you mean simclr?"))
    #expect(try message("atack").contains("did you mean attack?"))
    #expect(try message("help", "nosuch").contains("there is no 'nosuch'"))
    #expect(try message("help", "pretrain", "nosuch").contains("of 'pretrain'"))
    for known in [
      ["attack", "x"], ["help"], ["help", "pretrain", "clip"], ["pretrain", "help", "clip"], ["--version"],
      [],
      ["infer", "a.png", "-1.png"], ["pretrain", "--help"],
    ] { #expect(throws: Never.self) { try Ending.checkWords(known) } }
  }

  @Test("A number below 0 is told with its option, which the parser would take for another option")
  func negative() throws {
    #expect(try message("attack", "--seed", "-1") == "--seed -1: no option takes a number below 0")
    #expect(try message("infer", "--alpha", "-0.5").contains("--alpha -0.5"))
  }

  @Test("Names that begin alike or differ in two letters are near, others are not")
  func near() {
    let names = ["cifar10", "stl10", "folder", "csv", "tsv", "jsonl"]
    #expect(nearest(to: "cifar", among: names) == ["cifar10"])
    #expect(nearest(to: "Folders", among: names) == ["folder"])
    #expect(nearest(to: "jsnl", among: names) == ["jsonl"])
    #expect(nearest(to: "imagenet", among: names) == [])
    #expect(nearest(to: String(repeating: "x", count: 1_000_000), among: names) == [])
  }

  @Test("What is wrong with options ends with the usage of the command that they were given to")
  func usage() throws {
    try withTemporaryFolder { folder in
      let answer = try Program.run(
        ["pretrain", "moco", "--data", "imagenet:x", "--out", "run", "--queue", "0"], in: folder)
      #expect(
        answer.code == 64 && answer.errors.contains("Usage: encodermi pretrain moco"), "\(answer.errors)")
      #expect(answer.errors.contains("See 'encodermi pretrain moco --help'"))
      for (arguments, usage) in [
        (["pretrain", "byol"], "encodermi pretrain <subcommand>"), (["nosuch"], "encodermi <subcommand>"),
        (["pretrain", "simclr", "--seed", "-1"], "encodermi pretrain simclr [<options>]"),
        (["help", "pretrain", "byol"], "encodermi pretrain <subcommand>"),
      ] {
        let answer = try Program.run(arguments, in: folder)
        #expect(answer.code == 64 && answer.errors.contains("Usage: \(usage)"), "\(answer.errors)")
      }
      let words = try Program.run(["pretrain", "simclr", "--data", "cifar:x", "--out", "run"], in: folder)
      #expect(words.errors.contains("did you mean cifar10?"))
      let first = try #require(words.errors.split(separator: "\n").first)
      #expect(first.count < 300)
      let nowhere = try Program.run(["pretrain", "simclr", "--data", "nowhere", "--out", "run"], in: folder)
      #expect(nowhere.code == 1 && nowhere.errors.count < 300, "\(nowhere.errors)")
    }
  }

  @Test("A file where a folder is written is called a file, in the system's words and not in Foundation's")
  func fileAsFolder() throws {
    try Workplace.with { place in
      try Data().write(to: place.folder.appending(path: "README.md"))
      #expect(try place.pretrainBoth().allSatisfy { $0.code == 0 })
      for answer in [
        try place.pretrain("simclr", "--out", "README.md"),
        try place.pretrain("simclr", "--out", "README.md/run"),
        try place.attack("--out", "README.md"), try place.attack("--out", "README.md/attack"),
        try place.run("demo", "--data", "images", "--members", "6", "--out", "README.md"),
        try place.run("questions", "--shadow", "shadow", "--out", "README.md"),
      ] {
        #expect(answer.code == 1 && answer.errors.contains("README.md is a file"), "\(answer.errors)")
        #expect(!answer.errors.contains("Cocoa"))
      }
      let demo = try place.run("demo", "--data", "images", "--members", "6", "--out", "target")
      #expect(demo.code == 1 && demo.errors.contains("target already holds files"), "\(demo.errors)")
      #expect(try !place.names("target").contains("shadow"))
      let resumed = try place.run("demo", "--data", "images", "--members", "6", "--out", "target", "--resume")
      #expect(resumed.code == 1 && resumed.errors.contains("this is a run"), "\(resumed.errors)")
    }
  }

  @Test(
    "Of several folders one without pictures is left out and named; data that moved are asked for by their option"
  )
  func foldersAndMoves() throws {
    try Workplace.with { place in
      #expect(try place.pretrainBoth().allSatisfy { $0.code == 0 })
      #expect(try place.attack("--out", "attack").code == 0)
      try FileManager.default.createDirectory(
        at: place.folder.appending(path: "empty"), withIntermediateDirectories: false)
      let infer = ["infer", "--classifier", "attack/classifiers/vector", "--target", "target"]
      let answer = try Program.run(infer + ["empty", "images"], in: place.folder)
      #expect(answer.code == 2 && answer.errors.contains("left out empty"), "\(answer.errors)")
      #expect(answer.output.contains("32 images") && answer.output.contains("1 left out"))
      #expect(try Program.run(infer + ["empty", "images", "--strict"], in: place.folder).code == 1)
      #expect(try Program.run(infer + ["empty"], in: place.folder).code == 1)

      try FileManager.default.moveItem(
        at: place.folder.appending(path: "images"), to: place.folder.appending(path: "moved"))
      let lost = try place.attack("--out", "again")
      #expect(lost.code == 1 && lost.errors.contains("--target-data"), "\(lost.errors)")
      #expect(!place.isThere("again"))
      let half = try place.attack("--out", "again", "--target-data", "moved")
      #expect(half.code == 1 && half.errors.contains("--shadow-data"), "\(half.errors)")
      #expect(
        try place.attack("--out", "again", "--target-data", "moved", "--shadow-data", "moved").code == 0)
    }
  }

  @Test("A table with all columns is wide, and one without fits 80 columns, as do all sentences")
  func tables() throws {
    try Workplace.with { place in
      #expect(try place.pretrainBoth().allSatisfy { $0.code == 0 })
      let narrow = try place.attack("--out", "attack")
      #expect(narrow.code == 0 && !narrow.output.contains("precision"))
      for line in narrow.output.split(separator: "\n") where !line.contains("results are in") {
        #expect(PrintableText.columns(String(line)) <= 80, "\(line)")
      }
      let wide = try place.attack("--out", "wide", "--wide")
      #expect(
        wide.output.contains("precision") && wide.output.contains("control: untrained encoder (EncoderMI-V)"))
      // What is seen is the same.
      #expect(try place.data("attack/results.json") == place.data("wide/results.json"))
    }
  }

  @Test(
    "Captions of verdicts stand in one line that fits beside the rest, of any script; a file's name stays whole"
  )
  func captionsInLine() {
    let long = "a red balloon\nover " + String(repeating: "the sea and ", count: 20)
    let rows = [
      ["a.png", long, "nonmember", "0.1234"], ["b.png", String(repeating: "海", count: 60), "member", "1"],
    ]
    let header = ["file", "caption", "verdict", "score"]
    for columns in [60, 80, 200] {
      var table = ReportTable(header: header)
      for row in Verdicts.shortened(rows, header, to: columns) { table.append(row) }
      #expect(table.text.split(separator: "\n").allSatisfy { PrintableText.columns(String($0)) <= columns })
    }
    let shown = Verdicts.shortened(rows, header, to: 80)
    #expect(shown[0][1].hasPrefix("a red balloon over the sea") && shown[0][1].hasSuffix("…"))
    #expect(shown.map { $0[0] } == ["a.png", "b.png"])
    let name = String(repeating: "folder/", count: 30) + "a.png"
    let narrow = Verdicts.shortened([[name, long, "member", "1"]], header, to: 80)[0]
    #expect(narrow[0] == name && PrintableText.columns(narrow[1]) == 20)
    #expect(Verdicts.shortened([["a", "short", "member", "1"]], header, to: 80)[0][1] == "short")
    #expect(Verdicts.shortened([["x"]], ["file"], to: 10) == [["x"]])
  }

  @Test("A sentence is broken at words, and a path that is longer than a line stays whole")
  func sentences() {
    let path = "/" + String(repeating: "folder/", count: 20)
    let broken = TerminalLine.broken("finished: loss 1.5, accuracy 38%; the run is in \(path)", to: 40)
    #expect(broken == "finished: loss 1.5, accuracy 38%; the\n  run is in\n  \(path)")
    #expect(TerminalLine.broken("short enough", to: 12) == "short enough")
    #expect(TerminalLine.broken("日本 日本 日本", to: 9) == "日本 日本\n  日本")
  }

  @Test("A line of progress is cut to the terminal's columns, wide characters counted twice")
  func progressLine() {
    #expect(TerminalLine.cut("step 1 of 2", to: 40) == "step 1 of 2")
    #expect(TerminalLine.cut("step 1 of 2", to: 8) == "step 1 …")
    #expect(PrintableText.columns(TerminalLine.cut(String(repeating: "日", count: 99), to: 39)) <= 39)
    // What moves is seen whatever stands before it.
    #expect(
      TerminalLine.titled("41%; pre-training moco", "step 1 of 2", in: 30) == "41%; pre-trainin…: step 1 of 2"
    )
    #expect(TerminalLine.titled("target", "step 1 of 2", in: 30) == "target: step 1 of 2")
    #expect(TerminalLine.titled("target", "step 1 of 2", in: 20) == "target: step 1 of 2")
  }

  @Test("What was left out stands in a file of the run, beyond what is said of it")
  func leftOut() throws {
    try Workplace.with { place in
      for number in 0..<12 {
        try Data("no picture".utf8).write(to: place.folder.appending(path: "images/class0/bad\(number).png"))
      }
      let answer = try place.pretrain("simclr", "--out", "run", "--epochs", "1")
      #expect(answer.code == 0)
      let lines = String(decoding: try place.data("run/left-out.tsv"), as: UTF8.self).split(separator: "\n")
      #expect(lines.count == 13 && lines[0] == "kind\tname\treason")
      #expect(lines.contains { $0.hasPrefix("undecodable image\tclass0/bad11.png\t") })
    }
  }
}
