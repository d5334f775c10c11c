import Attack
import Foundation
import Testing

@testable import Report

@Suite struct AuditPageTests {
  /// The tags of a page with the names of their attributes, without any text. A browser reads code points: a mark after a
  /// bracket is no part of it.
  private func skeleton(_ page: String) -> [String] {
    page.matches(of: #/<[^>]*>/#.matchingSemantics(.unicodeScalar)).map {
      String($0.output).replacing(#/="[^"]*"/#.matchingSemantics(.unicodeScalar), with: "")
    }
  }

  /// What stands in the cells of the rows whose head is a name.
  private func cells(_ page: String, row name: String) -> [[String]] {
    page.split(separator: "<tr ").filter { $0.contains("scope=\"row\"><bdi>\(name)</bdi>") }.map { row in
      row.split(separator: "<td ").dropFirst().map {
        String($0.split(separator: "</td>")[0].drop { $0 != ">" }.dropFirst()).replacing(
          #/<[^>]*>/#, with: "")
      }
    }
  }

  @Test("every rate in the tables of attacks and controls is that of results.json")
  func numbers() throws {
    let record = try SampleAudit().record()
    let page = try AuditPage([record]).html()
    func percent(_ value: Estimate) -> String {
      String(format: "%.1f [%.1f, %.1f]", 100 * value.value, 100 * value.low, 100 * value.high)
    }
    func point(_ value: OperatingPoint) -> String {
      percent(value.tpr) + String(format: " at %.2f", 100 * value.realisedFPR)
    }
    for metrics in record.results.attacks + record.results.controls {
      let row = try #require(cells(page, row: metrics.name).first)
      let precision = try #require(metrics.precision)
      #expect(
        row == [
          percent(metrics.accuracy), percent(precision), percent(metrics.recall),
          String(format: "%.1f", 100 * metrics.falsePositiveRate), percent(metrics.auc),
          point(metrics.tprAt1PercentFPR), point(metrics.tprAt01PercentFPR),
        ])
    }
    let comparison = try #require(record.results.comparison?.attacks.first)
    let rows = cells(page, row: "EncoderMI-T")
    #expect(rows[1][0].hasPrefix(String(format: "%+.1f", 100 * comparison.auc.value)))
    #expect(rows[1][2] == "\(comparison.decisions.onlyAttack) : \(comparison.decisions.onlyReference)")
  }

  @Test("the verdict stands before all else of an audit, with the rate of its errors")
  func verdictFirst() throws {
    let record = try SampleAudit().record()
    let page = try AuditPage([record]).html()
    let verdict = try #require(page.range(of: "The encoder reveals which inputs it was trained on."))
    let table = try #require(page.range(of: "<table"))
    #expect(verdict.lowerBound < table.lowerBound)
    let first = record.results.attacks[0]
    let rate = String(
      format: "It takes %.1f%% of nonmembers for members wrongly", 100 * first.falsePositiveRate)
    #expect(page[..<table.lowerBound].contains(rate))
  }

  @Test("it says T, N, T/N, utility, seeds, versions and fingerprints")
  func facts() throws {
    let page = try SampleAudit().page()
    #expect(
      cells(page, row: "target")[0] == ["resnet18-64", "simclr", "600", "100", "6", "kNN accuracy 41.3%"])
    for (name, value) in [
      ("seed, attack", "7"), ("version, encodermi", "0.1.0"), ("fingerprint of data, target", "cafe"),
    ] {
      #expect(cells(page, row: name) == [[value]])
    }
  }

  static let outsideTexts = [
    "</bdi></td><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "<!--", "]]></style><style>",
    "a\u{202E}gnp.exe", "\u{1B}[31m\u{0}\n\r", "&lt;b&gt; ' onclick=x", "\u{05D0}\u{2067}<svg/onload=x>",
    "</title><base href=//x>", "javascript:alert(1)", "\u{2028}</desc><a href=x>", "</svg><iframe srcdoc=x>",
    "`|*_[x](y)\\", "a|\u{0301}<\u{0301}&\u{0301}\"\u{0301}b",
    String(repeating: "\u{0301}", count: 200) + "\u{FFFE}\u{E0001}",
  ]

  /// An audit in which everything that comes from outside is the same text.
  private func audit(_ text: String) -> SampleAudit {
    var audit = SampleAudit()
    audit.inputs.members = audit.inputs.members.map { _ in text }
    (audit.architecture, audit.algorithm) = (text, text)
    audit.attacks = [(text, audit.attacks[0].scores), (text + "2", audit.attacks[1].scores)]
    (audit.controlName, audit.notes, audit.fingerprint) = (text, [text], text)
    return audit
  }

  /// Whether a browser or a terminal would obey a character.
  private func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
    [0x202A...0x202E, 0x2066...0x2069, 0x00...0x09, 0x0B...0x1F, 0x7F...0x9F].contains {
      $0.contains(scalar.value)
    }
  }

  @Test("text from outside changes no tag of the page", arguments: AuditPageTests.outsideTexts)
  func hostile(_ text: String) throws {
    let page = try audit(text).page()
    #expect(skeleton(page) == skeleton(try audit("plain").page()))
    #expect(!page.unicodeScalars.contains(where: isObeyed))
  }

  @Test(
    "text from outside changes no tag of a page of two audits, nor of charts, nor the cells of a Markdown table",
    arguments: Array(AuditPageTests.outsideTexts.prefix(2) + AuditPageTests.outsideTexts.suffix(4)))
  func hostilePair(_ text: String) throws {
    let (record, plain) = (try audit(text).record(), try audit("plain").record())
    let pages = try [record, plain].map { try AuditPage(AuditPair(before: $0, after: $0)).html() }
    #expect(skeleton(pages[0]) == skeleton(pages[1]))
    #expect(!pages[0].unicodeScalars.contains(where: isObeyed))
    for (chart, other) in zip(try record.charts(), try plain.charts()) {
      #expect(skeleton(chart.file) == skeleton(other.file), "\(chart.name)")
    }
    for table in [record.attackTable, record.methodTable, record.encoderTable] {
      let lines = table.markdown.split(separator: "\n")
      #expect(lines.count == table.rows.count + 2)
      for line in lines {
        let bare = line.replacing("\\\\", with: "").replacing(
          #/\\\|/#.matchingSemantics(.unicodeScalar), with: "")
        #expect(bare.unicodeScalars.count { $0 == "|" } == table.header.count + 1, "\(line)")
        #expect(!line.unicodeScalars.contains("<"))
      }
    }
  }

  @Test("it loads nothing, runs nothing, and is smaller than 2 MB")
  func selfContained() throws {
    let page = try SampleAudit().page()
    for part in ["<script", "http:", "https:", "url(", "@import", " src=", "<link", "<img"] {
      #expect(!page.contains(part), "\(part)")
    }
    #expect(page.contains("default-src &#39;none&#39;"))
    #expect(page.utf8.count < 2_000_000)
  }

  @Test("every identifier is there once, also with several audits, and every reference has its target")
  func identifiers() throws {
    let record = try SampleAudit().record()
    let page = try AuditPage([record, record]).html()
    let ids = page.matches(of: #/ id="([^"]*)"/#).map { String($0.output.1) }
    #expect(Set(ids).count == ids.count)
    let references = page.matches(of: #/(?:aria-labelledby|href)="#?([^"]*)"/#).flatMap {
      $0.output.1.split(separator: " ").map(String.init)
    }
    #expect(references.contains("audit-2") && Set(references).isSubset(of: ids))
  }

  @Test("an anonymous page names no input, folder or place of data")
  func anonymous() throws {
    #expect(try SampleAudit().page().contains(".png"))
    let page = try SampleAudit().page(isAnonymous: true)
    #expect(!page.contains(".png") && !page.contains("Audit 1: attack"))
    #expect(page.contains("<bdi>input 1</bdi>"))
  }

  @Test("what results warn of stands among the limits")
  func warnings() throws {
    var audit = SampleAudit()
    audit.notes = ["attack X was left out: no <captions>"]
    #expect(try audit.page().contains("<li><bdi>attack X was left out: no &lt;captions&gt;</bdi></li>"))
  }
}
