import Data
import Files
import Foundation
import Testing

@testable import Attack

@Suite struct AttackMetricsTests {
  private func metrics(_ members: [Double], _ nonmembers: [Double], threshold: Double) throws -> AttackMetrics
  {
    AttackMetrics(
      name: "test",
      scores: try MembershipScores(
        MembershipGroups(members: members, nonmembers: nonmembers), threshold: threshold))
  }

  @Test("accuracy, precision and recall count decisions at the threshold, which itself is a member's")
  func decisions() throws {
    let metrics = try metrics([1, 2, 3, 4], [0, 1, 2, 1], threshold: 2)
    #expect(metrics.accuracy == .rate(6, of: 8))
    #expect(metrics.recall == .rate(3, of: 4))
    #expect(metrics.precision == .rate(3, of: 4))
    #expect(metrics.balancedAccuracy.value == 0.75)
  }

  @Test("balanced accuracy weighs both groups alike whatever their sizes")
  func balanced() throws {
    let metrics = try metrics([1], [0, 0, 0, 2], threshold: 1)
    #expect(metrics.balancedAccuracy.value == 0.875)
    #expect(metrics.accuracy.value == 0.8)
  }

  @Test("if nobody is predicted a member, precision is undefined: null in JSON, and read back so")
  func noPredictions() throws {
    let metrics = try metrics([1], [1], threshold: 5)
    #expect(metrics.precision == nil && metrics.recall.value == 0)
    let text = try Configuration.encode(metrics)
    #expect(String(decoding: text, as: UTF8.self).contains("\"precision\" : null"))
    #expect(try Configuration.decode(AttackMetrics.self, from: text, file: "m", allowsNull: true) == metrics)
    #expect(throws: ConfigurationError.self) {
      try Configuration.decode(AttackMetrics.self, from: text, file: "m")
    }
  }

  @Test("JSON has value, low and high, and for the low rates the realised rate and threshold")
  func shape() throws {
    let metrics = try metrics([1, 2], [0, 3], threshold: 1)
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(metrics)) as? [String: Any]
    for key in ["accuracy", "precision", "recall", "auc"] {
      let estimate = try #require(object?[key] as? [String: Any])
      #expect(Set(estimate.keys) == ["value", "low", "high"])
    }
    for key in ["tprAt1PercentFPR", "tprAt01PercentFPR"] {
      let point = try #require(object?[key] as? [String: Any])
      #expect(Set(point.keys) == ["value", "low", "high", "realisedFPR", "threshold"])
    }
    #expect(try JSONDecoder().decode(AttackMetrics.self, from: JSONEncoder().encode(metrics)) == metrics)
  }

  @Test("mean and standard deviation over trials")
  func trials() {
    let summary = TrialSummary([0.90, 0.92, 0.94])
    #expect(abs(summary.mean - 0.92) < 1e-12 && abs((summary.standardDeviation ?? 0) - 0.02) < 1e-12)
    #expect(summary.percent == "92.0 (2.0)")
    #expect(TrialSummary([0.5]).standardDeviation == nil)
  }
}
