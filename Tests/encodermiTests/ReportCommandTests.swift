import ArgumentParser
import Files
import Foundation
import TestSupport
import Testing

@testable import encodermi

@Suite struct ReportCommandTests {
  @Test(
    "what to make, of which folders, and into a file of which kind must be said",
    arguments: [
      (["report", "runs/attack"], "--out FILE.html, --figures FOLDER or --text"),
      (["report", "runs/attack", "--out", "results.json"], "--out results.json does not end in .html"),
      (["report", "--text"], "name at least one folder of results"),
      (["report", "a", "--bundle", "a.zip"], "--bundle a.zip does not end in .tar"),
      (["report", "--before", "a", "--text"], "--before and --after compare two audits; give both"),
      (["report", "c", "--before", "a", "--after", "b", "--text"], "leave 'c' out"),
      (["verify", "a.tar", "--digest", "12"], "--digest 12 is no SHA-256"),
    ])
  func options(_ arguments: [String], says: String) throws {
    let error = #expect(throws: (any Error).self) { try Root.parseAsRoot(arguments) }
    #expect(Root.message(for: try #require(error)).contains(says))
  }

  @Test("a folder without results is named, and nothing is written")
  func withoutResults() throws {
    try withTemporaryFolder { folder in
      try makeFolder(folder.appending(path: "empty"))
      let answer = try Program.run(["report", "empty", "--out", "page.html"], in: folder)
      #expect(answer.code == 1 && answer.errors.contains("empty: it has no results.json"))
      #expect(!Paths.exists(folder.appending(path: "page.html").path))
    }
  }

  /// A finished attack that comes with the project.
  private static let sample = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "../../docs/sample/openclipart"
  ).standardizedFileURL.path

  @Test("a bundle is verified by another call, and one with a changed byte ends with 1 and the place")
  func bundle() throws {
    try withTemporaryFolder { folder in
      let made = try Program.run(["report", ReportCommandTests.sample, "--bundle", "a.tar"], in: folder)
      let digest = try #require(made.output.firstMatch(of: #/SHA-256 is ([0-9a-f]{64})/#)).output.1
      let sound = try Program.run(["verify", "a.tar", "--digest", String(digest)], in: folder)
      #expect(made.code == 0 && sound.code == 0 && sound.output.contains("a.tar is as it was written"))
      #expect(sound.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
      let file = folder.appending(path: "a.tar")
      var bytes = try Data(contentsOf: file)
      let place = try #require(bytes.firstRange(of: Data(",target,member,".utf8))).upperBound
      bytes[place] = bytes[place] == UInt8(ascii: "7") ? UInt8(ascii: "8") : UInt8(ascii: "7")
      try bytes.write(to: file)
      let changed = try Program.run(["verify", "a.tar"], in: folder)
      #expect(changed.code == 1)
      #expect(changed.errors.contains("audit-1/scores.csv, line 2: it is not as it was written"))
    }
  }

  @Test("two audits make one page, one of the audits alone is told by what to give")
  func pair() throws {
    try withTemporaryFolder { folder in
      let pair = ["--before", ReportCommandTests.sample, "--after", ReportCommandTests.sample]
      let answer = try Program.run(
        ["report"] + pair + ["--out", "p.html", "--figures", "f", "--text"], in: folder)
      #expect(
        answer.code == 0
          && answer.output.hasPrefix("IT WAS NOT SHOWN THAT THE ENCODERS REVEAL UNLIKE AMOUNTS."))
      for name in [
        "p.html", "f/before-after.svg", "f/before-after.png", "f/movement.svg", "f/audit-2/roc.png",
      ] {
        #expect(Paths.isFile(folder.appending(path: name).path), "\(name)")
      }
    }
  }
}
