import Attack
import Foundation

/// One audit in a page: the verdict, who was asked what, tables, charts, controls, methods, limits.
struct AuditSection {
  private let record: AuditRecord
  private let place: Int
  private let count: Int
  private let isAnonymous: Bool

  /// What it is called in place of "Audit" and its number.
  private let role: String?
  /// Inputs that are looked at.
  private let pictures: [InputPicture]

  init(
    _ record: AuditRecord, place: Int, of count: Int, role: String? = nil, pictures: [InputPicture] = [],
    isAnonymous: Bool
  ) {
    (self.record, self.place, self.count, self.isAnonymous) = (record, place, count, isAnonymous)
    (self.role, self.pictures) = (role, pictures)
  }

  static func name(_ record: AuditRecord, _ place: Int, role: String? = nil, isAnonymous: Bool) -> String {
    let title = role ?? "Audit \(place)"
    return isAnonymous ? title : "\(title): \(record.name)"
  }

  private var id: String { "audit-\(place)" }

  func markup() throws -> Markup {
    let title =
      count == 1 && isAnonymous
      ? "Verdict" : AuditSection.name(record, place, role: role, isAnonymous: isAnonymous)
    var content: [Markup] = [.make("h2", ["id": "\(id)-title"], [.name(title)]), verdict]
    content += asked + attacks
    content += try charts()
    if !isAnonymous { content += try PictureSection(pictures: pictures, id: id).markup() }
    content += try controls + surest + methods() + limits
    return .make("section", ["id": id, "aria-labelledby": "\(id)-title"], content)
  }

  private var verdict: Markup {
    let verdict = Verdict(record)
    return .make(
      "div", ["class": "verdict \(verdict.answer.rawValue)"],
      [.make("p", ["class": "headline"], verdict.headline)]
        + verdict.sentences.map { .make("p", [:], [.name($0)]) })
  }

  private var asked: [Markup] {
    [
      .heading("What was asked, and of whom"),
      .paragraph(
        "T are the epochs of pre-training, N the inputs trained on: few inputs seen often (a large T/N) are remembered, "
          + "many seen seldom are not."),
      record.encoderTable.markup("The encoders: the one under audit, and the auditor's own"),
      record.questionTable.markup("What each encoder was asked to embed", style: "narrow"),
    ]
  }

  private var attacks: [Markup] {
    var content: [Markup] = [
      .heading("What the attacks find"),
      record.attackTable.markup(
        "Percent, with 95% intervals in brackets; behind \u{201C}at\u{201D} the rate of false positives that was reached",
        style: "wide"
      ),
    ]
    if let comparison = record.results.comparison {
      content += [
        .heading("The attacks on the same inputs"),
        .paragraph(
          "Beside \(comparison.reference), which was chosen beforehand: the difference of areas in points, the inputs "
            + "that either alone tells rightly, and p-values after Holm's correction over the table."),
        record.results.comparisonTable.markup("Differences beside \(comparison.reference)", style: "narrow"),
      ]
    }
    if !record.queryTable.rows.isEmpty {
      content += [
        .heading("What fewer questions would have found"),
        .paragraph(
          "The first few of the views or variants that were asked about, judged by a threshold made with as many; nothing "
            + "more was asked for it."),
        record.queryTable.markup("By questions about each input", style: "narrow"),
      ]
    }
    return content
  }

  private func charts() throws -> [Markup] {
    let charts = try record.charts()
    guard !charts.isEmpty else { return [] }
    var content: [Markup] = [.heading("Charts"), .charts(charts, id: id)]
    if let calibration = try record.calibrationTable() {
      content += [
        .heading("How often the three answers are wrong"),
        .paragraph(
          "What \u{201C}infer --alpha\u{201D} would say of these inputs: half of each group are known, the other half are asked about, and "
            + "the other way round. Of those called member-like, and of those called not a member, a share of at most the "
            + "level is wrong on average over audits, where one that calls nobody so counts as one without a wrong answer; in an "
            + "audit that calls few it may be more."),
        calibration.markup("Answers by the scores of \(record.results.attacks[0].name)", style: "narrow"),
      ]
    }
    return content
  }

  private var controls: [Markup] {
    let table = record.controlTable
    let swapped = record.results.swappedTable
    guard !table.rows.isEmpty || !swapped.rows.isEmpty else {
      return [.heading("Controls"), .paragraph("None were made.")]
    }
    var content: [Markup] = [
      .heading("Controls, and what they say"),
      .paragraph(
        "Encoders that never learned, and classifiers that never ask an encoder, must be at chance, an area of 50%. "
          + "Where one is not, the groups differ by themselves."),
    ]
    let above = AttackMetrics.aboveChance(record.results.controls)
    content.append(
      .paragraph(
        above.isEmpty
          ? "None lies above chance after Holm's correction within its family."
          : "Above chance after Holm's correction within its family: \(above.map(\.name).joined(separator: "; "))."
      ))
    if !table.rows.isEmpty {
      content.append(table.markup("Controls of the groups, as the attacks above", style: "wide"))
    }
    if !swapped.rows.isEmpty {
      content.append(
        swapped.markup(
          "Captions swapped: where an area lies above 50%, the attack knows an image or a caption, not that they belong "
            + "together"))
    }
    return content
  }

  private var surest: [Markup] {
    guard let first = record.results.attacks.first, let table = record.surestTable(isAnonymous: isAnonymous)
    else { return [] }
    return [
      .heading("The inputs that it is surest of"),
      table.markup("Highest scores by \(first.name)", style: "narrow"),
    ]
  }

  private func methods() throws -> [Markup] {
    [
      .heading("Methods"), record.methodTable.markup("How it was done", style: "narrow pairs"),
      .make(
        "details", [:],
        [
          .make("summary", [:], "All settings"),
          try record.settingsTable(isAnonymous: isAnonymous).markup(
            "As in attack.json", style: "narrow pairs"),
        ]),
    ]
  }

  private var limits: [Markup] {
    let items = record.warnings(isAnonymous: isAnonymous) + AuditRecord.limits
    return [
      .heading("Limits"), .make("ul", [:], items.map { .make("li", [:], [.name($0)]) }),
    ]
  }
}

extension ReportTable {
  /// The table as HTML. Roles are said because a narrow screen shows rows as cards, which would else hide them.
  func markup(_ caption: String, style: String = "") -> Markup {
    let titles = header.map {
      Markup.make("th", ["role": "columnheader", "scope": "col"], $0)
    }
    let body = rows.map { row in
      Markup.make(
        "tr", ["role": "row"],
        zip(header, row).enumerated().map { column, cell in
          column == 0
            ? .make("th", ["role": "rowheader", "scope": "row"], [.name(cell.1)])
            : .make("td", ["role": "cell", "data-label": cell.0], [ReportTable.content(cell.1)])
        })
    }
    return .make(
      "table", ["role": "table", "class": style],
      [
        .make("caption", [:], [.name(caption)]),
        .make("thead", ["role": "rowgroup"], [.make("tr", ["role": "row"], titles)]),
        .make("tbody", ["role": "rowgroup"], body),
      ])
  }

  /// A value whose intervals in brackets each stay in one line.
  private static func content(_ cell: String) -> Markup {
    let intervals = cell.matches(of: #/\[[-+.0-9]+, [-+.0-9]+\]/#)
    guard !intervals.isEmpty else {
      // Numbers and single words stay in one line too; longer names may be broken anywhere.
      let isShort = cell.utf8.count <= 12 && !cell.contains(" ")
      return .make("span", ["class": isShort ? "short" : ""], [.name(cell)])
    }
    var (parts, rest): ([Markup], Substring) = ([], cell[...])
    for interval in intervals {
      parts += [
        .text(String(rest[..<interval.range.lowerBound])),
        .make("span", ["class": "interval"], String(interval.output)),
      ]
      rest = rest[interval.range.upperBound...]
    }
    return .make("span", [:], parts + [.text(String(rest))])
  }
}
