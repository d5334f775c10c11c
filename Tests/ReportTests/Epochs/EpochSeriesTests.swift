import Attack
import Experiments
import Files
import Foundation
import TestSupport
import Testing

@testable import Report

@Suite struct EpochSeriesTests {
  private func audit(_ epochs: Int, shift: Double = 30) throws -> AuditRecord {
    var audit = SampleAudit()
    audit.epochs = epochs
    audit.attacks[0].scores = SampleAudit.shifted(by: shift)
    return try audit.record()
  }

  @Test("audits of one encoder after several epochs are a series by rising epochs; others are none")
  func series() throws {
    let records = [try audit(600), try audit(100, shift: 5), try audit(300, shift: 15)]
    let series = EpochSeries.all(records)
    #expect(series.count == 1)
    #expect(series[0].table.rows.map { $0[0] } == ["100", "300", "600"])
    #expect(
      series[0].curves[0].points.map(\.y)
        == [records[1], records[2], records[0]].map { $0.results.attacks[0].auc.value })
    var other = SampleAudit()
    (other.epochs, other.algorithm) = (900, "moco")
    #expect(EpochSeries.all([records[0], try other.record()]).isEmpty)
    let page = try AuditPage(records).html()
    #expect(page.contains("Over the epochs of pre-training") && page.contains("epochs-1-epochs-desc"))
  }

  @Test(
    "audits with other settings are no series, one with another seed is, and of equal epochs the others are named"
  )
  func settings() throws {
    var other = SampleAudit()
    (other.epochs, other.views) = (900, 20)
    #expect(EpochSeries.all([try audit(600), try other.record()]).isEmpty)
    let records = [try audit(100), try audit(600), try audit(600, shift: 5)]
    let series = try #require(EpochSeries.all(records).first)
    #expect(series.leftOut.map(\.epochs) == [600])
    #expect(series.curves[0].points.last?.y == records[1].results.attacks[0].auc.value)
    let words = "Left out: attack, since another one after 600 epochs stands before it."
    #expect(try AuditPage(records).html().contains(words) && series.text().contains("Left out: attack,"))
    #expect(!(try AuditPage(records, isAnonymous: true).html().contains("Left out: attack")))
  }

  @Test("what attack --growth wrote is read, and refused where rates are none or epochs do not rise")
  func growth() throws {
    try withTemporaryFolder { folder in
      func point(_ epochs: Int, _ auc: Double) -> String {
        """
        {"accuracy": 0.6, "auc": \(auc), "epochs": \(epochs), "epochsPerMember": 1, "gap": 0.1, "members": 0.9,
        "nonmembers": 0.8}
        """
      }
      func write(_ points: String...) throws {
        let text = "{\"checkpoints\": [\(points.joined(separator: ", "))]}"
        try Data(text.utf8).write(to: folder.appending(path: "growth.json"))
      }
      #expect(try Growth.read(from: folder) == nil)
      try write(point(10, 0.5), point(20, 0.75))
      let growth = try #require(try Growth.read(from: folder))
      let series = try #require(EpochSeries(growth, name: "g"))
      #expect(series.curves[0].points.map(\.y) == [0.5, 0.75])
      #expect(try AuditPage([], growths: [("g", growth)]).html().contains("Over the epochs"))
      try write(point(10, 0.5), point(20, 7))
      #expect(throws: ConfigurationError.self) { try Growth.read(from: folder) }
      try write(point(10, 0.5), point(10, 0.5))
      #expect(throws: ConfigurationError.self) { try Growth.read(from: folder) }
    }
  }
}
