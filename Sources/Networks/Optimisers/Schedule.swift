import Files
import Foundation

/// How the learning rate goes over a training. Positions are fractions of the whole, so that a schedule does not
/// depend on the number of steps.
public enum Schedule: Codable, Sendable, Equatable {
  /// The base rate throughout.
  case constant
  /// Half a cosine from the base rate to 0 (Loshchilov and Hutter, ICLR 2017), MoCo's and SimCLR's choice.
  case cosine
  /// Linear growth over the fraction `warmUp` of the steps, then half a cosine to 0. The first step already moves: of
  /// w steps of growth, step i (from 0) has the base rate times (i + 1) / w.
  case warmUpCosine(warmUp: Double)
  /// The base rate, multiplied by `factor` at each of the fractions `milestones`.
  case stepDecay(milestones: [Double], factor: Double = 0.1)

  /// The learning rate by step, from 0 to `steps` - 1.
  /// - Parameters:
  ///   - base: the highest rate.
  ///   - steps: the number of steps of the whole training; any unit will do, epochs as well.
  public func rates(base: Double, steps: Int) -> @Sendable (_ step: Int) -> Double {
    let total = Double(max(1, steps))
    switch self {
    case .constant:
      return { _ in base }
    case .cosine:
      return { Schedule.cosine(base, Double($0) / total) }
    case .warmUpCosine(let warmUp):
      let growth = (warmUp * total).rounded()
      return { step in
        if Double(step) < growth { return base * Double(step + 1) / growth }
        return Schedule.cosine(base, (Double(step) - growth) / max(1, total - growth))
      }
    case .stepDecay(let milestones, let factor):
      let passes = milestones.map { Int(($0 * total).rounded()) }
      return { step in passes.reduce(base) { step >= $1 ? $0 * factor : $0 } }
    }
  }

  private static func cosine(_ base: Double, _ position: Double) -> Double {
    base * 0.5 * (1 + Foundation.cos(Double.pi * min(1, max(0, position))))
  }
}

extension Schedule: Validated {
  /// Checks fractions and factors.
  /// - Throws: ``InvalidSetting``.
  public func validate() throws(InvalidSetting) {
    switch self {
    case .constant, .cosine: break
    case .warmUpCosine(let warmUp):
      try require((0..<1).contains(warmUp), "warmUpCosine.warmUp", warmUp, "a fraction in [0, 1)")
    case .stepDecay(let milestones, let factor):
      let inside = milestones.allSatisfy { (0...1).contains($0) }
      try require(inside, "stepDecay.milestones", milestones, "fractions in [0, 1]")
      try require(factor > 0 && factor <= 1, "stepDecay.factor", factor, "in (0, 1]")
    }
  }
}
