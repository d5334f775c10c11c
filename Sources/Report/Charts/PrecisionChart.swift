import Attack
import Foundation

/// Precision against recall: of those taken for members the share that are, at each share of members found. How high it lies
/// depends on how many of those tested are members; that share is the line of chance.
///
/// A curve is a step, as average precision has it: at each recall the precision of the threshold that reaches it.
enum PrecisionChart {
  static let plot = (left: 44.0, right: 340.0, top: 14.0, bottom: 234.0)
  /// Recall and precision at each threshold at which somebody is taken for a member, by falling threshold.
  static func points(_ roc: ROCCurve) -> [(recall: Double, precision: Double)] {
    roc.points.dropFirst().map { point in
      (roc.tpr(point), Double(point.truePositives) / Double(point.truePositives + point.falsePositives))
    }
  }

  static func chart(_ curves: [ROCChart.Curve]) -> Chart {
    precondition(
      (1...Chart.curveStyles.count).contains(curves.count), "PrecisionChart: \(curves.count) curves")
    let x = ChartScale(0...1, to: (plot.left, plot.right))
    let y = ChartScale(0...1, to: (plot.bottom, plot.top))
    var content = Chart.quarters(plot, x, y)
    content.append(Chart.line("axis", from: (plot.left, plot.bottom), to: (plot.right, plot.bottom)))
    content.append(
      Chart.label("members found (recall)", (plot.left + plot.right) / 2, plot.bottom + 31, "middle"))
    content.append(
      Chart.label("right of those taken for members (precision)", plot.left, plot.top - 4, "strong"))
    let counts = curves[0].roc.counts
    let chance = Double(counts.members) / Double(counts.members + counts.nonmembers)
    content.append(Chart.line("chance", from: (plot.left, y(chance)), to: (plot.right, y(chance))))
    for (curve, style) in zip(curves, Chart.curveStyles).reversed() {
      content.append(.make("path", ["class": style, "d": path(curve.roc, x, y)]))
    }
    let legend = Chart.legend(
      zip(Chart.curveStyles, curves).map { ($0, $1.name) } + [
        ("chance", "chance: the share of members tested")
      ],
      from: plot.left, below: plot.bottom + 52)
    return Chart(
      name: "precision", title: "Precision against recall",
      description: curves.map(describe).joined(separator: " ")
        + String(format: " The share of members tested is %.1f%%.", 100 * chance),
      size: (Chart.width, legend.bottom), content: content + legend.content)
  }

  private static func path(_ roc: ROCCurve, _ x: ChartScale, _ y: ChartScale) -> String {
    var corners: [(x: Double, y: Double)] = []
    var reached = 0.0
    for point in points(roc) where point.recall > reached {
      // The precision of a threshold holds for all the recall that it adds.
      let height = y(point.precision)
      if let last = corners.last, abs(last.y - height) < 0.1 {
        corners[corners.count - 1].x = x(point.recall)
      } else {
        corners += [(x(reached), height), (x(point.recall), height)]
      }
      reached = point.recall
    }
    return Chart.path(corners)
  }

  private static func describe(_ curve: ROCChart.Curve) -> String {
    let points = points(curve.roc)
    let rates = [0.1, 0.5, 0.9].compactMap { recall in
      points.first { $0.recall >= recall }.map {
        String(format: "%.1f%% right where %.0f%% of members are found", 100 * $0.precision, 100 * recall)
      }
    }
    return "\(curve.name): \(rates.joined(separator: ", "))."
  }
}
