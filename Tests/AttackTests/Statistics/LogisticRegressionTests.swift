import Data
import Foundation
import Networks
import Testing

@testable import Attack

@Suite struct LogisticRegressionTests {
  private func rows(_ count: Int, _ shift: Double, _ name: String) -> [[Double]] {
    var stream = RandomStream(seed: 5, name: name)
    return (0..<count).map { _ in [Double(stream.normal()) + shift, 10 * Double(stream.normal()), 3] }
  }

  @Test("at the solution the gradient of the penalised loss is zero")
  func stationary() {
    let groups = MembershipGroups(members: rows(80, 1, "a"), nonmembers: rows(50, 0, "b"))
    let model = LogisticRegression(groups, penalty: 0.1)
    let weights = groups.map { 0.5 / Double($0.count) }
    for column in 0..<3 {
      var gradient = 0.1 * model.weights[column]
      for (row, isMember) in zip(groups.pooled, groups.labels) {
        let slope = 1 / (1 + exp(-model.score(row))) - (isMember ? 1 : 0)
        gradient +=
          (isMember ? weights.members : weights.nonmembers) * slope * (row[column] - model.means[column])
          / model.deviations[column]
      }
      #expect(abs(gradient) < 1e-8)
    }
  }

  @Test("a constant input gets no weight")
  func constant() {
    let model = LogisticRegression(MembershipGroups(members: rows(20, 1, "a"), nonmembers: rows(20, 0, "b")))
    #expect(abs(model.weights[2]) < 1e-12)
  }

  @Test("separable groups give finite weights that separate them")
  func separable() {
    let groups = MembershipGroups(members: [[2.0], [3], [4]], nonmembers: [[-2.0], [-3], [0]])
    let model = LogisticRegression(groups, penalty: 1e-4)
    #expect(model.weights[0].isFinite)
    #expect(groups.members.allSatisfy { model.score($0) > 0 })
    #expect(groups.nonmembers.allSatisfy { model.score($0) < 0 })
  }
}
