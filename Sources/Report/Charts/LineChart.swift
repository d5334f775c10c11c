import Foundation

/// Values against a number, such as rates against the questions about an input or the epochs of pre-training: up to four
/// curves through points, the first with the band of its intervals.
enum LineChart {
  /// A value at a place on the axis, with its interval where there is one.
  struct Point {
    let x: Double
    let y: Double
    let interval: (low: Double, high: Double)?
  }

  /// A curve with its name.
  struct Curve {
    let name: String
    let points: [Point]
  }

  /// An axis with the values that are written beside it.
  struct Axis {
    let scale: ChartScale
    let ticks: [(value: Double, text: String)]
  }

  static let plot = (left: 44.0, right: 340.0, top: 14.0, bottom: 214.0)
  /// As many curves as can be told apart.
  static let most = Chart.curveStyles.count

  /// A chart of rates from 0 to 1, with a line at one half, which is chance.
  /// - Parameters:
  ///   - curves: one to four, each with a point at least; the rates are from 0 to 1.
  ///   - axis: what the numbers are.
  static func chart(_ name: String, _ title: String, _ curves: [Curve], axis: String) -> Chart {
    let all = curves.flatMap(\.points)
    let ends = all.flatMap { [$0.y, $0.interval?.low ?? $0.y, $0.interval?.high ?? $0.y] } + [0.5]
    let low = max(0, ((ends.min() ?? 0) * 10).rounded(.down) / 10)
    let high = min(1, max(low + 0.1, ((ends.max() ?? 1) * 10).rounded(.up) / 10))
    let tenths = Int((low * 10).rounded())...Int((high * 10).rounded())
    let y = Axis(
      scale: ChartScale(low...high, to: (plot.bottom, plot.top)),
      ticks: tenths.filter { tenths.count < 8 || $0 % 2 == 0 }.map { (Double($0) / 10, "\(10 * $0)") })
    let (first, last) = (all.map(\.x).min() ?? 0, all.map(\.x).max() ?? 1)
    let x = Axis(
      scale: ChartScale(
        first...max(last, first + max(1e-9, abs(first) * 1e-9)), to: (plot.left + 8, plot.right - 8)),
      ticks: ticks(all.map(\.x)).map { ($0, String(format: "%g", $0)) })
    let chance = Chart.line(
      "chance", from: (plot.left, y.scale(0.5)), to: (plot.right, y.scale(0.5)))
    return Chart(
      name: name, title: title, description: curves.map { describe($0, axis) }.joined(separator: " "),
      drawn: draw(curves, x, y, titles: (axis, "percent"), below: [chance]))
  }

  /// What a chart of curves is made of.
  /// - Parameter below: what lies under the curves.
  static func draw(
    _ curves: [Curve], _ x: Axis, _ y: Axis, titles: (x: String, y: String), below: [Markup] = []
  ) -> (content: [Markup], height: Double) {
    precondition((1...most).contains(curves.count), "LineChart: \(curves.count) curves")
    var content: [Markup] = []
    for tick in y.ticks {
      let place = y.scale(tick.value)
      content.append(Chart.line("grid", from: (plot.left, place), to: (plot.right, place)))
      content.append(Chart.label(tick.text, plot.left - 6, place + 4, "soft end"))
    }
    for tick in x.ticks {
      content.append(Chart.label(tick.text, x.scale(tick.value), plot.bottom + 16, "soft middle"))
    }
    content += below
    content.append(Chart.line("axis", from: (plot.left, plot.bottom), to: (plot.right, plot.bottom)))
    if !titles.y.isEmpty { content.append(Chart.label(titles.y, plot.left + 4, plot.top - 2, "soft")) }
    content.append(Chart.label(titles.x, (plot.left + plot.right) / 2, plot.bottom + 34, "middle"))
    content += band(curves[0], x.scale, y.scale)
    for (curve, style) in zip(curves, Chart.curveStyles) {
      let corners = curve.points.map { (x: x.scale($0.x), y: y.scale($0.y)) }
      if corners.count > 1 { content.append(.make("path", ["class": style, "d": Chart.path(corners)])) }
      for corner in corners where curve.points.count <= 24 {
        let mark = style == "first" ? "" : "hollow"
        content.append(Chart.dot(mark, corner.x, corner.y, radius: 2.5))
      }
    }
    let legend = Chart.legend(
      zip(Chart.curveStyles, curves).map { ($0, $1.name) }, from: plot.left, below: plot.bottom + 56)
    return (content + legend.content, legend.bottom)
  }

  private static func band(_ curve: Curve, _ x: ChartScale, _ y: ChartScale) -> [Markup] {
    let bounded = curve.points.compactMap { point in point.interval.map { (point.x, $0.low, $0.high) } }
    guard bounded.count > 1 else { return [] }
    let upper = bounded.map { (x: x($0.0), y: y($0.2)) }
    let lower = bounded.reversed().map { (x: x($0.0), y: y($0.1)) }
    return [.make("path", ["class": "band", "d": Chart.path(upper + lower) + "Z"])]
  }

  /// The places of points that are told: the ends, and what has room between them.
  private static func ticks(_ values: [Double]) -> [Double] {
    let places = Array(Set(values)).sorted()
    guard places.count > 6 else { return places }
    let step = (places.count + 4) / 5
    return places.indices.filter { $0 % step == 0 && $0 + step / 2 < places.count }.map { places[$0] }
      + places.suffix(1)
  }

  private static func describe(_ curve: Curve, _ axis: String) -> String {
    let shown = ticks(curve.points.map(\.x))
    let values = curve.points.filter { shown.contains($0.x) }.map {
      String(format: "%.1f at %g", 100 * $0.y, $0.x)
    }
    return "\(curve.name), in percent by \(axis): \(values.joined(separator: ", "))."
  }
}

extension Chart {
  /// A chart of the usual width.
  init(name: String, title: String, description: String, drawn: (content: [Markup], height: Double)) {
    self.init(
      name: name, title: title, description: description, size: (Chart.width, drawn.height),
      content: drawn.content)
  }
}
