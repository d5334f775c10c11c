import Attack
import Foundation

/// Areas under ROC curves of each attack before and after, with their 95% intervals: before hollow, after filled.
enum ShiftChart {
  static let plot = (left: 14.0, right: 346.0)
  private static let height = 42.0

  static func chart(_ rows: [AuditPair.Row]) -> Chart {
    let x = Chart.areaScale(rows.flatMap { [$0.before.auc, $0.after.auc] }, to: plot)
    var (y, marks) = (26.0, [Markup]())
    for row in rows {
      y += height
      marks.append(Chart.label(Chart.shortened(row.before.name, most: 40), plot.left, y - 20))
      marks.append(
        Chart.label(
          String(format: "%.1f to %.1f", 100 * row.before.auc.value, 100 * row.after.auc.value), plot.right,
          y - 20, "soft end"))
      for (value, style, mark, line) in [
        (row.before.auc, "second", "hollow", y - 10), (row.after.auc, "first", "", y),
      ] {
        marks.append(Chart.line(style, from: (x(value.low), line), to: (x(value.high), line)))
        marks.append(Chart.dot(mark, x(value.value), line, radius: 3.5))
      }
    }
    let bottom = y + 12
    var grid = Chart.areaAxis(x, top: 30, bottom: bottom)
    grid.append(Chart.dot("hollow", plot.left + 6, 14, radius: 3.5))
    grid.append(Chart.label("before, hollow", plot.left + 16, 18))
    grid.append(Chart.dot("", plot.left + 126, 14, radius: 3.5))
    grid.append(Chart.label("after, filled", plot.left + 136, 18))
    let words = rows.map { row in
      String(
        format: "%@: %.1f before, from %.1f to %.1f, and %.1f after, from %.1f to %.1f.", row.before.name,
        100 * row.before.auc.value, 100 * row.before.auc.low, 100 * row.before.auc.high,
        100 * row.after.auc.value, 100 * row.after.auc.low, 100 * row.after.auc.high)
    }
    return Chart(
      name: "before-after", title: "Areas under the ROC curves before and after, with their 95% intervals",
      description: words.joined(separator: " "), size: (Chart.width, bottom + 40), content: grid + marks)
  }
}
