import Attack
import Data
import Testing

@testable import Report

@Suite struct RateChartTests {
  private func scores(_ members: [Double], _ nonmembers: [Double]) throws -> MembershipScores {
    try MembershipScores(MembershipGroups(members: members, nonmembers: nonmembers), threshold: 0.5)
  }

  @Test("precision and recall are those of each threshold, from the highest score on")
  func precision() throws {
    let points = PrecisionChart.points(try scores([9, 7, 3], [8, 2]).roc)
    let recalls: [Double] = [1.0 / 3, 1.0 / 3, 2.0 / 3, 1, 1]
    let precisions: [Double] = [1, 0.5, 2.0 / 3, 0.75, 0.6]
    #expect(points.map(\.recall) == recalls)
    #expect(points.map(\.precision) == precisions)
  }

  @Test("perfect separation runs along the upper edge, and chance is the share of members")
  func perfect() throws {
    let roc = try scores([9, 8, 7], [1]).roc
    let source = PrecisionChart.chart([ROCChart.Curve(name: "sure", roc: roc)]).file
    #expect(source.contains("class=\"first\" d=\"M44 14L340 14\""))
    #expect(source.contains("class=\"chance\" x1=\"44\" y1=\"69\""))
  }

  @Test("answers are counted once for each input, and only true ones where the groups lie apart")
  func answers() throws {
    let apart = try scores((0..<100).map { Double($0) + 200 }, (0..<100).map(Double.init))
    let calibration = try #require(try VerdictCalibration(apart))
    #expect(calibration.levels.map(\.alpha) == [0.01, 0.05, 0.1, 0.2])
    for level in calibration.levels {
      #expect(ConformalVerdict.allCases.map(level.total).reduce(0, +) == 200)
    }
    // 50 known nonmembers allow no p below 1/51, and 1/51 times 100/50 after correction. The lowest member is as
    // unlike the known members as the nonmembers are, and is not told.
    #expect(calibration.levels[0].total(.cannotTell) == 200)
    #expect(calibration.levels[1].counts[.memberLike] == MembershipGroups(members: 99, nonmembers: 0))
    #expect(calibration.levels[1].wrong(.memberLike)?.value == 0)
  }

  @Test("of groups that are alike few are called anything")
  func alike() throws {
    let alike = try scores((0..<200).map { Double($0 * 37 % 200) }, (0..<200).map { Double($0 * 59 % 200) })
    let level = try #require(try VerdictCalibration(alike)).levels[1]
    #expect(level.total(.cannotTell) > 390)
    #expect(try VerdictCalibration(scores([1], [1])) == nil)
  }

  @Test("points stand at their numbers on the axis, and the first curve has a band")
  func curves() {
    func point(_ x: Double, _ y: Double) -> LineChart.Point {
      .init(x: x, y: y, interval: (y - 0.1, y + 0.1))
    }
    let chart = LineChart.chart(
      "n", "title", [.init(name: "AUC", points: [point(2, 0.5), point(4, 0.6), point(10, 0.9)])],
      axis: "views")
    // The axis of numbers runs from 52 to 332, that of rates from 40 to 100 percent over 200 units.
    #expect(chart.file.contains("class=\"first\" d=\"M52 180.7L122 147.3L332 47.3\""))
    #expect(chart.file.contains("class=\"band\""))
    #expect(chart.description == "AUC, in percent by views: 50.0 at 2, 60.0 at 4, 90.0 at 10.")
  }
}
