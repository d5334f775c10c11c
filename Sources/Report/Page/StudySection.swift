import Experiments

/// An experiment in a page: what it says, the paper's numbers beside ours, orderings, attacks, charts, encoders, methods.
struct StudySection {
  private let experiment: FinishedExperiment
  private let place: Int
  private let isAnonymous: Bool

  init(_ experiment: FinishedExperiment, place: Int, isAnonymous: Bool) {
    (self.experiment, self.place, self.isAnonymous) = (experiment, place, isAnonymous)
  }

  static func id(_ place: Int) -> String { "experiment-\(place)" }
  private var id: String { StudySection.id(place) }
  private var results: StudyResults { experiment.results }

  /// What it is called in a page.
  static func name(_ experiment: FinishedExperiment) -> String {
    "Experiment: \(experiment.results.experiment)"
  }

  func markup() -> Markup {
    let verdict = StudyVerdict(experiment)
    let content: [Markup] = [
      .make("h2", ["id": "\(id)-title"], [.name(StudySection.name(experiment))]),
      .make(
        "div", ["class": "verdict notShown"],
        [.make("p", ["class": "headline"], verdict.headline)]
          + verdict.sentences.map { .make("p", [:], [.name($0)]) }),
    ]
    return .make(
      "section", ["id": id, "aria-labelledby": "\(id)-title"], content + paper + attacks + encoders + methods)
  }

  private var paper: [Markup] {
    var content: [Markup] = []
    if let table = results.besidePaper {
      content += [
        .heading("The paper's numbers beside those here"),
        .paragraph(
          "The paper's are of the data that the last column names, and of its own sizes and epochs; those here of the sizes and "
            + "epochs below."),
        table.joiningNames.markup("Percent, means over the trials here"),
      ]
    }
    if let table = results.orderingTable {
      content += [
        .heading("What the paper orders, here"),
        .paragraph(
          "An ordering is reproduced, or contradicted, where the 95% interval of its difference over the trials lies on one side "
            + "of none; of a single trial, where the intervals of both areas over inputs have nothing in common. Else it is open."
        ),
        table.markup("Orderings, with what each verdict rests on", style: "narrow"),
      ]
    }
    return content
  }

  private var attacks: [Markup] {
    let charts = results.charts
    var content: [Markup] = [
      .heading("What the attacks and controls find"),
      .paragraph("V, S and T are EncoderMI-V, EncoderMI-S and EncoderMI-T."),
      results.measures.joiningNames.markup(
        "Percent: means over the trials, with their standard deviation where there are several, and areas with 95% intervals"
      ),
    ]
    if !charts.isEmpty { content += [.heading("Charts"), .charts(charts, id: id)] }
    return content
  }

  private var encoders: [Markup] {
    var content: [Markup] = [
      .heading("The encoders"),
      .paragraph(
        "T are the epochs of pre-training, N the inputs trained on. kNN is the accuracy of nearest neighbours in percent, by "
          + "which an encoder's usefulness is measured."),
      results.encoders.markup("Target and shadow of each cell"),
    ]
    if let table = results.similarityTable {
      content.append(table.markup("Mean similarity of an image's views to the target", style: "narrow"))
    }
    return content
  }

  private var methods: [Markup] {
    let skipped = results.skipped.map { skipped in
      "Left out, \(skipped.cell): "
        + (isAnonymous ? AuditFiles.withoutNames(skipped.reason) : skipped.reason)
    }
    let items = skipped + experiment.warnings(isAnonymous: isAnonymous) + FinishedExperiment.limits
    return [
      .heading("Methods"), experiment.methodTable.markup("How it was done", style: "narrow pairs"),
      .heading("Limits"), .make("ul", [:], items.map { .make("li", [:], [.name($0)]) }),
    ]
  }
}
