import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct ReferencesFlowTests {
  private let names = "LiRA (image-image),online LiRA (image-image),RMIA (image-image)"

  @Test(
    "References train side by side or one after the other, each as if by itself, and take part in an attack")
  func references() throws {
    try Workplace.with { place in
      #expect(try place.pretrainBoth().allSatisfy { $0.code == 0 })
      let outside = try place.pretrain(
        "simclr", "--references", "2", "--jobs", "2", "--threads", "2", "--out", "refs")
      #expect(outside.code == 0 && outside.output.contains("2 references are in refs"), "\(outside.errors)")
      #expect(
        try place.names("refs") == ["reference-1", "reference-1.log", "reference-2", "reference-2.log"])
      let single = try place.pretrain(
        "simclr", "--group", "reference-2", "--seed", "1002", "--threads", "1", "--out", "one")
      #expect(single.code == 0, "\(single.errors)")
      for file in ["split.json", "encoder/weights.safetensors"] {
        #expect(try place.data("one/\(file)") == place.data("refs/reference-2/\(file)"), "\(file)")
      }
      let drawn = try place.pretrain("simclr", "--ensemble", "2", "--out", "drawn")
      #expect(drawn.code == 0 && drawn.output.contains("ensemble-2 members"), "\(drawn.errors)")
      #expect(try place.names("drawn") == ["ensemble-1", "ensemble-2"])

      let attack = try place.attack(
        "--attacks", names, "--out", "attack", "--references", "refs/reference-1", "drawn/ensemble-1",
        "drawn/ensemble-2")
      #expect(attack.code == 0, "\(attack.errors)")
      let results = try #require(try place.json(place.data("attack/results.json")))
      let found = try #require(results["attacks"] as? [[String: Any]]).compactMap { $0["name"] as? String }
      #expect(found == names.split(separator: ",").map(String.init))
      let unnamed = try place.attack("--out", "other", "--references", "refs/reference-1")
      #expect(unnamed.code == 64 && unnamed.errors.contains("--references is for"), "\(unnamed.errors)")
    }
  }

  @Test(
    "A reference that fails is named, and the others are kept; too few images are named before anything begins"
  )
  func failing() throws {
    try Workplace.with { place in
      let answer = try place.pretrain("simclr", "--ensemble", "2", "--out", "refs")
      #expect(answer.code == 0, "\(answer.errors)")
      let whole = try place.data("refs/ensemble-1/encoder/weights.safetensors")
      for name in ["state.safetensors", "state.previous.safetensors"] {
        try Data("no tensors".utf8).write(to: place.folder.appending(path: "refs/ensemble-2/\(name)"))
      }
      let again = try place.pretrain("simclr", "--ensemble", "2", "--jobs", "2", "--out", "refs", "--resume")
      #expect(again.code == 1, "\(again.errors)")
      #expect(again.errors.contains("ensemble-2 failed (exit code 1)"), "\(again.errors)")
      #expect(!again.errors.contains("ensemble-1 failed") && again.errors.contains("ensemble-2.log"))
      #expect(try place.data("refs/ensemble-1/encoder/weights.safetensors") == whole)
      let few = try place.pretrain("simclr", "--references", "2", "--members", "8", "--out", "few")
      #expect(few.code == 1 && few.errors.contains("0 are left"), "\(few.errors)")
      #expect(!place.isThere("few"))
      for wrong in [["--jobs", "2"], ["--ensemble", "2", "--group", "shadow"], ["--ensemble", "0"]] {
        let refused = try Program.run(
          ["pretrain", "simclr"] + Workplace.pretraining + wrong + ["--out", "wrong"], in: place.folder)
        #expect(refused.code == 64, "\(wrong): \(refused.errors)")
      }
    }
  }

  @Test("Ctrl-C stops all of them, and --resume ends with the same bytes", .timeLimit(.minutes(5)))
  func interrupted() throws {
    try Workplace.with { place in
      func run(_ out: String, _ more: [String] = [], _ meanwhile: ((Process) -> Void)? = nil) throws
        -> Program.Answer
      {
        let options = ["--epochs", "24", "--batch", "4", "--ensemble", "3", "--jobs", "2", "--out", out]
        return try Program.run(
          ["pretrain", "simclr"] + Workplace.pretraining + options + more, in: place.folder,
          meanwhile: meanwhile)
      }
      #expect(try run("whole").code == 0)
      let stopped = try run("stopped", []) { process in
        while process.isRunning, !place.isThere("stopped/ensemble-2/log.jsonl") { usleep(2000) }
        kill(process.processIdentifier, SIGINT)
      }
      #expect(stopped.code == 130 && stopped.output.contains("--resume"), "\(stopped.errors)")
      #expect(!place.isThere("stopped/ensemble-3/encoder"))
      let resumed = try run("stopped", ["--resume"])
      #expect(resumed.code == 0, "\(resumed.errors)")
      for number in 1...3 {
        let weights = "ensemble-\(number)/encoder/weights.safetensors"
        #expect(try place.data("whole/\(weights)") == place.data("stopped/\(weights)"))
      }
    }
  }
}
