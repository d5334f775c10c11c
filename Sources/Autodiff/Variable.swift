import Kernels

/// A tensor on a tape, and the gradient that flows back to it.
public final class Variable {
  /// The tensor.
  public let value: Tensor
  /// Whether gradients are wanted.
  public let isTracked: Bool
  /// Where gradients are added in place: a parameter's place in its arena, or a tensor made at first need.
  private var target: Tensor?
  private var pending: [Tensor] = []

  init(_ value: Tensor, isTracked: Bool, target: Tensor? = nil) {
    if let target {
      precondition(
        target.shape == value.shape, "Variable: gradient \(target.shape) for a value \(value.shape)")
    }
    self.value = value
    self.isTracked = isTracked
    self.target = target
  }

  /// The gradient gathered so far, or nil where none arrived.
  public var gradient: Tensor? {
    let parts = (target.map { [$0] } ?? []) + pending
    guard let first = parts.first else { return nil }
    return parts.dropFirst().reduce(first) { Pointwise.sum($0, $1) }
  }

  /// Takes over a gradient, whose memory may be overwritten from now on.
  func accumulate(_ gradient: @autoclosure () -> Tensor) {
    guard isTracked else { return }
    let gradient = gradient()
    if let target {
      Pointwise.add(gradient, to: target)
    } else if pending.count == 2 {
      Pointwise.add(gradient, to: pending[0])
    } else {
      pending.append(gradient)
    }
  }

  /// Hands over a gradient gathered so far, if there is one, to a rule that adds to it in place and returns it, or
  /// returns a gradient of its own.
  func accumulate(onto body: (Tensor?) -> Tensor) {
    guard isTracked else { return }
    if let target {
      _ = body(target)
    } else {
      pending.append(body(pending.popLast()))
    }
  }

  /// Calls `body` with the tensor that gradients are added to in place, if gradients are wanted.
  func withTarget(_ body: (Tensor) -> Void) {
    guard isTracked else { return }
    let tensor = target ?? Tensor(zeros: value.shape)
    target = tensor
    body(tensor)
  }

  /// Gives up the gradient as one or two tensors that are to be added; empty where none arrived.
  func takeGradients() -> [Tensor] {
    defer { (pending, target) = ([], nil) }
    return (target.map { [$0] } ?? []) + pending
  }
}
