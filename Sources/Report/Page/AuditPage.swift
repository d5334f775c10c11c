import Attack
import Foundation

/// A report of finished audits as one HTML file that opens from a disk, loads nothing and needs no script.
public struct AuditPage {
  private let records: [AuditRecord]
  private let isAnonymous: Bool

  /// A report.
  /// - Parameters:
  ///   - records: the audits, each a section in this order.
  ///   - isAnonymous: whether names of inputs, of folders and paths of data are left out.
  public init(_ records: [AuditRecord], isAnonymous: Bool = false) {
    (self.records, self.isAnonymous) = (records, isAnonymous)
  }

  /// The text of the file.
  /// - Throws: `EvaluationError` where scores cannot be shown.
  public func html() throws -> String {
    let title = "Membership audit"
    let head = Markup.make(
      "head", [:],
      [
        .make("meta", ["charset": "utf-8"]),
        // What the file says of itself: even if something slipped in, nothing would run or load.
        .make(
          "meta",
          [
            "http-equiv": "Content-Security-Policy",
            "content": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
          ]),
        .make("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        .make("meta", ["name": "color-scheme", "content": "light dark"]), .make("title", [:], title),
        .style(PageStyle.sheet), .style(Chart.style),
      ])
    let sections = try records.enumerated().map { index, record in
      try AuditSection(record, place: index + 1, of: records.count, isAnonymous: isAnonymous).markup()
    }
    let body = Markup.make(
      "body", [:],
      [
        .make("header", [:], [.make("h1", [:], title), .make("p", ["class": "soft"], question)] + contents),
        .make("main", [:], sections),
        .make(
          "footer", [:],
          [
            .make(
              "p", [:],
              "Made by encodermi from results.json, scores.csv and attack.json. It is for auditing and research alone."
            )
          ]),
      ])
    return "<!DOCTYPE html>\n" + Markup.make("html", ["lang": "en"], [head, body]).source + "\n"
  }

  private var question: String {
    "Can it be told from an encoder's answers which inputs were in its training data, and how surely?"
  }

  /// Links to the sections with their answers, where there are several.
  private var contents: [Markup] {
    guard records.count > 1 else { return [] }
    let items = records.enumerated().map { index, record in
      Markup.make(
        "li", [:],
        [
          .make(
            "a", ["href": "#audit-\(index + 1)"],
            [.name(AuditSection.name(record, index + 1, isAnonymous: isAnonymous))]),
          .text(": " + Verdict(record).headline),
        ])
    }
    return [.make("nav", ["aria-label": "Audits"], [.make("ol", [:], items)])]
  }
}
