import Files
import Foundation
import Report
import Testing

@Suite struct SampleReportTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "../../../docs/sample"
  ).standardizedFileURL

  @Test("the report in docs/sample is what its audit gives: scripts/sample-report --page makes it anew")
  func sample() throws {
    let record = try AuditRecord(SampleReportTests.folder.appending(path: "openclipart"))
    let page = String(
      decoding: try readFile(SampleReportTests.folder.appending(path: "report.html")), as: UTF8.self)
    #expect(try AuditPage([record]).html() == page)
    #expect(page.utf8.count < 500_000)
    let figure = String(
      decoding: try readFile(SampleReportTests.folder.appending(path: "roc.svg")), as: UTF8.self)
    #expect(try record.charts().first?.file == figure)
  }
}
