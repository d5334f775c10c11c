import Foundation

/// Similarities of each with each as a grid, the stronger their colour the more alike, each with its number in hundredths.
enum MatrixChart {
  static let plot = (left: 34.0, right: 346.0, top: 26.0)

  /// A grid of similarities.
  /// - Parameters:
  ///   - values: a row for each of the first, of equal length.
  ///   - names: what the rows and the columns are.
  static func chart(
    _ name: String, _ title: String, _ values: [[Float]], names: (rows: String, columns: String)
  )
    -> Chart
  {
    let columns = values.first?.count ?? 0
    precondition(
      columns > 0 && values.allSatisfy { $0.count == columns }, "MatrixChart: rows of unlike length")
    let side = (plot.right - plot.left) / Double(max(columns, values.count))
    let all = values.joined().map(Double.init)
    let (low, high) = (all.min() ?? 0, all.max() ?? 1)
    var content = [Chart.label(names.columns, plot.left, plot.top - 13, "soft")]
    for (row, similarities) in values.enumerated() {
      let y = plot.top + Double(row) * side
      content.append(Chart.label("\(row + 1)", plot.left - 6, y + side / 2 + 4, "soft end"))
      for (column, value) in similarities.enumerated() {
        let x = plot.left + Double(column) * side
        let shade = high > low ? (Double(value) - low) / (high - low) : 1
        content.append(
          .make(
            "rect",
            [
              "class": "first", "fill-opacity": String(format: "%.2f", 0.04 + 0.5 * shade),
              "x": Chart.number(x + 0.5), "y": Chart.number(y + 0.5), "width": Chart.number(side - 1),
              "height": Chart.number(side - 1),
            ]))
        if side >= 24 {
          content.append(
            Chart.label(String(format: "%.0f", 100 * value), x + side / 2, y + side / 2 + 4, "middle"))
        }
      }
    }
    let bottom = plot.top + Double(values.count) * side
    content.append(
      Chart.label(
        "rows: \(names.rows); hundredths, a stronger colour for the more alike", 180, bottom + 16,
        "soft middle"))
    return Chart(
      name: name, title: title,
      description: String(
        format: "%d by %d similarities from %.2f to %.2f, %.2f in the middle.", values.count, columns, low,
        high,
        all.sorted()[all.count / 2]),
      size: (Chart.width, bottom + 26), content: content)
  }
}
