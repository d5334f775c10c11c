import Data
import Files
import Foundation

/// A linear classifier of members, fitted by Newton's method in double precision.
///
/// Inputs are standardised by the training data; the penalty is on the weights and not on the bias. There is nothing
/// random in it.
public struct LogisticRegression: Codable, Sendable, Equatable {
  /// Weights of the standardised inputs.
  public let weights: [Double]
  /// The bias.
  public let bias: Double
  /// Means of the training inputs.
  public let means: [Double]
  /// Deviations of the training inputs; 1 where an input is constant.
  public let deviations: [Double]

  /// Minimises the mean log-loss plus `penalty / 2` times the squared weights; the two groups weigh alike.
  ///
  /// - Parameter penalty: above 0; 0.01 lets some hundred inputs of a thousand examples be fitted without harm.
  public init(_ groups: MembershipGroups<[[Double]]>, penalty: Double = 0.01) {
    let rows = groups.pooled
    let width = rows.first?.count ?? 0
    precondition(
      penalty > 0 && !groups.members.isEmpty && !groups.nonmembers.isEmpty
        && rows.allSatisfy { $0.count == width },
      "LogisticRegression: needs a positive penalty and two groups of rows of equal width")
    let count = Double(rows.count)
    let means = (0..<width).map { column in rows.reduce(0) { $0 + $1[column] } / count }
    let deviations = (0..<width).map { column -> Double in
      let squares = rows.reduce(0) { $0 + ($1[column] - means[column]) * ($1[column] - means[column]) }
      let deviation = (squares / count).squareRoot()
      return deviation > 1e-9 * (1 + abs(means[column])) ? deviation : 1
    }
    (self.means, self.deviations) = (means, deviations)
    // The last column is the bias.
    let inputs = rows.map { row in
      (0..<width).map { (row[$0] - means[$0]) / deviations[$0] } + [1]
    }
    let shares = groups.map { 0.5 / Double($0.count) }
    let weighed = groups.labels.map {
      (label: $0 ? 1.0 : 0.0, weight: $0 ? shares.members : shares.nonmembers)
    }
    let solution = LogisticRegression.newton(inputs, weighed, penalty: penalty)
    weights = Array(solution.dropLast())
    bias = solution[width]
  }

  /// The log-odds of being a member; 0 is the decision's threshold.
  public func score(_ row: [Double]) -> Double {
    row.indices.reduce(bias) { $0 + weights[$1] * (row[$1] - means[$1]) / deviations[$1] }
  }

  /// Checks that there is a weight, a mean and a deviation for each of some inputs.
  /// - Throws: `InvalidSetting`.
  func validate(inputs: Int, under key: String) throws(InvalidSetting) {
    let counts = [weights.count, means.count, deviations.count]
    try require(counts.allSatisfy { $0 == inputs }, key, "\(counts) values", "\(inputs) of each")
    try require(deviations.allSatisfy { $0 > 0 }, "\(key).deviations", deviations, "above 0")
  }

  private static func newton(
    _ inputs: [[Double]], _ targets: [(label: Double, weight: Double)], penalty: Double
  ) -> [Double] {
    let size = inputs[0].count
    var solution = [Double](repeating: 0, count: size)
    var loss = Double.infinity
    for _ in 0..<50 {
      var gradient = [Double](repeating: 0, count: size)
      var hessian = [Double](repeating: 0, count: size * size)
      for (input, target) in zip(inputs, targets) {
        let probability = 1 / (1 + exp(-dot(input, solution)))
        let slope = target.weight * (probability - target.label)
        let curvature = target.weight * probability * (1 - probability)
        for i in 0..<size {
          gradient[i] += slope * input[i]
          let scaled = curvature * input[i]
          for j in 0...i { hessian[i * size + j] += scaled * input[j] }
        }
      }
      for i in 0..<(size - 1) {
        gradient[i] += penalty * solution[i]
        hessian[i * size + i] += penalty
      }
      hessian[size * size - 1] += 1e-12
      let step = CholeskyFactor(hessian, size: size).solution(gradient)
      // Halve the step until the loss falls, so that far starts converge too.
      var scale = 1.0
      var next = solution
      var nextLoss = loss
      repeat {
        next = zip(solution, step).map { $0 - scale * $1 }
        nextLoss = penalized(inputs, targets, next, penalty)
        scale /= 2
      } while nextLoss > loss && scale > 1e-6
      if nextLoss > loss { break }
      let isDone = loss - nextLoss < 1e-12
      (solution, loss) = (next, nextLoss)
      if isDone { break }
    }
    return solution
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }

  private static func penalized(
    _ inputs: [[Double]], _ targets: [(label: Double, weight: Double)], _ solution: [Double],
    _ penalty: Double
  ) -> Double {
    var loss = 0.0
    for (input, target) in zip(inputs, targets) {
      let margin = dot(input, solution) * (target.label > 0.5 ? 1 : -1)
      // log(1 + exp(-margin)) without overflow.
      loss += target.weight * (margin > 0 ? log1p(exp(-margin)) : log1p(exp(margin)) - margin)
    }
    return loss + penalty / 2 * solution.dropLast().reduce(0) { $0 + $1 * $1 }
  }
}
