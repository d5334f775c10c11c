import Attack
import Data
import Foundation

/// How scores of members and of nonmembers are distributed: members upward, nonmembers downward, with the threshold of
/// decision, from which on an input is taken for a member.
enum ScoreHistogram {
  static let plot = (left: 14.0, right: 346.0, top: 34.0, bottom: 234.0)
  static let bins = 32

  /// Shares of each group by bin; the bins are equally wide, the last holds its upper end.
  struct Counts: Equatable {
    let range: ClosedRange<Double>
    let members: [Double]
    let nonmembers: [Double]

    init(_ scores: MembershipScores, bins: Int) {
      let all = scores.groups.pooled
      var (low, high) = (all.min() ?? 0, all.max() ?? 0)
      if low == high {
        // Beyond 2^52 a half adds nothing.
        let margin = max(0.5, 4 * low.ulp)
        (low, high) = (
          max(low - margin, -.greatestFiniteMagnitude), min(high + margin, .greatestFiniteMagnitude)
        )
      }
      let first = low
      // Halves, since the whole may be beyond all numbers.
      let half = high / 2 - low / 2
      func shares(_ scores: [Double]) -> [Double] {
        var counts = [Int](repeating: 0, count: bins)
        for score in scores {
          let place = Double(bins) * ((score / 2 - first / 2) / half)
          counts[place.isFinite ? min(bins - 1, max(0, Int(place))) : 0] += 1
        }
        return counts.map { Double($0) / Double(scores.count) }
      }
      range = low...high
      members = shares(scores.groups.members)
      nonmembers = shares(scores.groups.nonmembers)
    }
  }

  static func chart(_ name: String, _ scores: MembershipScores) -> Chart {
    let counts = Counts(scores, bins: bins)
    let x = ChartScale(counts.range, to: (plot.left, plot.right))
    let middle = (plot.top + plot.bottom) / 2
    let most = max(counts.members.max() ?? 0, counts.nonmembers.max() ?? 0)
    let height = ChartScale(0...max(most, 1e-9), to: (0, (plot.bottom - plot.top) / 2))
    let width = (plot.right - plot.left) / Double(bins)
    var content: [Markup] = []
    for bin in 0..<bins {
      let left = plot.left + Double(bin) * width
      for (share, style, isUp) in [
        (counts.members[bin], "first", true), (counts.nonmembers[bin], "second", false),
      ] where share > 0 {
        let tall = height(share)
        content.append(
          .make(
            "rect",
            [
              "class": style, "x": Chart.number(left + 0.5), "y": Chart.number(isUp ? middle - tall : middle),
              "width": Chart.number(width - 1), "height": Chart.number(tall),
            ]))
      }
    }
    content.append(Chart.line("axis", from: (plot.left, middle), to: (plot.right, middle)))
    let isInside = counts.range.contains(scores.threshold)
    let place = x(scores.threshold)
    content.append(Chart.line("threshold", from: (place, plot.top - 8), to: (place, plot.bottom + 8)))
    let side = place > (plot.left + plot.right) / 2 ? "end" : ""
    let note = isInside ? "threshold" : "threshold, beyond all scores"
    content.append(Chart.label(note, place + (side.isEmpty ? 5 : -5), plot.top - 1, "soft " + side))
    content.append(Chart.label("members, filled", plot.left, plot.top - 18, "strong"))
    content.append(Chart.label("nonmembers, outlined", plot.left, plot.bottom + 20, "strong"))
    for (value, style) in [(counts.range.lowerBound, ""), (counts.range.upperBound, "end")] {
      content.append(Chart.label(String(format: "%.3g", value), x(value), plot.bottom + 38, "soft " + style))
    }
    content.append(
      Chart.label("score, higher for surer members", (plot.left + plot.right) / 2, plot.bottom + 38, "middle")
    )
    return Chart(
      name: "scores", title: "Scores of members and nonmembers by \(name)",
      description: describe(scores), size: (Chart.width, plot.bottom + 48), content: content)
  }

  private static func describe(_ scores: MembershipScores) -> String {
    let (counts, above) = (scores.groups.map(\.count), scores.predictedMembers(at: scores.threshold))
    func middle(_ scores: [Double]) -> Double { scores.sorted()[scores.count / 2] }
    return String(
      format:
        "At the threshold of %.4g or above lie %d of %d members and %d of %d nonmembers; the medians are "
        + "%.4g and %.4g.", scores.threshold, above.members, counts.members, above.nonmembers,
      counts.nonmembers, middle(scores.groups.members), middle(scores.groups.nonmembers))
  }
}
