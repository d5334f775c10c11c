import Foundation
import TestSupport
import Testing

/// Audits by lists of an auditor's own, from the command line.
@Suite(.serialized) struct GroupsFlowTests {
  /// Pictures that no run has seen, in two folders and a list.
  private func writeLists(_ place: Workplace) throws {
    for (name, numbers) in [("new", 100..<112), ("known", 200..<240)] {
      let folder = place.folder.appending(path: name)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for number in numbers {
        try TinyImages.image(number).writePNG(to: folder.appending(path: "\(number).png").path)
      }
    }
    let lines = (200..<240).map { "known/\($0).png" }
    try Data(lines.joined(separator: "\n").utf8).write(to: place.folder.appending(path: "known.txt"))
  }

  @Test(
    "Without a shadow: scores alone, conformal verdicts by known nonmembers, an attack on two lists, each with its words"
  )
  func withoutShadow() throws {
    try Workplace.with { place in
      #expect(try place.pretrain("simclr", "--group", "target", "--out", "target").code == 0)
      try writeLists(place)
      func run(_ arguments: String...) throws -> Program.Answer {
        try Program.run([arguments[0], "--views", "3"] + arguments.dropFirst(), in: place.folder)
      }
      let alone = try run("infer", "--target", "target", "--format", "csv", "new")
      #expect(alone.code == 0, "\(alone.errors)")
      #expect(alone.output.hasPrefix("file,verdict,score,errorRate\n") && alone.output.contains(",none,"))
      #expect(alone.output.split(separator: "\n").count == 13)

      let judged = try run("infer", "--target", "target", "--nonmembers", "list:known.txt", "--", "new")
      #expect(judged.code == 0, "\(judged.errors)")
      for words in [
        "40 known nonmembers", "of 12 inputs at least 6 are called member-like or none",
        "a share of at most 0.05",
        "blind within the groups", "3 an input",
        "cannot tell",
      ] {
        let output = judged.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(output.contains(words), "\(words): \(judged.output)")
      }
      let few = try run(
        "infer", "--target", "target", "--alpha", "0.01", "--format", "json", "--nonmembers", "known", "--",
        "new")
      #expect(few.errors.contains("n + 1 < 1 / alpha"))
      #expect(few.output.contains("\"errorRate\" : \"false discovery rate 0.01\""))
      let shared = try run(
        "infer", "--target", "target", "--nonmembers", "known", "--", "new", "known/200.png")
      #expect(shared.errors.contains("1 picture is both in the inputs and in the known nonmembers"))

      let attack = try run(
        "attack", "--target", "target", "--members", "new", "--nonmembers", "known", "--out", "attack")
      #expect(attack.code == 0, "\(attack.errors)")
      #expect(attack.output.contains("no shadow") && attack.output.contains("20 calibrating ones"))
      let written = try place.data("attack/results.json")
      #expect(try JSONSchema.documented("results.schema.json").faults(in: written) == [])
      #expect(try place.table("attack/scores.csv").count == 52)
      let report = try Program.run(["report", "attack", "--text"], in: place.folder)
      #expect(report.code == 0 && report.output.contains("no shadow"), "\(report.errors)")

      let budget = try run(
        "attack", "--target", "target", "--members", "new", "--nonmembers", "known", "--out", "b", "--budget",
        "120")
      #expect(budget.code == 1 && budget.errors.contains("--views 2 fits"), "\(budget.errors)")
      #expect(!place.isThere("b"))
      let infer = try run("infer", "--target", "target", "--budget", "10", "--", "new")
      #expect(infer.code == 1 && infer.errors.contains("nothing was asked"), "\(infer.errors)")
    }
  }

  @Test("With a shadow lists take the place of the target's split, also through recorded answers")
  func withShadow() throws {
    try Workplace.with { place in
      for answer in try place.pretrainBoth() { #expect(answer.code == 0, "\(answer.errors)") }
      try writeLists(place)
      func run(_ arguments: [String]) throws -> Program.Answer {
        try Program.run(arguments, in: place.folder)
      }
      let lists = ["--members", "new", "--nonmembers", "known", "--views", "3", "--shadow", "shadow"]
      let quick = ["--classifiers", "quick"]
      let direct = try run(["attack", "--target", "target", "--out", "direct"] + lists + quick)
      #expect(direct.code == 0, "\(direct.errors)")
      let words = direct.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(words.contains("blind within the") && words.contains("the lists given"), "\(direct.output)")
      let rows = try place.table("direct/scores.csv")
      #expect(rows.count { $0["of"] == "target" && $0["group"] == "member" } == 12)
      #expect(rows.count { $0["of"] == "target" } == 52 && rows.count == 64)

      let asked = try run(["questions", "--target", "target", "--out", "asked"] + lists + quick)
      #expect(asked.code == 0, "\(asked.errors)")
      #expect(try place.names("asked") == ["manifest.json", "pictures"])
      #expect(try run(["embed", "--encoder", "target", "--questions", "asked"]).code == 0)
      let recorded = try run(["attack", "--target", "answers:asked", "--out", "recorded"] + lists + quick)
      #expect(recorded.code == 0, "\(recorded.errors)")
      for (row, other) in zip(rows, try place.table("recorded/scores.csv")) {
        let values = try [row, other].map { try #require(Double($0["EncoderMI-T score"] ?? "")) }
        #expect(abs(values[0] - values[1]) <= 1e-5)
      }

      let judged = try run([
        "infer", "--classifier", "direct/classifiers/threshold", "--target", "target", "--format", "csv",
        "--nonmembers", "known", "--", "new",
      ])
      #expect(judged.code == 0, "\(judged.errors)")
      #expect(judged.output.hasPrefix("file,verdict,score,p,errorRate\n"))
    }
  }

  @Test("Lists that cannot be used are refused before anything is asked, with the remedy")
  func mistakes() throws {
    try Workplace.with { place in
      try writeLists(place)
      try Data(#"{"nearEmbeddings": 0.98}"#.utf8).write(to: place.folder.appending(path: "near.json"))
      for (arguments, words) in [
        (["attack", "--target", "t", "--nonmembers", "known"], "infer --nonmembers"),
        (["attack", "--target", "t"], "give --shadow, or lists of your own"),
        (["infer", "--target", "t", "--members", "known", "--", "new"], "--members alone bound no error"),
        (
          ["infer", "--target", "t", "--alpha", "0.1", "--", "new"],
          "--alpha needs scores of known nonmembers"
        ),
        (["infer", "--target", "t", "--score", "EncoderMI-V", "--", "new"], "is none of"),
        (
          ["attack", "--target", "t", "--members", "new", "--nonmembers", "text:known.txt", "--shadow", "s"],
          "give the same kind"
        ),
        (
          [
            "attack", "--target", "t", "--members", "list:known.txt", "--nonmembers", "list:known.txt",
            "--image-column", "file",
          ], "--image-column says how a data set is opened"
        ),
        (
          ["attack", "--target", "t", "--shadow", "s", "--config", "near.json"],
          "nearEmbeddings in --config compares two lists"
        ),
      ] {
        let answer = try Program.run(arguments, in: place.folder)
        #expect(answer.code == 64 && answer.errors.contains(words), "\(arguments): \(answer.errors)")
      }
    }
  }
}
