import Attack
import Foundation

/// Areas under ROC curves with their 95% intervals, attacks above controls, with the line of chance: what an interval
/// that crosses it is about is not told from guessing.
enum AreaChart {
  static let plot = (left: 14.0, right: 346.0)
  private static let height = 30.0

  static func chart(attacks: [AttackMetrics], controls: [AttackMetrics]) -> Chart {
    let x = Chart.areaScale((attacks + controls).map(\.auc), to: plot)
    var (y, rows) = (8.0, [Markup]())
    for (title, style, mark, metrics) in [
      ("attacks, filled", "first", "", attacks), ("controls, hollow", "second", "hollow", controls),
    ] where !metrics.isEmpty {
      y += 14
      rows.append(Chart.label(title, plot.left, y, "strong"))
      for row in metrics {
        y += height
        let (line, value) = (y, row.auc)
        rows.append(Chart.label(Chart.shortened(row.name, most: 46), plot.left, line - 9))
        rows.append(
          Chart.label(String(format: "%.1f", 100 * value.value), plot.right, line - 9, "soft end"))
        rows.append(Chart.line(style, from: (x(value.low), line), to: (x(value.high), line)))
        for end in [value.low, value.high] {
          rows.append(Chart.line(style, from: (x(end), line - 3), to: (x(end), line + 3)))
        }
        rows.append(Chart.dot(mark, x(value.value), line, radius: 3.5))
      }
      y += 14
    }
    let bottom = y
    let grid = Chart.areaAxis(x, top: 26, bottom: bottom)
    func words(_ row: AttackMetrics) -> String {
      String(
        format: "%@: %.1f, from %.1f to %.1f.", row.name, 100 * row.auc.value, 100 * row.auc.low,
        100 * row.auc.high)
    }
    return Chart(
      name: "areas", title: "Areas under the ROC curves with their 95% intervals",
      description: (attacks + controls).map(words).joined(separator: " "),
      size: (Chart.width, bottom + 40), content: grid + rows)
  }
}
