import Autodiff
import Kernels

/// Gain, shift and running statistics of a batch norm.
public struct BatchNormLayer: Sendable {
  let gain: Parameter
  let shift: Parameter
  let runningMean: Parameter
  let runningVariance: Parameter
  /// Added to variances before the root is taken.
  static let epsilon: Float = 1e-5
  /// The weight of a new batch in the running statistics.
  static let statisticsMomentum: Float = 0.1

  /// Declares `weight`, `bias`, `running_mean` and `running_var`, each `[channels]`.
  /// - Throws: ``ParameterError`` if the source lacks one of them.
  public init(_ builder: ParameterBuilder, channels: Int) throws {
    gain = try builder.parameter("weight", [channels], .constant(1), isDecayed: false)
    shift = try builder.parameter("bias", [channels], .constant(0), isDecayed: false)
    runningMean = try builder.statistic("running_mean", [channels], value: 0)
    runningVariance = try builder.statistic("running_var", [channels], value: 1, isVariance: true)
  }

  func statistics(_ pass: Pass) -> NormStatistics {
    switch pass.phase {
    case .training: return .batch(groups: pass.normGroups)
    case .inference:
      return .fixed(mean: pass.store.statistic(runningMean), variance: pass.store.statistic(runningVariance))
    }
  }

  func updateRunning(_ statistics: BatchStatistics, _ pass: Pass) {
    guard pass.phase == .training && pass.updatesStatistics else { return }
    let weight = BatchNormLayer.statisticsMomentum
    BatchNorm.updateRunning(pass.store.statistic(runningMean), with: statistics.batchMean, weight: weight)
    BatchNorm.updateRunning(
      pass.store.statistic(runningVariance), with: statistics.batchVariance, weight: weight)
    pass.store.markChanged()
  }

  /// The normalised input, `[batch, channels]` or `[batch, channels, height, width]`.
  public func callAsFunction(_ input: Variable, _ pass: Pass, relu: Bool = false) -> Variable {
    let (output, used) = pass.tape.batchNorm(
      input, gain: pass.parameter(gain), shift: pass.parameter(shift), statistics: statistics(pass),
      epsilon: BatchNormLayer.epsilon, relu: relu)
    updateRunning(used, pass)
    return output
  }
}
