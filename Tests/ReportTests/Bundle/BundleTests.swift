import Attack
import Files
import Foundation
import TestSupport
import Testing

@testable import Report

@Suite struct BundleTests {
  /// A bundle with one audit.
  private func bundle() throws -> [UInt8] { try AuditBundle.bytes([try SampleAudit().record()]) }

  private func problems(_ bytes: [UInt8]) -> [String] { BundleCheck(bytes, file: "x.tar").problems }

  /// A bundle in which a file's text was changed and all digests made anew, as somebody would who means to deceive.
  private func resealed(_ name: String, _ change: (String) -> String) throws -> [UInt8] {
    try SampleBundle.changed(name, change)
  }

  @Test("a bundle is sound, holds the files of the audit, and is the same each time")
  func sound() throws {
    let record = try SampleAudit().record()
    let bytes = try AuditBundle.bytes([record, record])
    let check = BundleCheck(bytes, file: "x.tar")
    #expect(check.problems.isEmpty && check.audits.count == 2)
    #expect(check.audits[0].numbers.findings == 3 && check.audits[0].numbers.compared > 1000)
    #expect(check.audits[0].numbers.unchecked.contains { $0.hasPrefix("scores.csv: the scores and names") })
    #expect(try AuditBundle.bytes([record, record]) == bytes)
    let archive = try PlainTar(bytes, file: "x.tar")
    #expect(archive.bytes(of: "audit-1/scores.csv") == record.files.scores)
  }

  @Test("sha256sum, or whoever unpacks it, finds the same digests")
  func sums() throws {
    try withTemporaryFolder { folder in
      let archive = try PlainTar(bundle(), file: "x.tar")
      for member in archive.members {
        let file = folder.appending(path: member.name)
        try makeFolder(file.deletingLastPathComponent())
        try Data(member.bytes).write(to: file)
      }
      let digests = try #require(try FolderDigests.read(from: folder))
      try digests.check(all: folder)
      #expect(digests.covers("audit-1/results.json") && digests.covers("README.txt"))
    }
  }

  @Test("a changed byte anywhere, alone or among others, fails with a place")
  func fuzz() throws {
    let whole = try bundle()
    var unnoticed = 0
    try Fuzz.feed("bundle", [whole], rounds: 60) { input, damage in
      var one = whole
      one[damage.choice(whole.count)] ^= UInt8(1 << damage.choice(8))
      for bytes in [input, one] where bytes != whole {
        let found = problems(bytes)
        if found.isEmpty { unnoticed += 1 }
        try Fuzz.require(!found.isEmpty, "a change that was not noticed")
        try Fuzz.require(found.allSatisfy { $0.utf8.count < 2000 }, "a problem of many words")
      }
      return problems(input).isEmpty
    }
    #expect(unnoticed == 0)
  }

  @Test("a changed line of scores, settings or results is named by its line")
  func places() throws {
    let whole = try bundle()
    let archive = try PlainTar(whole, file: "x.tar")
    for name in AuditFiles.names.map({ "audit-1/\($0)" }) {
      let text = try #require(archive.bytes(of: name))
      let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
      for line in stride(from: 1, to: lines.count - 1, by: max(1, lines.count / 20)) {
        // A digit of the line, or else its last byte.
        let place = lines[line].lastIndex { (0x30...0x39).contains($0) } ?? lines[line].endIndex - 1
        var members = archive.members
        for index in members.indices where members[index].name == name {
          var changed = text
          changed[place] = changed[place] == 0x31 ? 0x32 : 0x31
          members[index] = PlainTar.Member(name, changed)
        }
        let found = problems(PlainTar(members).bytes)
        #expect(
          found.contains { $0.hasPrefix("\(name), line \(line + 1): it is not as it was written") },
          "\(found)")
      }
    }
  }

  @Test("numbers of results that do not follow from the scores are named, whoever made new digests")
  func numbers() throws {
    let results = try #require(try PlainTar(bundle(), file: "x.tar").bytes(of: "audit-1/results.json"))
    let lines = String(decoding: results, as: UTF8.self).split(separator: "\n").map(String.init)
    var tried = 0
    // Each number of attacks, comparison and controls in turn.
    for (index, line) in lines.enumerated() {
      guard
        let match = line.firstMatch(
          of: #/"(value|low|high|p|adjustedP|realisedFPR|chanceOfArea)" : (0\.[0-9]+)/#),
        index % 5 == 0
      else { continue }
      let other = "\"\(match.output.1)\" : 0.4242"
      let bytes = try resealed("audit-1/results.json") { _ in
        var changed = lines
        changed[index] = line.replacing(match.output.0, with: other)
        return changed.joined(separator: "\n") + "\n"
      }
      let found = problems(bytes)
      #expect(
        found.contains { $0.contains("results.json: ") && $0.contains(" is 0.4242, and ") }
          // An interval that no longer holds its value is none.
          || found.contains { $0.contains("results.json says what cannot be") && $0.contains("0.4242") }
          // What no scores determine: the usefulness of an encoder.
          || lines[index - 1].contains("measure"), "\(line): \(found)")
      tried += 1
    }
    #expect(tried > 10)
  }

  @Test("scores and decisions that give other numbers are named by their line, whoever made new digests")
  func scores() throws {
    let decided = try resealed("audit-1/scores.csv") {
      $0.replacing("in/0.png,target,member,30.0,nonmember", with: "in/0.png,target,member,30.0,member")
    }
    #expect(
      problems(decided) == [
        "audit-1/scores.csv, line 2: the decision of 'EncoderMI-V' is member, and nonmember by the other files"
      ])
    let scored = try resealed("audit-1/scores.csv") {
      $0.replacing("in/0.png,target,member,30.0,nonmember", with: "in/0.png,target,member,99.0,member")
    }
    #expect(
      problems(scored).contains { $0.contains("audit-1/results.json: accuracy.value of 'EncoderMI-V' is ") })
  }

  @Test("settings that results contradict are named, whoever made new digests")
  func settings() throws {
    for (key, value) in [("views", "10"), ("seed", "7"), ("layer", "\"embedding\"")] {
      let other = value == "\"embedding\"" ? "\"projection\"" : "12"
      let bytes = try resealed("audit-1/attack.json") {
        $0.replacing("\"\(key)\" : \(value)", with: "\"\(key)\" : \(other)")
      }
      #expect(problems(bytes).contains { $0.contains("audit-1/attack.json: \(key) is ") }, "\(key)")
    }
    let threshold = try resealed("audit-1/results.json") {
      $0.replacing("\"threshold\" : 59.75", with: "\"threshold\" : 59.5")
    }
    #expect(problems(threshold).contains { $0.contains("threshold of 'EncoderMI-T' is 59.5, and 59.75") })
  }

  @Test("an attack whose scores were taken out is named, whoever made new digests")
  func missingScores() throws {
    let bytes = try resealed("audit-1/scores.csv") { text in
      text.split(separator: "\n").map { line in
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        return (fields.prefix(3) + fields.dropFirst(5)).joined(separator: ",") + "\n"
      }.joined()
    }
    #expect(problems(bytes).contains { $0.contains("'EncoderMI-V' is no column") }, "\(problems(bytes))")
  }

  @Test("another file than the digest that was kept is refused")
  func digest() throws {
    let bytes = try bundle()
    let digest = BundleCheck(bytes, file: "x.tar").digest
    #expect(BundleCheck(bytes, file: "x.tar", expecting: digest.uppercased()).problems.isEmpty)
    let other = try resealed("README.txt") { $0 + "more\n" }
    #expect(problems(other).isEmpty)
    #expect(BundleCheck(other, file: "x.tar", expecting: digest).problems.count == 1)
  }

  @Test("an anonymous bundle is sound and names no input, folder or place of data")
  func anonymous() throws {
    var sample = SampleAudit()
    sample.notes = ["1 picture is both in A and in B (in/0 (1).png and out/3.png; …); it is left out"]
    let bytes = try AuditBundle.bytes([try sample.record()], isAnonymous: true)
    #expect(problems(bytes).isEmpty)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(!text.contains(".png") && text.contains("target member 1,target,member,30.0"))
  }
}
