import Kernels

extension Tape {
  /// Mean over all pixels: `[batch, channels, height, width]` to `[batch, channels]`.
  public func globalAveragePool(_ input: Variable) -> Variable {
    record(Pooling.globalAverage(input.value), from: [input]) { gradients in
      input.accumulate(Pooling.globalAverageGradient(gradients.total, inputShape: input.value.shape))
    }
  }

  /// Greatest value of each window of 2x2 pixels, step 2.
  public func maxPool2x2(_ input: Variable) -> Variable {
    let value = Pooling.max2x2(input.value)
    return record(value, from: [input]) { gradients in
      input.accumulate(Pooling.max2x2Gradient(gradients.total, input: input.value, output: value))
    }
  }

  /// Mean and maximum over sets of `size` consecutive rows, side by side: `[sets, 2 * width]`.
  public func setMeanAndMaximum(_ input: Variable, size: Int) -> Variable {
    let value = SetPooling.meanAndMaximum(input.value, size: size)
    return record(value, from: [input]) { gradients in
      input.accumulate(
        SetPooling.meanAndMaximumGradient(gradients.total, input: input.value, output: value, size: size))
    }
  }

  /// Each row minus the maximum over its set of `size` consecutive rows, by column.
  public func minusSetMaximum(_ input: Variable, size: Int) -> Variable {
    record(SetPooling.minusMaximum(input.value, size: size), from: [input]) { gradients in
      input.accumulate(SetPooling.minusMaximumGradient(gradients.total, input: input.value, size: size))
    }
  }

  /// Columns `range` of a matrix.
  public func columns(_ input: Variable, _ range: Range<Int>) -> Variable {
    let width = input.value.shape[1]
    return record(Rows.columns(input.value, range), from: [input]) { gradients in
      let rows = input.value.shape[0]
      var whole = gradients.total
      if range.lowerBound > 0 { whole = Rows.joined(Tensor(zeros: [rows, range.lowerBound]), whole) }
      if range.upperBound < width {
        whole = Rows.joined(whole, Tensor(zeros: [rows, width - range.upperBound]))
      }
      input.accumulate(whole)
    }
  }
}
