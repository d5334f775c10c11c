import Files
import Foundation
import TestSupport
import Testing

/// Questions, answers and audits from the command line.
@Suite(.serialized) struct RecordedFlowTests {
  @Test(
    "Questions, their answers and an attack on these give the scores of the attack itself, and infer its verdicts"
  )
  func flow() throws {
    try Workplace.with { place in
      for answer in try place.pretrainBoth() { #expect(answer.code == 0, "\(answer.errors)") }
      #expect(try place.attack("--out", "direct").code == 0)
      let settings = ["--shadow", "shadow", "--views", "3", "--classifiers", "quick"]
      func run(_ arguments: [String]) throws -> Program.Answer {
        try Program.run(arguments, in: place.folder)
      }

      let questions = try run(["questions", "--target", "target", "--out", "asked"] + settings)
      #expect(questions.code == 0, "\(questions.errors)")
      #expect(questions.output.contains("\(12 * 3 + 4) rows of pictures and 0 of captions"))
      #expect(
        try place.names("asked") == ["SHA256SUMS", "manifest.json", "pictures", "run.json", "split.json"])
      #expect(try place.names("asked/pictures").count == 36)
      let attack = ["attack", "--target", "answers:asked"] + settings
      let early = try run(attack)
      #expect(
        early.code == 1 && early.errors.contains("no answers to its 40 questions yet"), "\(early.errors)")

      let answered = try run(["embed", "--encoder", "target", "--questions", "asked"])
      #expect(answered.code == 0, "\(answered.errors)")
      let found = try run(attack + ["--out", "recorded"])
      #expect(found.code == 0, "\(found.errors)")
      #expect(found.output.contains("fresh ResNet-18"))
      try expectEqualScores(place, ["EncoderMI-V", "EncoderMI-S", "EncoderMI-T"])

      let ask = [
        "infer", "--classifier", "recorded/classifiers/threshold", "--target", "answers:asked",
        "--format", "csv", "images/class0/000.png",
      ]
      // A picture of one of the groups has answers, another has none yet.
      var verdict = try run(ask)
      if verdict.code == 1 {
        #expect(verdict.errors.contains("3 pictures and 0 captions"), "\(verdict.errors)")
        #expect(verdict.errors.contains("further-1"))
        #expect(try run(["embed", "--encoder", "target", "--questions", "asked/further-1"]).code == 0)
        verdict = try run(ask)
      }
      #expect(verdict.code == 0 && verdict.output.contains("images/class0/000.png"), "\(verdict.errors)")
    }
  }

  @Test("So do questions about images with captions, for every attack on them")
  func pairs() throws {
    try Workplace.withPairs { place in
      for group in ["target", "shadow"] {
        #expect(try place.pretrainPairs("--group", group, "--out", group).code == 0)
      }
      let names = ["EncoderMI-V", "EncoderMI-S", "EncoderMI-T", "CSA", "LpLA", "Baseline E"]
      let settings = [
        "--shadow", "shadow", "--views", "3", "--variants", "3", "--classifiers", "quick", "--controls",
        "none",
      ]
      func run(_ arguments: [String], without option: String? = nil) throws {
        // An option and its value.
        let at = option.flatMap(settings.firstIndex) ?? settings.endIndex
        let kept = settings[..<at] + settings[min(at + 2, settings.endIndex)...]
        let answer = try Program.run(arguments + kept, in: place.folder)
        #expect(answer.code == 0, "\(answer.errors)")
      }
      let chosen = ["--attacks", names.joined(separator: ",")]
      try run(["attack", "--target", "target", "--out", "direct"] + chosen)
      try run(["questions", "--target", "target", "--out", "asked"] + chosen)
      let answered = try Program.run(
        ["embed", "--encoder", "target", "--questions", "asked"], in: place.folder)
      #expect(answered.code == 0, "\(answered.errors)")
      try run(["attack", "--target", "answers:asked", "--out", "recorded"] + chosen)
      try expectEqualScores(place, names)

      // Lists of captions alone, that the shadow does not know, are judged by what it learned of captions.
      for (name, numbers) in [("in", 0..<12), ("out", 12..<24)] {
        try Data(numbers.map { "a caption with the number \($0)\n" }.joined().utf8).write(
          to: place.folder.appending(path: "\(name).txt"))
      }
      for folder in ["direct", "recorded", "asked"] {
        try FileManager.default.removeItem(at: place.folder.appending(path: folder))
      }
      let lists = ["--members", "text:in.txt", "--nonmembers", "text:out.txt"]
      try run(["attack", "--target", "target", "--out", "direct"] + lists, without: "--views")
      try run(["questions", "--target", "target", "--out", "asked"] + lists, without: "--views")
      let again = try Program.run(
        ["embed", "--encoder", "target", "--questions", "asked"], in: place.folder)
      #expect(again.code == 0, "\(again.errors)")
      try run(["attack", "--target", "answers:asked", "--out", "recorded"] + lists, without: "--views")
      try expectEqualScores(
        place, ["EncoderMI-V", "EncoderMI-S", "EncoderMI-T", "LpLA", "calibrated"], inputs: 24 + 12)
      let inputs = try place.table("direct/scores.csv").prefix(24).compactMap { $0["input"] }
      #expect(inputs == (0..<24).map { "a caption with the number \($0)" })
      // One that the shadow learned from would be no test.
      let known = try place.table("direct/scores.csv")[24]["input"] ?? ""
      let caption = "mosaic number \(Int(known.prefix(3)) ?? -1)\n"
      try Data(caption.utf8).write(to: place.folder.appending(path: "out.txt"))
      let refused = try Program.run(
        ["attack", "--target", "target", "--shadow", "shadow", "--out", "other"] + lists, in: place.folder)
      #expect(refused.code == 1 && refused.errors.contains("1 input of the shadow"), "\(refused.errors)")
      let views = try Program.run(
        ["attack", "--target", "target", "--out", "other"] + lists + settings, in: place.folder)
      #expect(views.code == 64 && views.errors.contains("--views is of pictures"), "\(views.errors)")
    }
  }

  /// Every score of every input is the same in `direct` and in `recorded`, and there are some of each of the attacks.
  private func expectEqualScores(_ place: Workplace, _ attacks: [String], inputs: Int = 24) throws {
    let (direct, recorded) = (try place.table("direct/scores.csv"), try place.table("recorded/scores.csv"))
    #expect(direct.count == inputs && recorded.count == inputs)
    // The target's untrained twin is another where the target is not at hand.
    let columns = try #require(direct.first).keys.filter {
      $0.hasSuffix(" score") && !$0.hasPrefix("control: ")
    }
    for name in attacks {
      #expect(columns.contains { $0.hasPrefix("\(name) ") }, "\(name): \(columns.sorted())")
    }
    for (row, other) in zip(direct, recorded) {
      #expect(row["input"] == other["input"] && row["group"] == other["group"])
      for column in columns {
        let values = try [row, other].map { try #require(Double($0[column] ?? ""), "\(column)") }
        #expect(abs(values[0] - values[1]) <= 1e-5 * max(1, abs(values[0])), "\(column)")
      }
    }
  }

  @Test("Embeddings are written in the format that the file's name ends in, with what each row is of")
  func embeddings() throws {
    try Workplace.with { place in
      #expect(try place.pretrain("simclr", "--group", "target", "--out", "target").code == 0)
      for (file, options) in [
        ("a.npy", ["images/class0/000.png", "images/class1/001.png"]),
        ("b.safetensors", ["--data", "images"]),
      ] {
        let answer = try Program.run(
          ["embed", "--encoder", "target", "--out", file] + options, in: place.folder)
        #expect(answer.code == 0, "\(answer.errors)")
        let manifest = try #require(try place.json(place.data("\(file).json")))
        let rows = try #require(manifest["rows"] as? [[String: String]])
        #expect(rows.count == (file == "a.npy" ? 2 : 32))
        #expect(manifest["space"] as? String == "embedding" && manifest["modality"] as? String == "image")
      }
      for (options, words) in [
        (["--out", "c.txt", "images"], ".npy or .safetensors"), (["--out", "c.npy"], "give one of"),
        (["--out", "c.npy", "--questions", "asked"], "leave --out and --layer out"),
      ] {
        let answer = try Program.run(["embed", "--encoder", "target"] + options, in: place.folder)
        #expect(answer.code == 64 && answer.errors.contains(words), "\(answer.errors)")
      }
    }
  }
}
