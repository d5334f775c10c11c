import Attack
import Foundation

/// Areas under ROC curves with their 95% intervals, attacks above controls, with the line of chance: what an interval
/// that crosses it is about is not told from guessing.
enum AreaChart {
  static let plot = (left: 14.0, right: 346.0)
  private static let height = 30.0

  static func chart(attacks: [AttackMetrics], controls: [AttackMetrics]) -> Chart {
    let lowest = (attacks + controls).map(\.auc.low).min() ?? 0.5
    let low = max(0, min(0.4, (lowest * 10).rounded(.down) / 10))
    let x = ChartScale(low...1, to: (plot.left, plot.right))
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
    var grid: [Markup] = []
    let tenths = Int((low * 10).rounded())...10
    for tick in tenths where tick != 5 {
      let place = x(Double(tick) / 10)
      grid.append(Chart.line("grid", from: (place, 26), to: (place, bottom)))
      let side = tick == tenths.lowerBound ? "" : tick == tenths.upperBound ? "end" : "middle"
      grid.append(Chart.label("\(10 * tick)", place, bottom + 14, "soft " + side))
    }
    grid.append(Chart.line("chance", from: (x(0.5), 26), to: (x(0.5), bottom)))
    grid.append(Chart.label("50", x(0.5), bottom + 14, "strong middle"))
    grid.append(
      Chart.label("area under the ROC curve, percent; 50 is chance", 180, bottom + 31, "middle"))
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
