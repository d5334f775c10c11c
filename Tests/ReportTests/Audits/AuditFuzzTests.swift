import Attack
import Files
import Foundation
import Report
import TestSupport
import Testing

/// Damaged results give an error or a report, nothing else.
@Suite("Damaged audits", .serialized) struct AuditFuzzTests {
  @Test(
    "An audit's folder: an error, or a report whose lines are printable and whose page holds no other mark-up",
    arguments: ["results.json", "scores.csv", "attack.json"])
  func fuzz(name: String) throws {
    try withTemporaryFolder { folder in
      try SampleAudit(notes: ["a note"]).write(to: folder)
      let file = folder.appending(path: name)
      let whole = try readFile(file)
      try Fuzz.feed("report of \(name)", [[UInt8](whole)], rounds: 60) { input, damage in
        try Data(input).write(to: file)
        return try Fuzz.takes {
          let record = try AuditRecord(folder)
          let text = try record.text(isAnonymous: damage.oneIn(2))
          try Fuzz.require(
            text.unicodeScalars.allSatisfy {
              $0 == "\n" || !(0x00..<0x20).contains($0.value) && !(0x7F...0x9F).contains($0.value)
            },
            "a control character in the text")
          let page = try AuditPage([record]).html()
          try Fuzz.require(!page.contains("<script"), "a script in the page")
        }
      }
    }
  }

  @Test("results.json: an error, or results that are written as they were read")
  func fuzzResults() throws {
    try withTemporaryFolder { folder in
      try SampleAudit().write(to: folder)
      let file = folder.appending(path: AttackResults.fileName)
      let whole = try readFile(file)
      try Fuzz.feed("results.json", [[UInt8](whole)], rounds: 150) { input, _ in
        try Data(input).write(to: file)
        return try Fuzz.takes {
          try AttackResults.read(from: folder).write(to: folder)
          _ = try AttackResults.read(from: folder)
        }
      }
    }
  }
}
