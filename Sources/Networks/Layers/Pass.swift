import Autodiff
import Kernels

/// What a network is run for.
public enum Phase: String, Sendable, Codable {
  /// Batch norm uses the batch's statistics and updates the running ones; dropout drops.
  case training
  /// Batch norm uses the running statistics; nothing is random.
  case inference
}

/// One run of layers: the tape it is recorded on, the parameters it uses, and the phase.
///
/// Layers are values that name their parameters; a pass says whose. The same layers so serve a query encoder and the
/// key encoder that follows it.
public final class Pass {
  /// Where operations are recorded.
  public let tape: Tape
  /// Whose parameters the layers use.
  public let store: ParameterStore
  /// What the network is run for.
  public let phase: Phase
  /// Into how many equal parts batch norm divides a batch in training.
  public let normGroups: Int
  /// Whether batch norm takes the batch's statistics into the running ones in training; not where a batch passes twice.
  public let updatesStatistics: Bool
  /// Whether gradients flow to parameters; where not, they are constants on the tape.
  public let tracksParameters: Bool
  private var leaves: [Int: Variable] = [:]

  /// - Parameters:
  ///   - normGroups: parts of a batch that are normalised by themselves (MoCo v1 trains with 8).
  ///   - updatesStatistics: whether batch norm in training changes the running statistics.
  ///   - tracksParameters: whether gradients flow to parameters.
  public init(
    _ store: ParameterStore, _ phase: Phase, tape: Tape, normGroups: Int = 1, updatesStatistics: Bool = true,
    tracksParameters: Bool = true
  ) {
    (self.tape, self.store, self.phase, self.normGroups) = (tape, store, phase, normGroups)
    (self.updatesStatistics, self.tracksParameters) = (updatesStatistics, tracksParameters)
  }

  /// A pass in inference phase that records nothing.
  public static func inference(_ store: ParameterStore) -> Pass {
    Pass(store, .inference, tape: Tape(recording: false))
  }

  /// A pass in inference phase for gradients of its inputs alone, such as images under attack: no work is spent on
  /// those of parameters.
  public static func inputGradients(_ store: ParameterStore, tape: Tape) -> Pass {
    Pass(store, .inference, tape: tape, tracksParameters: false)
  }

  private func variable(_ value: Tensor, gradient: @autoclosure () -> Tensor) -> Variable {
    tape.isRecording && tracksParameters
      ? tape.parameter(value, gradient: gradient()) : tape.constant(value)
  }

  /// The variable of a parameter; one for all its uses in this pass.
  public func parameter(_ parameter: Parameter) -> Variable {
    if let leaf = leaves[parameter.range.lowerBound] { return leaf }
    let leaf = variable(store.weight(parameter), gradient: store.gradient(parameter))
    leaves[parameter.range.lowerBound] = leaf
    return leaf
  }

  /// The variable of some rows of a parameter, for what uses a part of it; its gradient goes to the same rows.
  public func parameter(_ parameter: Parameter, rows: Range<Int>) -> Variable {
    variable(store.weight(parameter).rows(rows), gradient: store.gradient(parameter).rows(rows))
  }

  /// The variable of a parameter as a matrix, `[first axis, all others]`, such as a convolution over patches.
  public func matrix(_ parameter: Parameter) -> Variable {
    let shape = [parameter.shape[0], parameter.range.count / parameter.shape[0]]
    return variable(
      store.weight(parameter).reshaped(shape), gradient: store.gradient(parameter).reshaped(shape))
  }
}
