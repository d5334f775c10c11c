import Attack
import Experiments
import Foundation

extension StudyResults {
  /// Charts of what lies on one or two axes of numbers: heat maps of accuracy, or its curves, and those of similarities and
  /// of usefulness; none for cells that differ in words.
  public var charts: [Chart] {
    let axes = cells.first?.labels.count ?? 0
    let values = cells.map { $0.labels.compactMap { Double($0.value) } }
    guard !cells.isEmpty, values.allSatisfy({ $0.count == axes }) else { return [] }
    if axes == 2 { return attackNames.map { HeatMapChart.chart(self, of: $0) } }
    guard axes == 1, Set(values.map { $0[0] }).count > 1 else { return [] }
    let x = values.map { $0[0] }
    let axis = cells[0].labels[0].axis
    let accuracies = attackNames.prefix(CurveChart.most).map { name in
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
    }
    return charts
  }

  private var attackNames: [String] { cells[0].attacks.map(\.name) }
}

/// Values against numbers that stand at equal distances, as the cells of an experiment do.
enum CurveChart {
  /// A curve, with a value for each cell; nil where a cell has none.
  struct Curve {
    let name: String
    let values: [Double?]
  }

  private static let plot = (left: 44.0, right: 340.0, top: 14.0, bottom: 214.0)
  private static let styles = ["first", "second dashed", "second dotted", "mixed"]
  /// As many as can be told apart.
  static let most = styles.count

  static func chart(_ name: String, _ title: String, _ x: [Double], _ curves: [Curve], axis: String) -> Chart
  {
    let all = curves.flatMap(\.values).compactMap { $0 }
    let ticks = ticks(all)
    let y = ChartScale(ticks[0]...ticks[ticks.count - 1], to: (plot.bottom, plot.top))
    let across = ChartScale(0...Double(max(1, x.count - 1)), to: (plot.left + 12, plot.right - 12))
    var content: [Markup] = []
    for value in ticks {
      content.append(Chart.line("grid", from: (plot.left, y(value)), to: (plot.right, y(value))))
      content.append(Chart.label(String(format: "%g", value), plot.left - 6, y(value) + 4, "soft end"))
    }
    for (place, value) in x.enumerated() {
      content.append(
        Chart.label(String(format: "%g", value), across(Double(place)), plot.bottom + 16, "soft middle"))
    }
    content.append(Chart.label(axis, (plot.left + plot.right) / 2, plot.bottom + 34, "middle"))
    var line = plot.bottom + 56
    for (curve, style) in zip(curves, styles) {
      let points = curve.values.enumerated().compactMap { place, value in
        value.map { "\(Chart.number(across(Double(place)))) \(Chart.number(y($0)))" }
      }
      if !points.isEmpty {
        content.append(.make("path", ["class": style, "d": "M" + points.joined(separator: "L")]))
      }
      content.append(Chart.line(style, from: (plot.left, line - 4), to: (plot.left + 30, line - 4)))
      content.append(Chart.label(Chart.shortened(curve.name, most: 44), plot.left + 38, line))
      line += 17
    }
    let words = curves.map { curve in
      let values = zip(x, curve.values).compactMap { x, value in
        value.map { String(format: "%g: %.4g", x, $0) }
      }
      return "\(curve.name) at \(values.joined(separator: ", "))."
    }
    return Chart(
      name: name, title: title, description: words.joined(separator: " "), size: (Chart.width, line),
      content: content)
  }

  /// From three to seven round numbers at equal distances, of which the first and the last enclose all values.
  static func ticks(_ values: [Double]) -> [Double] {
    let (least, most) = (values.min() ?? 0, values.max() ?? 1)
    let range = most > least ? most - least : max(abs(most) * 0.1, 0.1)
    let power = pow(10, (log10(range / 5)).rounded(.down))
    let step = [1, 2, 5, 10].map { $0 * power }.first { range / $0 <= 5 } ?? 10 * power
    let (first, last) = ((least / step).rounded(.down), (most / step).rounded(.up))
    // Multiples of a whole number divided by a power of ten are the nearest to what they are called.
    return stride(from: first, through: max(last, first + 2), by: 1).map { ($0 * step * 1e9).rounded() / 1e9 }
  }
}

/// Accuracies of one attack on a grid of two numbers, the darker the higher, each with its number.
enum HeatMapChart {
  private static let (left, top, height) = (70.0, 14.0, 34.0)

  static func chart(_ results: StudyResults, of attack: String) -> Chart {
    func values(_ axis: Int) -> [String] {
      var seen: [String] = []
      for cell in results.cells where !seen.contains(cell.labels[axis].value) {
        seen.append(cell.labels[axis].value)
      }
      return seen
    }
    let (columns, rows) = (values(0), values(1))
    let width = (Chart.width - 14 - left) / Double(columns.count)
    var (content, words): ([Markup], [String]) = ([], [])
    for cell in results.cells {
      guard let column = columns.firstIndex(of: cell.labels[0].value),
        let row = rows.firstIndex(of: cell.labels[1].value),
        let accuracy = cell.attacks.first(where: { $0.name == attack })?.accuracy.summary.mean
      else { continue }
      // The first row stands at the bottom, as on an axis.
      let (x, y) = (left + Double(column) * width, top + Double(rows.count - 1 - row) * height)
      let shade = min(1, max(0, 2 * accuracy - 1))
      content.append(
        .make(
          "rect",
          [
            "class": "first", "fill-opacity": String(format: "%.2f", 0.75 * shade), "x": Chart.number(x),
            "y": Chart.number(y), "width": Chart.number(width), "height": Chart.number(height),
          ]))
      let number = String(format: "%.1f", 100 * accuracy)
      content.append(Chart.label(number, x + width / 2, y + height / 2 + 4, "middle"))
      words.append("\(number) at \(cell.labels[0].value) and \(cell.labels[1].value)")
    }
    let bottom = top + Double(rows.count) * height
    for (index, value) in columns.enumerated() {
      content.append(Chart.label(value, left + (Double(index) + 0.5) * width, bottom + 16, "soft middle"))
    }
    for (index, value) in rows.enumerated() {
      content.append(
        Chart.label(value, left - 8, top + (Double(rows.count - index) - 0.5) * height + 4, "soft end"))
    }
    let axes = results.cells[0].labels.map(\.axis)
    content.append(
      Chart.label("\(axes[0]) across, \(axes[1]) upwards", Chart.width / 2, bottom + 36, "middle"))
    return Chart(
      name: "heat-\(attack.lowercased())",
      title: "Accuracy of \(attack) in percent, by \(axes[0]) and \(axes[1])",
      description: words.joined(separator: "; "), size: (Chart.width, bottom + 46), content: content)
  }
}
