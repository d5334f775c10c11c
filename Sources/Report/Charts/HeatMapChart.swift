import Experiments
import Foundation

/// Accuracies of one attack on a grid of two numbers, a stronger colour for the higher, each with its number.
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
            "class": "first", "fill-opacity": String(format: "%.2f", 0.04 + 0.5 * shade),
            "x": Chart.number(x),
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
