import Foundation

/// Values against numbers that stand at equal distances, as the cells of an experiment do.
enum CurveChart {
  /// A curve, with a value for each cell; nil where a cell has none.
  struct Curve {
    let name: String
    let values: [Double?]
  }

  private static let plot = LineChart.plot

  static func chart(_ name: String, _ title: String, _ x: [Double], _ curves: [Curve], axis: String) -> Chart
  {
    let y = numbers(curves.flatMap(\.values), to: (plot.bottom, plot.top))
    let across = LineChart.Axis(
      scale: ChartScale(0...Double(max(1, x.count - 1)), to: (plot.left + 12, plot.right - 12)),
      ticks: x.enumerated().map { (Double($0), String(format: "%g", $1)) })
    let drawn = curves.map { curve in
      LineChart.Curve(
        name: curve.name,
        points: curve.values.enumerated().compactMap { place, value in
          value.map { LineChart.Point(x: Double(place), y: $0, interval: nil) }
        })
    }
    let words = curves.map { curve in
      let values = zip(x, curve.values).compactMap { x, value in
        value.map { String(format: "%g: %.4g", x, $0) }
      }
      return "\(curve.name) at \(values.joined(separator: ", "))."
    }
    return Chart(
      name: name, title: title, description: words.joined(separator: " "),
      drawn: LineChart.draw(drawn, across, y, titles: (axis, "")))
  }

  /// Curves through the plane of two measures, in the order of the cells: cells without either have no point.
  static func plane(
    _ name: String, _ title: String, _ x: [Double?], _ curves: [Curve], cells: [String],
    titles: (String, String)
  ) -> Chart {
    let drawn = curves.map { curve in
      LineChart.Curve(
        name: curve.name,
        points: zip(x, curve.values).compactMap { x, y in
          x.flatMap { x in y.map { LineChart.Point(x: x, y: $0, interval: nil) } }
        })
    }
    let words = curves.map { curve in
      let values = zip(cells, zip(x, curve.values)).compactMap { cell, point in
        point.0.flatMap { x in point.1.map { "\(cell): \(String(format: "%.4g and %.4g", x, $0))" } }
      }
      return "\(titles.0) and \(curve.name) at \(values.joined(separator: "; "))."
    }
    return Chart(
      name: name, title: title, description: words.joined(separator: " "),
      drawn: LineChart.draw(
        drawn, numbers(x, to: (plot.left + 12, plot.right - 12)),
        numbers(curves.flatMap(\.values), to: (plot.bottom, plot.top)), titles: titles))
  }

  private static func numbers(_ values: [Double?], to ends: (Double, Double)) -> LineChart.Axis {
    let ticks = ticks(values.compactMap { $0 })
    return LineChart.Axis(
      scale: ChartScale(ticks[0]...ticks[ticks.count - 1], to: ends),
      ticks: ticks.map { ($0, String(format: "%g", $0)) })
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
