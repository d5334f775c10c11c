import Attack
import Experiments
import Foundation

extension StudyResults {
  /// Charts of what lies on one or two axes of numbers: heat maps of accuracy, or its curves, those of similarities and of
  /// usefulness, and accuracy against usefulness; none for cells that differ in words.
  public var charts: [Chart] {
    let axes = cells.first?.labels.count ?? 0
    let values = cells.map { $0.labels.compactMap { Double($0.value) } }
    guard !cells.isEmpty, values.allSatisfy({ $0.count == axes }) else { return [] }
    if axes == 2 { return attackNames.map { HeatMapChart.chart(self, of: $0) } }
    guard axes == 1, Set(values.map { $0[0] }).count > 1 else { return [] }
    let x = values.map { $0[0] }
    let axis = cells[0].labels[0].axis
    let accuracies = attackNames.prefix(LineChart.most).map { name in
      CurveChart.Curve(
        name: name,
        values: cells.map { cell in
          cell.attacks.first { $0.name == name }.map { 100 * $0.accuracy.summary.mean }
        })
    }
    var charts = [
      CurveChart.chart("accuracy", "Accuracy in percent against \(axis)", x, Array(accuracies), axis: axis)
    ]
    // How alike views are depends on how many there are by chance alone.
    guard differsIn.contains(where: { $0.hasPrefix("target") }) else { return charts }
    charts.append(
      CurveChart.chart(
        "similarities", "Mean similarity of an image's views against \(axis)", x,
        [
          CurveChart.Curve(name: "members", values: cells.map { $0.similarities?.members.summary.mean }),
          CurveChart.Curve(
            name: "nonmembers", values: cells.map { $0.similarities?.nonmembers.summary.mean }),
        ], axis: axis))
    let useful = cells.map { cell in
      cell.target.measure == "kNN accuracy" ? cell.target.utility.map { 100 * $0.summary.mean } : nil
    }
    if useful.compactMap({ $0 }).count > 1 {
      charts.append(
        CurveChart.chart(
          "usefulness", "Inferability and usefulness in percent against \(axis)", x,
          accuracies.prefix(1) + [CurveChart.Curve(name: "kNN accuracy of the target", values: useful)],
          axis: axis))
      charts.append(
        CurveChart.plane(
          "trade-off", "Inferability against usefulness in percent, by \(axis)", useful, Array(accuracies),
          cells: cells.map(\.name), titles: ("kNN accuracy of the target", "accuracy of the attack")))
    }
    return charts
  }

  private var attackNames: [String] { cells[0].attacks.map(\.name) }
}
