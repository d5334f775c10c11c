import Kernels

/// A record of operations, to be run backward once.
///
/// Reverse-mode differentiation over coarse operations: each knows its own backward rule and what it must keep.
/// A tape that does not record computes the same values and keeps nothing.
public final class Tape {
  /// Whether operations are recorded.
  public let isRecording: Bool
  private var nodes: [(output: Variable, backward: (Gradients) -> Void)] = []

  /// - Parameter recording: false where no gradients are wanted.
  public init(recording: Bool = true) { isRecording = recording }

  /// The gradient of an operation's output, handed over to its backward rule.
  struct Gradients {
    /// One or two tensors to be added; rules that can read two save a pass.
    let parts: [Tensor]

    /// The gradient as one tensor, which the rule may overwrite.
    var total: Tensor {
      for part in parts.dropFirst() { Pointwise.add(part, to: parts[0]) }
      return parts[0]
    }
  }

  /// A value that no gradient is wanted of.
  public func constant(_ value: Tensor) -> Variable { Variable(value, isTracked: false) }

  /// A value whose gradient can be read after the backward pass, such as an image under attack.
  public func input(_ value: Tensor) -> Variable { Variable(value, isTracked: isRecording) }

  /// A parameter, whose gradient is added to `gradient` in place.
  public func parameter(_ value: Tensor, gradient: Tensor) -> Variable {
    Variable(value, isTracked: isRecording, target: gradient)
  }

  /// Records an operation; the rule is kept only if some input wants a gradient.
  func record(_ value: Tensor, from inputs: [Variable], backward: @escaping (Gradients) -> Void) -> Variable {
    let isTracked = isRecording && inputs.contains(where: \.isTracked)
    let output = Variable(value, isTracked: isTracked)
    if isTracked { nodes.append((output, backward)) }
    return output
  }

  /// Runs the tape backward from `output` and empties it.
  /// - Parameter gradient: of the output; one where the output is a single number. Its memory may be overwritten.
  public func backward(from output: Variable, gradient: Tensor? = nil) {
    precondition(
      gradient != nil || output.value.count == 1,
      "Tape.backward: an output of shape \(output.value.shape) needs a gradient")
    output.accumulate(gradient ?? Tensor([1], shape: output.value.shape))
    // Each record is dropped as soon as it has run, so that its memory serves the next.
    while let node = nodes.popLast() {
      let parts = node.output.takeGradients()
      if !parts.isEmpty { node.backward(Gradients(parts: parts)) }
    }
  }
}
