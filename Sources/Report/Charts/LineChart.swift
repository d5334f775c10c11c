import Foundation

/// Rates against a number, such as the questions about an input or the epochs of pre-training: up to four curves through
/// points, the first with the band of its intervals.
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

  static let plot = (left: 44.0, right: 340.0, top: 14.0, bottom: 214.0)
  private static let styles = ["first", "second dashed", "second dotted", "mixed"]
  /// As many as can be told apart.
  static let most = styles.count

  /// A chart of rates from 0 to 1.
  /// - Parameters:
  ///   - curves: one to four, each with a point at least.
  ///   - axis: what the numbers are.
  ///   - describesHalf: whether a line stands at one half, which is chance.
  static func chart(
    _ name: String, _ title: String, _ curves: [Curve], axis: String, describesHalf: Bool = true
  ) -> Chart {
    precondition((1...most).contains(curves.count), "LineChart: \(curves.count) curves")
    let all = curves.flatMap(\.points)
    let ends = all.flatMap { [$0.y, $0.interval?.low ?? $0.y, $0.interval?.high ?? $0.y] } + [0.5]
    let low = max(0, ((ends.min() ?? 0) * 10).rounded(.down) / 10)
    let high = min(1, max(low + 0.1, ((ends.max() ?? 1) * 10).rounded(.up) / 10))
    let y = ChartScale(low...high, to: (plot.bottom, plot.top))
    let (first, last) = (all.map(\.x).min() ?? 0, all.map(\.x).max() ?? 1)
    let x = ChartScale(
      first...max(last, first + max(1e-9, abs(first) * 1e-9)), to: (plot.left + 8, plot.right - 8))
    var content: [Markup] = []
    let tenths = Int((low * 10).rounded())...Int((high * 10).rounded())
    for tenth in tenths where tenths.count < 8 || tenth % 2 == 0 {
      let place = y(Double(tenth) / 10)
      content.append(Chart.line("grid", from: (plot.left, place), to: (plot.right, place)))
      content.append(Chart.label("\(10 * tenth)", plot.left - 6, place + 4, "soft end"))
    }
    for tick in ticks(all.map(\.x)) {
      content.append(Chart.label(String(format: "%g", tick), x(tick), plot.bottom + 16, "soft middle"))
    }
    if describesHalf {
      content.append(Chart.line("chance", from: (plot.left, y(0.5)), to: (plot.right, y(0.5))))
    }
    content.append(Chart.line("axis", from: (plot.left, plot.bottom), to: (plot.right, plot.bottom)))
    content.append(Chart.label("percent", plot.left + 4, plot.top - 2, "soft"))
    content.append(Chart.label(axis, (plot.left + plot.right) / 2, plot.bottom + 34, "middle"))
    content += band(curves[0], x, y)
    var line = plot.bottom + 56
    for (curve, style) in zip(curves, styles) {
      let corners = curve.points.map { (x: x($0.x), y: y($0.y)) }
      if corners.count > 1 { content.append(.make("path", ["class": style, "d": Chart.path(corners)])) }
      for corner in corners where curve.points.count <= 24 {
        let mark = style == "first" ? "" : "hollow"
        content.append(Chart.dot(mark, corner.x, corner.y, radius: 2.5))
      }
      content.append(Chart.line(style, from: (plot.left, line - 4), to: (plot.left + 30, line - 4)))
      content.append(Chart.label(Chart.shortened(curve.name, most: 44), plot.left + 38, line))
      line += 17
    }
    return Chart(
      name: name, title: title, description: curves.map { describe($0, axis) }.joined(separator: " "),
      size: (Chart.width, line), content: content)
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
