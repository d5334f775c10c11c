import Attack
import Foundation

/// The share of members found against the share of nonmembers accused, both on logarithmic axes: what counts is the left,
/// where few are accused wrongly.
///
/// Each curve is a step: at every rate of false positives the most members that are found at a realised rate of at most
/// that, as in tables. Around the first lies its 95% band: the exact interval of each true positive rate by itself.
enum ROCChart {
  /// A curve with its name.
  struct Curve {
    let name: String
    let roc: ROCCurve
  }

  static let plot = (left: 44.0, right: 340.0, top: 12.0, bottom: 262.0)

  static func chart(_ curves: [Curve]) -> Chart {
    precondition((1...Chart.curveStyles.count).contains(curves.count), "ROCChart: \(curves.count) curves")
    let counts = curves.map(\.roc.counts)
    let fpr = axis(
      lowest: counts.map(\.nonmembers).max() ?? 1, to: (plot.left, plot.right))
    let tpr = axis(lowest: counts.map(\.members).max() ?? 1, to: (plot.bottom, plot.top))
    var content = frame(fpr, tpr)
    content.append(.make("path", ["class": "band", "d": band(curves[0].roc, fpr, tpr)]))
    // The diagonal runs through the area that both axes have.
    let least = max(fpr.values.lowerBound, tpr.values.lowerBound)
    content.append(Chart.line("chance", from: (fpr(least), tpr(least)), to: (fpr(1), tpr(1))))
    for (curve, style) in zip(curves, Chart.curveStyles).reversed() {
      content.append(.make("path", ["class": style, "d": self.curve(curve.roc, fpr, tpr)]))
    }
    let legend = Chart.legend(
      zip(Chart.curveStyles, curves).map { ($0, $1.name) } + [("chance", "chance")], from: plot.left,
      below: plot.bottom + 52)
    return Chart(
      name: "roc", title: "ROC curves on logarithmic axes, with the 95% band of the first",
      description: curves.map(describe).joined(separator: " "), size: (Chart.width, legend.bottom),
      content: content + legend.content)
  }

  private static func describe(_ curve: Curve) -> String {
    let rates = [0.001, 0.01, 0.1].map { nominal in
      let point = curve.roc.tpr(atMostFPR: nominal)
      return String(
        format: "%.1f%% of members at %.1f%% false positives or fewer", 100 * point.tpr.value, 100 * nominal)
    }
    return "\(curve.name) finds \(rates.joined(separator: ", "))."
  }

  /// From the power of ten at or below one input's share to one.
  private static func axis(lowest count: Int, to ends: (Double, Double)) -> ChartScale {
    let decades = max(1, Int(log10(Double(count)).rounded(.up)))
    return ChartScale(pow(10, -Double(decades))...1, to: ends, isLogarithmic: true)
  }

  private static func frame(_ fpr: ChartScale, _ tpr: ChartScale) -> [Markup] {
    var content: [Markup] = []
    for (scale, isHorizontal) in [(fpr, true), (tpr, false)] {
      var value = scale.values.lowerBound
      while value <= 1.000001 {
        let place = scale(value)
        if isHorizontal {
          content.append(Chart.line("grid", from: (place, plot.top), to: (place, plot.bottom)))
          content.append(Chart.label(percent(value), place, plot.bottom + 15, "soft middle"))
        } else {
          content.append(Chart.line("grid", from: (plot.left, place), to: (plot.right, place)))
          content.append(Chart.label(percent(value), plot.left - 5, place + 4, "soft end"))
        }
        value *= 10
      }
    }
    content.append(Chart.line("axis", from: (plot.left, plot.bottom), to: (plot.right, plot.bottom)))
    content.append(Chart.line("axis", from: (plot.left, plot.top), to: (plot.left, plot.bottom)))
    content.append(
      Chart.label("nonmembers accused (FPR)", (plot.left + plot.right) / 2, plot.bottom + 31, "middle"))
    content.append(Chart.label("members found (TPR)", plot.left, plot.top - 3, "strong"))
    return content
  }

  private static func percent(_ value: Double) -> String { String(format: "%g%%", 100 * value) }

  /// For each realised false positive rate, ascending, the most members that are found at it.
  static func steps(_ roc: ROCCurve) -> [ROCCurve.Point] {
    var steps: [ROCCurve.Point] = []
    for point in roc.points {
      if steps.last?.falsePositives == point.falsePositives { steps.removeLast() }
      steps.append(point)
    }
    return steps
  }

  /// The corners of a curve of steps, from the left edge on: each height holds until the next realised rate.
  static func corners(_ roc: ROCCurve, _ fpr: ChartScale, height: (ROCCurve.Point) -> Double)
    -> [(x: Double, y: Double)]
  {
    var corners: [(x: Double, y: Double)] = []
    for step in steps(roc) {
      let (x, y) = (fpr(roc.fpr(step)), height(step))
      if let last = corners.last {
        // What is finer than a tenth of a unit is not seen, and makes files large.
        if abs(last.y - y) < 0.1 { continue }
        if abs(last.x - x) >= 0.1 { corners.append((x, last.y)) }
      }
      corners.append((x, y))
    }
    if let last = corners.last { corners.append((fpr(1), last.y)) }
    return corners
  }

  private static func curve(_ roc: ROCCurve, _ fpr: ChartScale, _ tpr: ChartScale) -> String {
    Chart.path(corners(roc, fpr) { tpr(roc.tpr($0)) })
  }

  private static func band(_ roc: ROCCurve, _ fpr: ChartScale, _ tpr: ChartScale) -> String {
    func rate(_ point: ROCCurve.Point) -> Estimate { .rate(point.truePositives, of: roc.counts.members) }
    let high = corners(roc, fpr) { tpr(rate($0).high) }
    let low = corners(roc, fpr) { tpr(rate($0).low) }
    return Chart.path(high + low.reversed()) + "Z"
  }
}
