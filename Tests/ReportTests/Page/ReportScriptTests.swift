import Attack
import Data
import Files
import Foundation
import TestSupport
import Testing

@testable import Report

/// Reports beside what Python makes of the same scores; skipped where scikit-learn is not installed. Another interpreter than
/// `python3` is named by `ENCODERMI_PYTHON`.
@Suite("Reports by scikit-learn", .enabled(if: Python.hasLibraries)) struct ReportScriptTests {
  /// Scores with ties, an attack that tells nothing and one that tells all.
  private var audit: SampleAudit {
    var audit = SampleAudit()
    func coarse(_ shift: Double) -> MembershipGroups<[Double]> {
      SampleAudit.shifted(by: shift).map { $0.map { ($0 / 7).rounded(.down) * 7 } }
    }
    audit.attacks = [
      ("EncoderMI-V", coarse(30)), ("EncoderMI-T", SampleAudit.shifted(by: 12)),
      ("perfect", SampleAudit.shifted(by: 100)), ("nothing", coarse(0)),
    ]
    return audit
  }

  @Test(
    "every rate, interval, p-value, answer and point of a curve is what scikit-learn and scipy make of scores.csv"
  )
  func agree() throws {
    try withTemporaryFolder { folder in
      try audit.write(to: folder.appending(path: "audit"))
      let record = try AuditRecord(folder.appending(path: "audit"))
      try FigureFolder.write(ReportMaterial([record]), to: folder.appending(path: "figures"))
      try Data(try AuditPage([record]).html().utf8).write(to: folder.appending(path: "page.html"))
      let arguments = ["audit", "figures", "page.html"].map { folder.appending(path: $0).path }
      let (code, output) = try Python.run([Python.script] + arguments)
      #expect(code == 0, "\(output)")
      #expect(output.contains(#/[0-9]{3,} numbers compared, 0 differ/#), "\(output)")
      // It looks: another number is found.
      let metrics = folder.appending(path: "figures/metrics.csv")
      let text = String(decoding: try readFile(metrics), as: UTF8.self)
      try Data(text.replacing(#/0\.5[0-9]+/#, with: "0.123", maxReplacements: 1).utf8).write(to: metrics)
      #expect(try Python.run([Python.script] + arguments).code == 1)
    }
  }

  /// Writes a page in which a number was changed.
  private func write(_ page: String, changing: Regex<Substring>, to text: String, _ file: URL) throws {
    let other = page.replacing(changing, with: text, maxReplacements: 1)
    #expect(other != page)
    try Data(other.utf8).write(to: file)
  }

  @Test("a bar of the histogram or a corner of the band that is elsewhere is found")
  func drawn() throws {
    try withTemporaryFolder { folder in
      try audit.write(to: folder.appending(path: "audit"))
      let record = try AuditRecord(folder.appending(path: "audit"))
      try FigureFolder.write(ReportMaterial([record]), to: folder.appending(path: "figures"))
      let page = try AuditPage([record]).html()
      let arguments = ["audit", "figures", "page.html"].map { folder.appending(path: $0).path }
      for (shape, other, what) in [
        (#/ height="[0-9.]+"/#, " height=\"1.7\"", "histogram"),
        (#/class="band" d="M44 [0-9.]+L/#, "class=\"band\" d=\"M44 250L", "band"),
      ] as [(Regex<Substring>, String, String)] {
        try write(page, changing: shape, to: other, folder.appending(path: "page.html"))
        let (code, output) = try Python.run([Python.script] + arguments)
        #expect(code == 1 && output.contains("page, \(what)"), "\(output)")
      }
    }
  }

  @Test("every number and point of two audits beside each other is what scipy makes of both scores.csv")
  func pair() throws {
    try withTemporaryFolder { folder in
      var after = audit
      after.attacks[0].scores = SampleAudit.shifted(by: 8)
      after.inputs = after.inputs.map { $0.reversed() }
      after.inputs.members[3] = "elsewhere.png"
      try audit.write(to: folder.appending(path: "before"))
      try after.write(to: folder.appending(path: "after"))
      let pair = try AuditPair(
        before: AuditRecord(folder.appending(path: "before")),
        after: AuditRecord(folder.appending(path: "after")))
      let (page, file) = (try AuditPage(pair).html(), folder.appending(path: "page.html"))
      try Data(page.utf8).write(to: file)
      let arguments =
        ["--before", folder.appending(path: "before").path, "--after", folder.appending(path: "after").path]
        + [file.path]
      let (code, output) = try Python.run([Python.script] + arguments)
      #expect(code == 0 && output.contains(#/[0-9]{3,} numbers compared, 0 differ/#), "\(output)")
      try write(
        page, changing: #/<circle class="hollow" cx="[0-9.]+"/#, to: "<circle class=\"hollow\" cx=\"1\"", file
      )
      // The first circle is the legend's, which is no number.
      #expect(try Python.run([Python.script] + arguments).code == 0)
      try write(page, changing: #/ r="2.2"/#, to: " cx=\"1\" r=\"2.2\"", file)
      #expect(try Python.run([Python.script] + arguments).code == 1)
    }
  }
}

private enum Python {
  private static let interpreter = ProcessInfo.processInfo.environment["ENCODERMI_PYTHON"] ?? "python3"

  static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "../../../scripts/check-report"
  ).standardizedFileURL.path

  static let hasLibraries: Bool = {
    // Where there is no interpreter there are no libraries either.
    (try? run(["-c", "import numpy, scipy, sklearn"]).code) == 0
  }()

  static func run(_ arguments: [String]) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [interpreter] + arguments
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, pipe)
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
