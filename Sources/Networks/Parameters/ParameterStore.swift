import Kernels

/// All weights of a network in one flat arena, their gradients in a second, running statistics in a third.
///
/// So an optimiser step, an exponential average, a checkpoint or the sum of gradients over machines is one loop, and
/// a copy of a network is a copy of its store. The arenas may hold zeros between parameters, which begin at
/// multiples of ``ParameterStore/alignment``.
public final class ParameterStore {
  /// The parameters in the order of construction.
  public let parameters: [Parameter]
  /// The running statistics in the order of construction; their ranges are in ``runningStatistics``.
  public let statistics: [Parameter]
  /// All weights, flat.
  public let weights: Tensor
  /// All running statistics, flat.
  public let runningStatistics: Tensor
  /// The gradients in the order of the weights, flat; memory is taken when they are first asked for.
  public private(set) lazy var gradients = Tensor(zeros: weights.shape)
  /// Grows with every change of weights or statistics, so that what was derived from them can be known as stale.
  public private(set) var version = 0

  /// Values between two possible starts of a parameter: 64 bytes, a cache line and the widest vector.
  public static let alignment = 16

  init(parameters: [Parameter], statistics: [Parameter], weights: Tensor, runningStatistics: Tensor) {
    self.parameters = parameters
    self.statistics = statistics
    self.weights = weights
    self.runningStatistics = runningStatistics
  }

  private var derived: (version: Int, values: [Int: AnyObject]) = (0, [:])

  /// What `make` derives from this parameter and its neighbours, kept until weights or statistics change.
  public func derived<Value: AnyObject>(from parameter: Parameter, _ make: () -> Value) -> Value {
    if derived.version != version { derived = (version, [:]) }
    if let value = derived.values[parameter.range.lowerBound] as? Value { return value }
    let value = make()
    derived.values[parameter.range.lowerBound] = value
    return value
  }

  /// To be called after weights or statistics were written in place.
  public func markChanged() { version += 1 }

  /// The values of a parameter, sharing the arena's memory.
  public func weight(_ parameter: Parameter) -> Tensor {
    weights.window(parameter.range, shape: parameter.shape)
  }

  /// The gradient of a parameter, sharing the arena's memory.
  public func gradient(_ parameter: Parameter) -> Tensor {
    gradients.window(parameter.range, shape: parameter.shape)
  }

  /// The values of a running statistic, sharing the arena's memory.
  public func statistic(_ parameter: Parameter) -> Tensor {
    runningStatistics.window(parameter.range, shape: parameter.shape)
  }

  /// A store with the same parameters and, bit for bit, the same weights and statistics in memory of its own; its
  /// gradients are zero.
  public func copy() -> ParameterStore {
    ParameterStore(
      parameters: parameters, statistics: statistics, weights: weights.copy(),
      runningStatistics: runningStatistics.copy())
  }

  /// Takes over the weights and statistics of a store of the same architecture.
  public func copyValues(from other: ParameterStore) {
    precondition(
      parameters == other.parameters && statistics == other.statistics,
      "ParameterStore.copyValues: the stores hold different parameters")
    weights.assign(other.weights)
    runningStatistics.assign(other.runningStatistics)
    markChanged()
  }

  /// Sets all gradients to zero.
  public func clearGradients() { fill(gradients, with: 0) }

  /// Weights and running statistics by name, sharing the arenas' memory: what a checkpoint holds.
  public var tensors: [String: Tensor] {
    var result: [String: Tensor] = [:]
    for parameter in parameters { result[parameter.name] = weight(parameter) }
    for parameter in statistics { result[parameter.name] = statistic(parameter) }
    return result
  }

  /// The ranges of ``weights`` for which weight decay is customary.
  public var decayedRanges: [Range<Int>] { parameters.filter(\.isDecayed).map(\.range) }
}
