import Attack
import Foundation

/// The share of wrong answers beside the level of error, for those called member-like and those called no members, with the
/// 95% interval of each share, whose coverage is simulated (`docs/statistics.md`).
///
/// The level bounds the share on average over audits, where one that calls nobody so counts as one without a wrong answer. In
/// an audit that calls a few the share may lie above it.
enum CalibrationChart {
  static let plot = (left: 44.0, right: 340.0, top: 16.0, bottom: 196.0)

  static func chart(_ name: String, _ calibration: VerdictCalibration) -> Chart {
    let answers: [(verdict: ConformalVerdict, style: String, mark: String, shift: Double)] = [
      (.memberLike, "first", "", -9), (.notAMember, "second", "hollow", 9),
    ]
    let levels = calibration.levels
    let highest = levels.flatMap { level in answers.compactMap { level.wrong($0.verdict)?.high } }.max() ?? 0
    let top = min(1, max(0.3, (highest * 10).rounded(.up) / 10))
    let y = ChartScale(0...top, to: (plot.bottom, plot.top))
    var content: [Markup] = []
    let tenths = Int((top * 10).rounded())
    for tenth in 0...tenths where tenths < 7 || tenth % 2 == 0 {
      let place = y(Double(tenth) / 10)
      content.append(Chart.line("grid", from: (plot.left, place), to: (plot.right, place)))
      content.append(Chart.label("\(10 * tenth)%", plot.left - 5, place + 4, "soft end"))
    }
    let width = (plot.right - plot.left) / Double(levels.count)
    for (index, level) in levels.enumerated() {
      let middle = plot.left + (Double(index) + 0.5) * width
      content.append(
        Chart.line(
          "chance", from: (middle - width / 2 + 4, y(level.alpha)),
          to: (middle + width / 2 - 4, y(level.alpha))))
      content.append(
        Chart.label(String(format: "%g%%", 100 * level.alpha), middle, plot.bottom + 16, "soft middle"))
      // Above the level's line, in the middle where nobody got either answer.
      let isBare = answers.allSatisfy { level.wrong($0.verdict) == nil }
      if isBare { content.append(Chart.label("none", middle, y(level.alpha) - 6, "soft middle")) }
      for answer in answers {
        let place = middle + answer.shift
        guard let wrong = level.wrong(answer.verdict) else {
          let side = answer.shift < 0 ? "soft end" : "soft"
          if !isBare {
            content.append(Chart.label("none", middle + answer.shift / 3, y(level.alpha) - 6, side))
          }
          continue
        }
        content.append(Chart.line(answer.style, from: (place, y(wrong.low)), to: (place, y(wrong.high))))
        content.append(Chart.dot(answer.mark, place, y(wrong.value), radius: 3.5))
      }
    }
    content.append(Chart.line("axis", from: (plot.left, plot.bottom), to: (plot.right, plot.bottom)))
    content.append(
      Chart.label("level of error asked for", (plot.left + plot.right) / 2, plot.bottom + 33, "middle"))
    content.append(Chart.label("wrong answers", plot.left, plot.top - 4, "strong"))
    let line = plot.bottom + 54
    content.append(Chart.dot("", plot.left + 6, line - 4, radius: 3.5))
    content.append(Chart.label("called member-like", plot.left + 16, line))
    content.append(Chart.dot("hollow", plot.left + 136, line - 4, radius: 3.5))
    content.append(Chart.label("called not a member", plot.left + 146, line))
    content.append(Chart.line("chance", from: (plot.left, line + 13), to: (plot.left + 30, line + 13)))
    content.append(
      Chart.label("the level, which bounds the average over audits", plot.left + 38, line + 17))
    return Chart(
      name: "calibration", title: "How often the three answers are wrong, by the scores of \(name)",
      description: describe(calibration), size: (Chart.width, line + 27), content: content)
  }

  private static func describe(_ calibration: VerdictCalibration) -> String {
    calibration.levels.map { level in
      func words(_ verdict: ConformalVerdict) -> String {
        guard let wrong = level.wrong(verdict) else { return "nobody was called \(verdict.rawValue)" }
        return String(
          format: "%.1f%% of %d called %@ are wrong", 100 * wrong.value, level.total(verdict),
          verdict.rawValue)
      }
      return String(format: "At %g%%: ", 100 * level.alpha)
        + "\(words(.memberLike)), \(words(.notAMember)), \(level.total(.cannotTell)) cannot be told."
    }.joined(separator: " ")
  }
}
