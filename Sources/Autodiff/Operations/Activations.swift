import Kernels

extension Tape {
  /// max(x, 0).
  public func relu(_ input: Variable) -> Variable { activation(input, Pointwise.relu(input.value), .relu) }

  /// tanh x.
  public func tanh(_ input: Variable) -> Variable { activation(input, Pointwise.tanh(input.value), .tanh) }

  private func activation(_ input: Variable, _ value: Tensor, _ kind: Activation) -> Variable {
    record(value, from: [input]) { gradients in
      let gradient = gradients.total
      Pointwise.activationGradient(gradient, output: value, kind)
      input.accumulate(gradient)
    }
  }

  /// The same values under another shape.
  public func reshaped(_ input: Variable, _ shape: [Int]) -> Variable {
    let before = input.value.shape
    return record(input.value.reshaped(shape), from: [input]) { gradients in
      input.accumulate(gradients.total.reshaped(before))
    }
  }

  /// x·mask, value by value: dropout with a mask of zeros and 1/(1-p).
  public func masked(_ input: Variable, by mask: Tensor) -> Variable {
    record(Pointwise.product(input.value, mask), from: [input]) { gradients in
      input.accumulate(Pointwise.product(gradients.total, mask))
    }
  }

  /// x + y.
  public func sum(_ left: Variable, _ right: Variable) -> Variable {
    record(Pointwise.sum(left.value, right.value), from: [left, right]) { gradients in
      let gradient = gradients.total
      // Each owns what it is given, so one gets memory of its own.
      right.accumulate(gradient.copy())
      left.accumulate(gradient)
    }
  }

  /// x·factor.
  public func scaled(_ input: Variable, by factor: Float) -> Variable {
    record(Pointwise.scaled(input.value, by: factor), from: [input]) { gradients in
      input.accumulate(Pointwise.scaled(gradients.total, by: factor))
    }
  }
}
