import Attack
import Data
import Foundation

/// Where each input stands before and after: the share of that audit's nonmembers that score below it, since scores of two
/// classifiers do not compare. Members filled, nonmembers hollow; those below the diagonal look less like members after.
enum MovementChart {
  static let plot = (left: 44.0, right: 340.0, top: 20.0, bottom: 316.0)
  /// More points than these would hide each other and make files large.
  static let most = 400

  /// For each score the share of nonmembers below it, equals half.
  static func ranks(_ scores: MembershipScores) -> MembershipGroups<[Double]> {
    let sorted = scores.groups.nonmembers.sorted()
    func count(below value: Double) -> Int {
      var (low, high) = (0, sorted.count)
      while low < high {
        let middle = (low + high) / 2
        if sorted[middle] < value { low = middle + 1 } else { high = middle }
      }
      return low
    }
    return scores.groups.map { group in
      group.map { Double(count(below: $0) + count(below: $0.nextUp)) / Double(2 * sorted.count) }
    }
  }

  static func chart(_ name: String, _ before: MembershipScores, _ after: MembershipScores) -> Chart {
    let (old, new) = (ranks(before), ranks(after))
    let x = ChartScale(0...1, to: (plot.left, plot.right))
    let y = ChartScale(0...1, to: (plot.bottom, plot.top))
    var content = Chart.quarters(plot, x, y)
    content.append(Chart.line("chance", from: (x(0), y(0)), to: (x(1), y(1))))
    var shown = MembershipGroups(members: 0, nonmembers: 0)
    for (group, mark) in [(Membership.nonmember, "hollow"), (.member, "")] {
      let pairs = Array(zip(old[group], new[group]))
      // Every k-th in the order of the file, so that the choice does not depend on scores.
      let step = (pairs.count + most - 1) / most
      for index in stride(from: 0, to: pairs.count, by: max(1, step)) {
        content.append(Chart.dot(mark, x(pairs[index].0), y(pairs[index].1), radius: 2.2))
        shown[group] += 1
      }
    }
    content.append(
      Chart.label(
        "nonmembers that score lower, before", (plot.left + plot.right) / 2, plot.bottom + 32, "middle"))
    content.append(Chart.label("nonmembers that score lower, after", plot.left, plot.top - 7, "strong"))
    let line = plot.bottom + 54
    content.append(Chart.dot("", plot.left + 6, line - 4, radius: 3))
    content.append(Chart.label("members", plot.left + 16, line))
    content.append(Chart.dot("hollow", plot.left + 96, line - 4, radius: 3))
    content.append(Chart.label("nonmembers", plot.left + 106, line))
    content.append(Chart.line("chance", from: (plot.left + 186, line - 4), to: (plot.left + 216, line - 4)))
    content.append(Chart.label("unmoved", plot.left + 222, line))
    let counts = before.groups.map(\.count)
    if shown != counts {
      content.append(
        Chart.label(
          "shown: \(shown.members) of \(counts.members) members, \(shown.nonmembers) of \(counts.nonmembers)",
          plot.left,
          line + 17, "soft"))
    }
    return Chart(
      name: "movement", title: "Where each input stands before and after, by the scores of \(name)",
      description: describe(old, new), size: (Chart.width, line + 27), content: content)
  }

  private static func describe(_ old: MembershipGroups<[Double]>, _ new: MembershipGroups<[Double]>) -> String
  {
    func words(_ name: String, _ old: [Double], _ new: [Double]) -> String {
      let lower = zip(old, new).count { $1 < $0 }
      let higher = zip(old, new).count { $1 > $0 }
      return "Of \(old.count) \(name), \(lower) stand lower after and \(higher) higher."
    }
    return [words("members", old.members, new.members), words("nonmembers", old.nonmembers, new.nonmembers)]
      .joined(separator: " ")
  }
}
