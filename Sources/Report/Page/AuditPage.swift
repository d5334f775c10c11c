import Attack
import Experiments
import Foundation

/// A report of finished audits and experiments as one HTML file that opens from a disk, loads nothing and needs no script.
public struct AuditPage {
  private let records: [AuditRecord]
  private let experiments: [FinishedExperiment]
  private let pair: AuditPair?
  private let series: [EpochSeries]
  private let pictures: [InputPicture]
  private let isAnonymous: Bool

  /// A report.
  /// - Parameters:
  ///   - records: the audits, each a section in this order.
  ///   - experiments: finished experiments, each a section before those of audits.
  ///   - growths: what `attack --growth` wrote, each with its folder's name.
  ///   - pictures: inputs of the first audit that are looked at; not shown where it is anonymous.
  ///   - isAnonymous: whether names of inputs, of folders and paths of data are left out.
  public init(
    _ records: [AuditRecord], experiments: [FinishedExperiment] = [],
    growths: [(name: String, growth: Growth)] = [], pictures: [InputPicture] = [], isAnonymous: Bool = false
  ) {
    self.experiments = experiments
    self.pictures = isAnonymous ? [] : pictures
    (self.records, self.isAnonymous, pair) = (records, isAnonymous, nil)
    series = EpochSeries.all(records) + growths.compactMap { EpochSeries($0.growth, name: $0.name) }
  }

  /// A report of two audits of the same inputs: what they say beside each other, then each by itself.
  public init(_ pair: AuditPair, isAnonymous: Bool = false) {
    (records, self.isAnonymous, self.pair) = ([pair.before, pair.after], isAnonymous, pair)
    (series, pictures, experiments) = ([], [], [])
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
            "content": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
              + (pictures.isEmpty ? "" : "; img-src data:"),
          ]),
        .make("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        .make("meta", ["name": "color-scheme", "content": "light dark"]), .make("title", [:], title),
        .style(PageStyle.sheet), .style(Chart.style),
      ])
    var sections = pair.map { [PairSection($0).markup()] } ?? []
    sections += experiments.enumerated().map { index, experiment in
      StudySection(experiment, place: index + 1, isAnonymous: isAnonymous).markup()
    }
    if !series.isEmpty { sections.append(EpochSection.markup(series, isAnonymous: isAnonymous)) }
    sections += try records.enumerated().map { index, record in
      try AuditSection(
        record, place: index + 1, of: records.count, role: role(index),
        pictures: index == 0 ? pictures : [], isAnonymous: isAnonymous
      ).markup()
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
              "Made by encodermi from \(sources). It is for auditing and research alone."
            )
          ]),
      ])
    return "<!DOCTYPE html>\n" + Markup.make("html", ["lang": "en"], [head, body]).source + "\n"
  }

  /// The files that it is made of.
  private var sources: String {
    let audits = records.isEmpty ? [] : ["results.json, scores.csv and attack.json of audits"]
    return
      (audits + (experiments.isEmpty ? [] : ["experiment.json and the trials beside it"])
      + (series.isEmpty || !records.isEmpty ? [] : ["growth.json"])).joined(separator: ", ")
  }

  private var question: String {
    "Can it be told from an encoder's answers which inputs were in its training data, and how surely?"
  }

  private func role(_ index: Int) -> String? { pair == nil ? nil : ["Before", "After"][index] }

  /// Links to the sections with their answers, where there are several.
  private var contents: [Markup] {
    func item(_ id: String, _ name: String, _ words: String) -> Markup {
      .make("li", [:], [.make("a", ["href": "#\(id)"], [.name(name)]), .text(words)])
    }
    var items = pair.map { [item(PairSection.id, "Before and after", ": " + PairVerdict($0).headline)] } ?? []
    items += experiments.enumerated().map { index, experiment in
      item(
        StudySection.id(index + 1), StudySection.name(experiment), ": " + StudyVerdict(experiment).headline)
    }
    if !series.isEmpty { items.append(item(EpochSection.id, "Over the epochs of pre-training", "")) }
    items += records.enumerated().map { index, record in
      item(
        "audit-\(index + 1)",
        AuditSection.name(record, index + 1, role: role(index), isAnonymous: isAnonymous),
        ": " + Verdict(record).headline)
    }
    guard items.count > 1 else { return [] }
    return [.make("nav", ["aria-label": "Parts of this report"], [.make("ol", [:], items)])]
  }
}
