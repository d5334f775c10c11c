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
