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
}
