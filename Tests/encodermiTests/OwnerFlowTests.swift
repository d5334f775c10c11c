import ArgumentParser
import Attack
import Files
import Foundation
import TestSupport
import Testing

@testable import encodermi

/// An owner's way from the draw to the answer.
@Suite(.serialized) struct OwnerFlowTests {
  @Test(
    "A draw is tested directly and by recorded answers with one result, and is refused once a byte was changed"
  )
  func flow() throws {
    try Workplace.with { place in
      #expect(try place.pretrain("simclr", "--group", "shadow", "--out", "suspect").code == 0)
      func owner(_ arguments: String...) throws -> Program.Answer {
        try Program.run(["owner"] + arguments, in: place.folder)
      }
      let prepared = try owner(
        "prepare", "images", "--out", "draw", "--seed", "7", "--views", "3", "--near", "off")
      #expect(prepared.code == 0, "\(prepared.errors)")
      #expect(
        try place.names("draw") == ["commitment.txt", "draw.json", "published.sha256", "secret.sha256"])
      #expect(try owner("prepare", "images", "--out", "draw", "--seed", "8").code == 1)

      let direct = try owner("test", "draw", "--target", "suspect", "--out", "direct.json")
      #expect(direct.code == 0, "\(direct.errors)")
      #expect(direct.output.contains("16 published works in 16 units"), "\(direct.output)")
      for line in direct.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
      let asked = try owner("questions", "draw", "--image-size", "16", "--out", "asked")
      #expect(asked.code == 0 && asked.output.contains("\(32 * 3 + 4) rows of pictures"), "\(asked.errors)")
      #expect(
        try Program.run(["embed", "--encoder", "suspect", "--questions", "asked"], in: place.folder).code == 0
      )
      let recorded = try owner("test", "draw", "--target", "answers:asked", "--out", "recorded.json")
      #expect(recorded.code == 0, "\(recorded.errors)")
      #expect(recorded.output.contains("shown before to 1 other"), "\(recorded.output)")
      func results(_ name: String) throws -> OwnerResults {
        try Configuration.read(from: place.folder.appending(path: name), allowsNull: true)
      }
      let (one, other) = (try results("direct.json"), try results("recorded.json"))
      #expect(one.questions.pictures == 96 && other.questions.pictures == 96)
      for (a, b) in zip(one.units, other.units) {
        #expect(a.name == b.name && abs((a.scores["imageImage"] ?? 0) - (b.scores["imageImage"] ?? 1)) < 1e-5)
      }

      let picture = place.folder.appending(path: "images/class0/000.png")
      try (try Data(contentsOf: picture) + Data([0])).write(to: picture)
      let changed = try owner("test", "draw", "--target", "suspect")
      #expect(
        changed.code == 1 && changed.errors.contains("class0/000.png is not the one"), "\(changed.errors)")
    }
  }

  @Test("Works are set against nonmembers without a draw, and a run tells how many works are needed")
  func others() throws {
    try Workplace.with { place in
      #expect(try place.pretrain("simclr", "--group", "shadow", "--out", "suspect").code == 0)
      let compared = try Program.run(
        [
          "owner", "test", "images/class0", "--without-draw", "--nonmembers", "images/class1", "--views", "3",
          "--target", "suspect", "--shadow", "suspect",
        ], in: place.folder)
      #expect(compared.code == 0, "\(compared.errors)")
      #expect(compared.output.contains("rests on the belief"), "\(compared.output)")
      #expect(compared.output.contains("blind (image statistics)"))
      let power = try Program.run(
        ["owner", "power", "suspect", "--views", "3", "--shares", "100", "--simulations", "100"],
        in: place.folder)
      #expect(power.code == 0 && power.output.contains("works needed"), "\(power.errors)")
    }
  }

  @Test("Options of the other way to test are refused by name, before anything is opened")
  func mistakes() {
    for (arguments, words) in [
      (["test", "d", "--target", "t", "--without-draw"], "give some"),
      (["test", "d", "--target", "t", "--nonmembers", "n"], "--nonmembers go with --without-draw"),
      (["test", "d", "--target", "t", "--views", "5"], "--views was named when the halves were drawn"),
      (["test", "d", "--target", "t", "--shadow-data", "x"], "--shadow-data is for --shadow"),
      (
        ["test", "d", "--target", "t", "--without-draw", "--nonmembers", "n", "--commitment", "c"],
        "--commitment is of a draw"
      ),
      (["power", "scores.csv", "--views", "3"], "--views is for a run"),
      (["power", "scores.csv", "--shares", "0"], "--shares are percent"),
      (["questions", "d", "--out", "o", "--image-size", "0"], "--image-size 0"),
    ] {
      #expect(words.isEmpty == false)
      do {
        _ = try Root.parseAsRoot(["owner"] + arguments)
        Issue.record("\(arguments) is no mistake")
      } catch {
        #expect(Root.message(for: error).contains(words), "\(Root.message(for: error))")
      }
    }
  }

  @Test("Every example of the help parses, and no line of it is longer than 80 columns")
  func help() throws {
    for command in [
      Owner.self, OwnerPrepare.self, OwnerQuestions.self, OwnerTestCommand.self, OwnerPower.self,
    ] as [any ParsableCommand.Type] {
      for line in Root.helpMessage(for: command, columns: 80).split(separator: "\n")
      where !line.hasPrefix("USAGE:") {
        #expect(line.count <= 80, "\(line)")
        let words = line.split(separator: " ").map(String.init)
        if words.first == "encodermi", words.count > 2, words.last != "\\" {
          #expect(throws: Never.self, "\(line)") { try Root.parseAsRoot(Array(words.dropFirst())) }
        }
      }
    }
  }
}
