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
      let (direct, recorded) = (try place.table("direct/scores.csv"), try place.table("recorded/scores.csv"))
      #expect(direct.count == 24 && recorded.count == 24)
      for (row, other) in zip(direct, recorded) {
        #expect(row["input"] == other["input"] && row["group"] == other["group"])
        for name in ["EncoderMI-V", "EncoderMI-S", "EncoderMI-T"] {
          let values = try [row, other].map { try #require(Double($0["\(name) score"] ?? "")) }
          #expect(abs(values[0] - values[1]) <= 1e-5 * max(1, abs(values[0])))
        }
      }

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
