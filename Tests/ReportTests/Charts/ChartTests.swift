import Data
import Testing

@testable import Attack
@testable import Report

@Suite struct ChartTests {
  private func scores(_ members: [Double], _ nonmembers: [Double], threshold: Double = 0.5) throws
    -> MembershipScores
  {
    try MembershipScores(MembershipGroups(members: members, nonmembers: nonmembers), threshold: threshold)
  }

  @Test("a linear axis is linear, a logarithmic one gives every decade the same room, both end at their ends")
  func scales() {
    let linear = ChartScale(0...4, to: (10, 50))
    #expect([0, 1, 4, 9, -1].map { linear($0) } == [10, 20, 50, 50, 10])
    let decades = ChartScale(0.01...1, to: (300, 100), isLogarithmic: true)
    #expect([0.01, 0.1, 1, 0].map { decades($0).rounded() } == [300, 200, 100, 300])
  }

  @Test("a step of the curve is the most members at a realised rate, as in tables")
  func steps() throws {
    let roc = try scores([9, 7, 5, 3], [8, 6, 4, 2]).roc
    let steps = ROCChart.steps(roc)
    #expect(steps.map(\.falsePositives) == [0, 1, 2, 3, 4])
    #expect(steps.map(\.truePositives) == [1, 2, 3, 4, 4])
    for step in steps {
      #expect(roc.tpr(atMostFPR: roc.fpr(step)).tpr.value == roc.tpr(step))
    }
  }

  @Test("each height holds from its realised rate to the next, the last to the right edge")
  func corners() throws {
    let roc = try scores([9, 3], [8, 2]).roc
    let fpr = ChartScale(0.1...1, to: (0, 100), isLogarithmic: true)
    let corners = ROCChart.corners(roc, fpr) { 100 * roc.tpr($0) }
    let half = fpr(0.5)
    let expected: [(Double, Double)] = [(0, 50), (half, 50), (half, 100), (100, 100)]
    #expect(corners.count == expected.count)
    for (corner, place) in zip(corners, expected) { #expect(corner.x == place.0 && corner.y == place.1) }
  }

  @Test(
    "perfect separation runs along the upper edge of the plot, and its band begins at the exact interval's end"
  )
  func perfect() throws {
    let perfect = try scores((100..<200).map(Double.init), (0..<100).map(Double.init))
    let source = ROCChart.chart([ROCChart.Curve(name: "sure", roc: perfect.roc)]).file
    #expect(source.contains("class=\"first\" d=\"M44 12L340 12\""))
    // The exact interval of 100 of 100 begins at 0.025^(1/100); the axis has two decades.
    let low = 12 + 250 * 0.016021 / 2
    #expect(source.contains("\(Chart.number(low))L44 \(Chart.number(low))Z"))
  }

  @Test("a curve of very many inputs is drawn in no more corners than can be seen")
  func long() throws {
    let many = try scores(
      (0..<20_000).map { Double($0 * 7_919 % 20_011) + 3_000 },
      (0..<20_000).map { Double($0 * 104_729 % 20_011) })
    #expect(ROCChart.chart([ROCChart.Curve(name: "many", roc: many.roc)]).file.utf8.count < 200_000)
  }

  @Test("bins hold every score once, the upper end in the last, as shares of each group")
  func bins() throws {
    let counts = ScoreHistogram.Counts(try scores([0, 1, 4], [2, 3, 4, 4]), bins: 4)
    #expect(counts.range == 0...4)
    #expect(counts.members == [1, 1, 0, 1].map { $0 / 3 })
    #expect(counts.nonmembers == [0, 0, 0.25, 0.75])
  }

  @Test("equal scores have a range of their own")
  func constant() throws {
    let counts = ScoreHistogram.Counts(try scores([2, 2], [2]), bins: 4)
    #expect(counts.range == 1.5...2.5)
    #expect(counts.members == [0, 0, 1, 0] && counts.nonmembers == [0, 0, 1, 0])
  }

  @Test("scores at the ends of what a number can be have bins and a chart too")
  func extremes() throws {
    let greatest = Double.greatestFiniteMagnitude
    for (low, high) in [
      (-greatest, greatest), (1e308, 1e308), (0x1p60, 0x1p60), (0, .leastNonzeroMagnitude),
      (greatest, greatest),
    ] {
      let scores = try scores([high, high], [low])
      let counts = ScoreHistogram.Counts(scores, bins: 4)
      #expect(counts.members.reduce(0, +) == 1 && counts.nonmembers.reduce(0, +) == 1)
      #expect(!ScoreHistogram.chart("test", scores).file.contains("nan"))
    }
  }

  @Test(
    "the fullest bin reaches the plot's edge, members up and nonmembers down, and the threshold stands at its place"
  )
  func histogram() throws {
    let chart = ScoreHistogram.chart("test", try scores([4, 4], [0, 4], threshold: 1))
    let source = chart.file
    #expect(source.contains("class=\"first\" x=\"\(Chart.number(346 - 10.375 + 0.5))\" y=\"34\""))
    #expect(source.contains("class=\"second\" x=\"14.5\" y=\"134\" width=\"9.4\" height=\"50\""))
    #expect(source.contains("class=\"threshold\" x1=\"97\""))
    #expect(
      chart.description.hasPrefix("At the threshold of 1 or above lie 2 of 2 members and 1 of 2 nonmembers"))
  }

  @Test("an area stands at its place between its interval's ends, an attack filled, a control hollow")
  func areas() throws {
    let metrics = AttackMetrics(name: "half", scores: try scores([1, 0], [1, 0]))
    let control = AttackMetrics(name: "other", family: .blind, scores: try scores([1, 0], [1, 0]))
    let source = AreaChart.chart(attacks: [metrics], controls: [control]).file
    // The axis begins at 0, where the intervals of two inputs do.
    let low = max(0, min(0.4, (metrics.auc.low * 10).rounded(.down) / 10))
    let place = ChartScale(low...1, to: (14, 346))
    #expect(source.contains("class=\"\" cx=\"\(Chart.number(place(0.5)))\""))
    #expect(source.contains("class=\"hollow\" cx=\"\(Chart.number(place(0.5)))\""))
    #expect(source.contains("x1=\"\(Chart.number(place(metrics.auc.low)))\""))
    #expect(source.contains("x2=\"\(Chart.number(place(metrics.auc.high)))\""))
  }

  @Test("every chart says in words what it shows, and names itself by it")
  func described() throws {
    let scores = try scores([2, 1], [1, 0])
    for chart in [
      ROCChart.chart([ROCChart.Curve(name: "a<b", roc: scores.roc)]), ScoreHistogram.chart("a<b", scores),
      AreaChart.chart(attacks: [AttackMetrics(name: "a<b", scores: scores)], controls: []),
    ] {
      #expect(!chart.description.isEmpty && !chart.title.isEmpty)
      #expect(chart.file.contains("aria-labelledby=\"\(chart.name)-title \(chart.name)-desc\""))
      #expect(chart.file.contains("<desc id=\"\(chart.name)-desc\">"))
      #expect(!chart.file.contains("a<b") && chart.file.contains("a&lt;b"))
    }
  }
}
