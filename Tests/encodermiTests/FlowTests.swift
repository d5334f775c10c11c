import Files
import Attack
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct FlowTests {
  @Test("From pictures to verdicts: pretrain, attack, infer")
  func flow() throws {
    try Workplace.with { place in
      for answer in try place.pretrainBoth() {
        #expect(answer.code == 0, "\(answer.errors)")
        #expect(answer.output.contains("finished: loss"))
        #expect(answer.output.contains("kNN accuracy"))
      }
      #expect(
        try place.names("target") == [
          "SHA256SUMS", "checkpoints", "encoder", "log.jsonl", "pretraining.json", "run.json", "split.json",
          "state.previous.safetensors", "state.safetensors",
        ])
      // Both drew the same four groups.
      #expect(try place.data("target/split.json") == place.data("shadow/split.json"))
      #expect(
        try place.data("target/encoder/weights.safetensors")
          != place.data("shadow/encoder/weights.safetensors"))

      let attack = try place.attack("--out", "attack")
      #expect(attack.code == 0, "\(attack.errors)")
      for name in ["EncoderMI-V", "EncoderMI-S", "EncoderMI-T", "untrained", "blind"] {
        #expect(attack.output.contains(name))
      }
      #expect(attack.output.contains("\nshadow: T = 3 epochs, N = 6 members"))
      #expect(try place.names("attack") == ["attack.json", "classifiers", "results.json", "scores.csv"])
      #expect(try place.names("attack/classifiers") == ["set", "threshold", "vector"])
      let written = try place.data("attack/results.json")
      #expect(try JSONSchema.documented("results.schema.json").faults(in: written) == [])
      try checkResults(try #require(try place.json(written)))
      #expect(attack.output.contains("beside EncoderMI-V"))
      try checkScores(place)

      try checkVerdicts(place)
      try checkParts(place)

      let growth = try place.attack("--growth")
      #expect(growth.code == 0, "\(growth.errors)")
      #expect(growth.output.contains("T/N"))
      #expect(!place.isThere("target/attack"))
      try checkGrowth(place)
    }
  }

  /// With --out the growth is written, beside an attack's results too, and checkpoints that are missing are missed.
  private func checkGrowth(_ place: Workplace) throws {
    #expect(try place.attack("--growth", "--out", "attack").code == 0)
    let written = try #require(try place.json(place.data("attack/growth.json")))
    let points = try #require(written["checkpoints"] as? [[String: Any]])
    #expect(points.map { $0["epochs"] as? Int } == [1, 3])
    for point in points {
      let values = try ["members", "nonmembers", "gap"].map { try #require(point[$0] as? Double) }
      #expect(abs(values[0] - values[1] - values[2]) < 1e-5)
    }
    let lines = String(decoding: try place.data("attack/growth.tsv"), as: UTF8.self).split(separator: "\n")
    #expect(lines.map { $0.split(separator: "\t").count } == [7, 7, 7])
    #expect(lines[1].hasPrefix("1\t") && lines[2].hasPrefix("3\t0.5\t"))
    let again = try place.attack("--growth", "--out", "attack")
    #expect(again.code == 1 && again.errors.contains("choose another --out"))

    try FileManager.default.removeItem(at: place.folder.appending(path: "shadow/checkpoints"))
    let ends = try place.attack("--growth", "--out", "ends")
    #expect(ends.code == 0 && ends.errors.contains("--checkpoints 100,200,400"), "\(ends.errors)")
    #expect(try place.names("ends") == ["growth.json", "growth.tsv"])
  }

  /// The inputs of both encoders, each with the score and decision of every attack and control.
  private func checkScores(_ place: Workplace) throws {
    let rows = try place.table("attack/scores.csv")
    #expect(rows.count == 24)
    #expect(rows.count { $0["of"] == "target" && $0["group"] == "member" } == 6)
    let names = [
      "EncoderMI-V", "EncoderMI-S", "EncoderMI-T", "control: untrained encoder (EncoderMI-V)",
      "control: untrained encoder (EncoderMI-T)", "control: blind (image statistics)",
    ]
    #expect(
      Set(rows[0].keys)
        == Set(["input", "of", "group"] + names.flatMap { ["\($0) score", "\($0) decision"] }))
    for row in rows {
      for name in names {
        #expect(Double(row["\(name) score"] ?? "") != nil)
        #expect(["member", "nonmember"].contains(row["\(name) decision"]))
      }
    }
    #expect(!String(decoding: try place.data("attack/scores.csv"), as: UTF8.self).contains("\""))
  }

  /// The names that readers of `results.json` rely on.
  private func checkResults(_ results: [String: Any]) throws {
    let target = try #require(results["target"] as? [String: Any])
    let shadow = try #require(results["shadow"] as? [String: Any])
    for encoder in [target, shadow] {
      #expect(encoder["T"] as? Int == 3 && encoder["N"] as? Int == 6 && encoder["T/N"] as? Double == 0.5)
      #expect((encoder["utility"] as? [String: Any])?["measure"] as? String == "kNN accuracy")
      #expect(encoder["augmentationOrigin"] as? String == "pretraining")
    }
    #expect(target["fingerprint"] as? String != shadow["fingerprint"] as? String)
    let questions = try #require(results["questions"] as? [String: [String: Int]])
    #expect(questions["target"] == ["pictures": 12 * 3, "captions": 0] && questions.count == 4)
    let seeds = try #require(results["seeds"] as? [String: Int])
    #expect(seeds == ["attack": 0, "split": 0, "target": 5, "shadow": 6])
    let versions = try #require(results["versions"] as? [String: String])
    #expect(Set(versions.keys) == ["encodermi", "swift", "openblas", "convolutions", "unicode"])
    #expect(versions["openblas"]?.first?.isNumber == true && versions["swift"]?.first?.isNumber == true)
    for list in ["attacks", "controls"] {
      let entries = try #require(results[list] as? [[String: Any]])
      #expect(entries.count == 3)
      for entry in entries {
        #expect(entry["name"] is String)
        for key in ["accuracy", "precision", "recall", "auc", "tprAt1PercentFPR", "tprAt01PercentFPR"] {
          // Nobody may be taken for a member.
          if key == "precision" && entry[key] is NSNull { continue }
          let figure = try #require(entry[key] as? [String: Any])
          let numbers = try ["value", "low", "high"].map { try #require(figure[$0] as? Double) }
          #expect(numbers[1] <= numbers[0] && numbers[0] <= numbers[2])
          if key.hasPrefix("tpr") {
            #expect(figure["realisedFPR"] is Double)
            #expect(figure["threshold"] is Double)
          }
        }
      }
    }
  }

  /// Scores written in parts and put together are the verdicts of one call, and stand once they were written.
  private func checkParts(_ place: Workplace) throws {
    let query = [
      "infer", "--classifier", "attack/classifiers/threshold", "--target", "target", "--data",
      "folder:images",
    ]
    let whole = try Program.run(query + ["--format", "csv"], in: place.folder)
    func run(_ part: String, _ out: String = "scores") throws -> Program.Answer {
      try Program.run(query + ["--out", out, "--part", part], in: place.folder)
    }
    let early = try Program.run(["merge", "images"], in: place.folder)
    #expect(early.code == 1 && early.errors.contains("images holds no scores of `encodermi infer --out`"))
    #expect(try run("2/2").code == 0)
    let missing = try Program.run(["merge", "scores"], in: place.folder)
    #expect(missing.code == 1 && missing.errors.contains("1 of 1 pieces are not in"))
    #expect(missing.output.isEmpty)
    #expect(try run("1/2").code == 0)
    let merged = try Program.run(["merge", "scores"], in: place.folder)
    #expect(merged.code == 0 && merged.output == whole.output, "\(merged.errors)")
    #expect(merged.errors.contains("inputs in 1 pieces") && merged.errors.contains("measured on"))
    #expect(try run("1/2").output.contains("1 of them were there already"))
    let judged = try Program.run(query + ["--format", "csv", "--alpha", "0.5"], in: place.folder)
    let level = try Program.run(["merge", "scores", "--alpha", "0.5"], in: place.folder)
    #expect(level.code == 0 && level.output == judged.output, "\(level.errors)")
    let refused = try Program.run(query + ["--out", "scores", "--alpha", "0.5"], in: place.folder)
    #expect(refused.code == 64 && refused.errors.contains("--out takes no --alpha"))
  }

  private func checkVerdicts(_ place: Workplace) throws {
    let query = ["infer", "--classifier", "attack/classifiers/threshold", "--target", "target"]
    let files = ["images/class0/000.png", "images/class1/001.png"]
    func ask(_ format: String) throws -> String {
      let answer = try Program.run(query + ["--format", format] + files, in: place.folder)
      #expect(answer.code == 0, "\(answer.errors)")
      return answer.output
    }
    let table = try ask("table")
    for file in files { #expect(table.contains(file)) }
    #expect(table.contains("\n2 images: ") && !table.contains("left out"))
    let tells = try place.tells("attack/classifiers/threshold")
    #expect(table.contains(tells ? "member" : "cannot tell"))
    #expect(table.contains("measured on resnet18-16-stem4 at 16 px") && table.contains("false positive rate"))
    let lines = try ask("csv").split(separator: "\n").map(String.init)
    #expect(lines.first == "file,verdict,score,threshold")
    #expect(lines.count == 3)
    let json = Data(try ask("json").utf8)
    let verdicts = try #require(try JSONSerialization.jsonObject(with: json) as? [[String: Any]])
    #expect(verdicts.map { $0["file"] as? String } == files)
    for (verdict, line) in zip(verdicts, lines.dropFirst()) {
      let (score, threshold) = (
        try #require(verdict["score"] as? Double), try #require(verdict["threshold"] as? Double)
      )
      #expect(
        verdict["verdict"] as? String
          == (!tells ? "cannot tell" : score >= threshold ? "member" : "nonmember"))
      let fields = line.split(separator: ",")
      #expect(abs((Double(fields[2]) ?? .nan) - score) < 1e-5)
    }
    // The encoder that was attacked passes in silence, also as a copy of its weights alone; another one does not.
    func warnings(_ target: String) throws -> String {
      let answer = try Program.run(
        ["infer", "--classifier", "attack/classifiers/threshold", "--target", target] + files,
        in: place.folder)
      #expect(answer.code == 0, "\(answer.errors)")
      return answer.errors
    }
    try FileManager.default.copyItem(
      at: place.folder.appending(path: "target/encoder"), to: place.folder.appending(path: "copy"))
    #expect(try warnings("target").isEmpty && warnings("copy").isEmpty)
    let other = try warnings("shadow")
    #expect(
      other.contains("warning: shadow is not the encoder that")
        && other.contains("attack/classifiers/threshold was measured on"))
    #expect(other.split(separator: "\n").count == 1)
    try checkLevels(place, query + files)
    // The data may be gone: only the encoder is asked.
    let moved = place.folder.appending(path: "elsewhere")
    try FileManager.default.moveItem(at: place.folder.appending(path: "images"), to: moved)
    let answer = try Program.run(query + ["elsewhere/class0"], in: place.folder)
    #expect(answer.code == 0, "\(answer.errors)")
    let attack = try place.attack("--out", "second")
    #expect(attack.code != 0)
    #expect(!place.isThere("second"))
    try FileManager.default.moveItem(at: moved, to: place.folder.appending(path: "images"))
  }

  /// Six nonmembers allow verdicts at one seventh and above, for the encoder that was measured alone.
  private func checkLevels(_ place: Workplace, _ query: [String]) throws {
    func ask(_ more: String...) throws -> Program.Answer {
      try Program.run(query + ["--format", "csv"] + more, in: place.folder)
    }
    let answer = try ask("--alpha", "0.2")
    #expect(answer.code == 0 && answer.errors.isEmpty, "\(answer.errors)")
    let lines = answer.output.split(separator: "\n").map { $0.split(separator: ",") }
    #expect(lines[0].last == "p" && lines.count == 3)
    for line in lines.dropFirst() {
      #expect(["member-like", "not a member", "cannot tell"].contains(line[1]))
      // The pictures are among those that were measured.
      let seventh = try #require(Double(line[4])) * 7
      #expect(abs(seventh - seventh.rounded()) < 1e-9 && seventh > 0.5 && seventh < 7.5)
    }
    let few = try ask("--alpha", "0.1")
    #expect(few.code == 0 && few.errors.contains("fewer than 9 known nonmembers"), "\(few.errors)")
    #expect(!few.output.contains("member-like"))
    let other = try ask("--alpha", "0.2", "--target", "shadow")
    #expect(other.code == 1 && other.errors.contains("--alpha compares with"), "\(other.errors)")
    #expect(try ask("--alpha", "1").code == 64)
  }

  @Test(
    "Pre-training that is stopped from outside and then resumed ends with the same bytes",
    arguments: [("moco", SIGKILL), ("simclr", SIGINT)])
  func stopped(algorithm: String, signal: Int32) throws {
    try Workplace.with { place in
      func run(_ out: String, _ more: [String] = [], _ meanwhile: ((Process) -> Void)? = nil) throws
        -> Program.Answer
      {
        let options = ["--epochs", "24", "--members", "8", "--batch", "4", "--out", out]
        return try Program.run(
          ["pretrain", algorithm] + Workplace.pretraining + options + more, in: place.folder,
          meanwhile: meanwhile)
      }
      #expect(try run("whole").code == 0)
      let stopped = try run("stopped", []) { process in
        // The log appears after the first epoch.
        while process.isRunning, !place.isThere("stopped/log.jsonl") { usleep(2000) }
        kill(process.processIdentifier, signal)
      }
      if signal == SIGINT {
        #expect(stopped.code == 130)
        #expect(stopped.output.contains("--resume"))
      } else {
        #expect(stopped.code != 0)
      }
      #expect(!place.isThere("stopped/encoder"))
      #expect(try run("stopped", ["--resume"]).code == 0)
      let weights = "encoder/weights.safetensors"
      #expect(try place.data("whole/\(weights)") == place.data("stopped/\(weights)"))
    }
  }

  @Test(
    "An attack that is stopped from outside and then resumed ends with the same bytes",
    arguments: [SIGKILL, SIGINT])
  func stoppedAttack(signal: Int32) throws {
    try Workplace.with { place in
      #expect(try place.pretrainBoth().allSatisfy { $0.code == 0 })
      func run(_ out: String, _ more: [String] = [], _ meanwhile: ((Process) -> Void)? = nil) throws
        -> Program.Answer
      {
        try Program.run(
          ["attack", "--target", "target", "--shadow", "shadow", "--views", "40", "--out", out] + more,
          in: place.folder, meanwhile: meanwhile)
      }
      #expect(try run("whole").code == 0)
      let stopped = try run("stopped") { process in
        // Answers appear after the first part of the inputs.
        func hasBegun() -> Bool { (try? place.names("stopped/unfinished").count > 1) ?? false }
        while process.isRunning, !hasBegun() { usleep(500) }
        kill(process.processIdentifier, signal)
      }
      if signal == SIGINT {
        #expect(stopped.code == 130 && stopped.output.contains("--resume"), "\(stopped.errors)")
      } else {
        #expect(stopped.code != 0)
      }
      #expect(try place.names("stopped") == ["unfinished"])
      let refused = try run("stopped")
      #expect(refused.code == 1 && refused.errors.contains("unfinished"), "\(refused.errors)")
      let resumed = try run("stopped", ["--resume"])
      #expect(resumed.code == 0, "\(resumed.errors)")
      #expect(try place.names("stopped") == place.names("whole"))
      for file in ["results.json", "scores.csv", "attack.json", "classifiers/set/weights.safetensors"] {
        #expect(try place.data("stopped/\(file)") == place.data("whole/\(file)"), "\(file)")
      }
      let again = try run("stopped", ["--resume"])
      #expect(again.code == 1 && again.errors.contains("has ended"), "\(again.errors)")
    }
  }
}
