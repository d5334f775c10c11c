import Attack
import Foundation

/// Two audits of the same inputs in a page: the verdict, the encoders, each attack before and after, charts.
struct PairSection {
  private let pair: AuditPair

  init(_ pair: AuditPair) { self.pair = pair }

  static let id = "before-and-after"

  func markup() -> Markup {
    let verdict = PairVerdict(pair)
    let style =
      switch verdict.answer {
      case .more: "reveals"
      case .less, .notShown: "notShown"
      case .doubtful: "doubtful"
      }
    var content: [Markup] = [
      .make("h2", ["id": "\(PairSection.id)-title"], "Before and after"),
      .make(
        "div", ["class": "verdict \(style)"],
        [.make("p", ["class": "headline"], verdict.headline)]
          + verdict.sentences.map { .make("p", [:], [.name($0)]) }),
      .heading("The encoders under audit"),
      pair.encoderTable.markup("What is known of both", style: "narrow"),
    ]
    if !pair.rows.isEmpty {
      content += [
        .heading("The attacks before and after"),
        .paragraph(
          "On the inputs that are in both audits. Areas are compared by DeLong's test for correlated areas, decisions by "
            + "McNemar's exact test; p-values are corrected over the table (Holm)."),
        pair.areaTable.markup(
          "Areas in percent, with 95% intervals in brackets; differences in points, after less before",
          style: "narrow"),
        pair.rateTable.markup("Rates in percent, with 95% intervals in brackets", style: "wide"),
        .charts(pair.charts, id: PairSection.id),
      ]
    }
    return .make("section", ["id": PairSection.id, "aria-labelledby": "\(PairSection.id)-title"], content)
  }
}

/// What pre-training for longer reveals, in a page.
struct EpochSection {
  static let id = "epochs"

  static func markup(_ series: [EpochSeries], isAnonymous: Bool) -> Markup {
    var content: [Markup] = [
      .make("h2", ["id": "\(id)-title"], "Over the epochs of pre-training"),
      .paragraph(
        "An encoder that is trained for longer remembers more of its training data. Stopping early is a countermeasure; what "
          + "it costs in usefulness is to be weighed against it."),
    ]
    for (index, one) in series.enumerated() {
      let name = isAnonymous ? "series \(index + 1)" : one.title
      content += [
        .heading(series.count == 1 && isAnonymous ? "By checkpoint" : name),
        one.table.markup("By \(one.attack)", style: "narrow"),
      ]
      content += one.omissions(isAnonymous: isAnonymous).map(Markup.paragraph)
      content += [
        .charts([one.chart(index + 1)], id: "\(id)-\(index + 1)")
      ]
    }
    return .make("section", ["id": id, "aria-labelledby": "\(id)-title"], content)
  }
}

extension Markup {
  static func heading(_ text: String) -> Markup { make("h3", [:], [.name(text)]) }

  static func paragraph(_ text: String) -> Markup { make("p", [:], [.name(text)]) }

  /// Charts side by side where there is room.
  /// - Parameter id: tells them from all others of the page.
  static func charts(_ charts: [Chart], id: String) -> Markup {
    make(
      "div", ["class": "charts"],
      charts.map { chart in
        make(
          "figure", [:],
          [chart.markup(id: "\(id)-\(chart.name)"), make("figcaption", [:], [.name(chart.title)])])
      })
  }
}
