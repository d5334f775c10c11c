/// Batch norm with what commonly follows it, y = relu(gamma·(x - mean)/deviation + beta + residual), in one pass.
///
/// Ioffe and Szegedy 2015. Images are `[batch, channels, height, width]`; gamma (`gain`) and beta (`shift`) are
/// `[channels]`.
public enum BatchNorm {
  /// The normalised output.
  public static func forward(
    _ input: Tensor, statistics: BatchStatistics, gain: Tensor, shift: Tensor, residual: Tensor? = nil,
    relu: Bool
  ) -> Tensor {
    let x = input.blocked()
    if let residual { requireShape(residual, input.shape, "BatchNorm.forward residual") }
    let (scale, offset) = affine(statistics, gain, shift)
    let output = Tensor(uninitialized: input.shape, layout: .blocked)
    return apply(x, scale: scale, shift: offset, residual: residual?.blocked(), relu: relu, into: output)
  }

  /// scale = gamma/deviation and shift = beta - mean·scale, `[groups, padded channels]`.
  private static func affine(_ statistics: BatchStatistics, _ gain: Tensor, _ shift: Tensor) -> (
    Tensor, Tensor
  ) {
    let (gains, shifts) = (Planes.padded(gain), Planes.padded(shift))
    let channels = gains.count
    precondition(
      statistics.mean.shape[1] == channels,
      "BatchNorm: statistics of \(statistics.mean.shape[1]) channels with gain \(gain.shape)")
    let scale = Tensor(uninitialized: [statistics.groups, channels])
    let offset = Tensor(uninitialized: [statistics.groups, channels])
    for index in 0..<scale.count {
      let channel = index % channels
      let value = gains.pointer[channel] * statistics.inverseDeviation.pointer[index]
      scale.pointer[index] = value
      offset.pointer[index] = shifts.pointer[channel] - statistics.mean.pointer[index] * value
    }
    return (scale, offset)
  }

  /// relu(x·scale + shift + residual) with constants `[groups, padded channels]`, written to `output`.
  static func apply(
    _ x: Tensor, scale: Tensor, shift: Tensor, residual: Tensor?, relu: Bool, into output: Tensor
  ) -> Tensor {
    let planes = Planes(x, "BatchNorm.apply")
    let begin = Profile.begin()
    defer { Profile.end(begin, "batch norm apply") }
    let perGroup = planes.images / (scale.count / planes.channels)
    let floor = relu ? Lanes.zero : Lanes(repeating: -.infinity)
    planes.forEach { image, block, start in
      let constants = image / perGroup * planes.channels
      let a = Planes.constants(scale.pointer + constants, block)
      let b = Planes.constants(shift.pointer + constants, block)
      let (source, target) = (UnsafePointer(x.pointer + start), output.pointer + start)
      if let residual {
        let other = UnsafePointer(residual.pointer + start)
        planes.vectors { offset, count in
          if count == 16 {
            let value = b.addingProduct(source.lanes(offset), a) + other.lanes(offset)
            target.store(greater(value, floor), at: offset)
          } else {
            let value = b.addingProduct(source.lanes(offset, count: count), a)
            target.store(
              greater(value + other.lanes(offset, count: count), floor), at: offset, count: count)
          }
        }
      } else {
        planes.vectors { offset, count in
          if count == 16 {
            target.store(greater(b.addingProduct(source.lanes(offset), a), floor), at: offset)
          } else {
            let value = b.addingProduct(source.lanes(offset, count: count), a)
            target.store(greater(value, floor), at: offset, count: count)
          }
        }
      }
    }
    return output
  }

  /// What the backward pass computes.
  public struct Gradients {
    /// With respect to the input.
    public let input: Tensor
    /// With respect to the output before the ReLU, which is also the residual's.
    public let residual: Tensor
  }

  /// The backward pass: adds to `gainGradient` and `shiftGradient`, returns the gradients of input and residual.
  ///
  /// With g the gradient before the ReLU and x^ the normalised input over M values a channel,
  /// dx = gamma/deviation·(g - mean(g) - x^·mean(g·x^)); where statistics are constant, dx = gamma/deviation·g.
  /// - Parameters:
  ///   - outputGradients: one or two tensors whose sum is the gradient; the first is overwritten.
  ///   - output: what `forward` returned; needed where a residual was added before a ReLU.
  ///   - gainGradient: not computed where nil, nor is `shiftGradient`; without both and with constant statistics the
  ///     images are read only once.
  ///   - overwritingInput: whether the input's memory may hold the result.
  public static func backward(
    outputGradients: [Tensor], input: Tensor, output: Tensor?, statistics: BatchStatistics,
    areConstant: Bool = false, gain: Tensor, shift: Tensor, relu: Bool, gainGradient: Tensor?,
    shiftGradient: Tensor?, overwritingInput: Bool
  ) -> Gradients {
    let x = input.blocked()
    let planes = Planes(x, "BatchNorm.backward")
    for gradient in outputGradients { requireShape(gradient, input.shape, "BatchNorm.backward") }
    let (scale, offset) = affine(statistics, gain, shift)
    let channels = planes.channels
    let perGroup = planes.images / statistics.groups
    let g = outputGradients[0].blocked()
    let second = outputGradients.count > 1 ? outputGradients[1].blocked() : nil
    let mask = relu ? output?.blocked() : nil
    let result = overwritingInput ? x : Tensor(uninitialized: input.shape, layout: .blocked)
    @inline(__always) func masked(_ value: Lanes, _ x: Lanes, _ y: Lanes?, _ a: Lanes, _ b: Lanes) -> Lanes {
      guard relu else { return value }
      return value.replacing(with: 0, where: (y ?? b.addingProduct(x, a)) .<= Lanes.zero)
    }
    if areConstant && gainGradient == nil && shiftGradient == nil {
      let begin = Profile.begin()
      defer { Profile.end(begin, "batch norm gradient, input alone") }
      planes.forEach { image, block, start in
        let constants = image / perGroup * channels
        let a = Planes.constants(scale.pointer + constants, block)
        let b = Planes.constants(offset.pointer + constants, block)
        let (source, target, output) = (
          UnsafePointer(x.pointer + start), g.pointer + start, result.pointer + start
        )
        let other = second.map { UnsafePointer($0.pointer + start) }
        let kept = mask.map { UnsafePointer($0.pointer + start) }
        planes.vectors { offset, count in
          if count == 16 {
            var value = target.lanes(offset)
            if let other { value += other.lanes(offset) }
            value = masked(value, source.lanes(offset), kept?.lanes(offset), a, b)
            target.store(value, at: offset)
            output.store(value * a, at: offset)
          } else {
            var value = UnsafePointer(target).lanes(offset, count: count)
            if let other { value += other.lanes(offset, count: count) }
            let x = source.lanes(offset, count: count)
            value = masked(value, x, kept?.lanes(offset, count: count), a, b)
            target.store(value, at: offset, count: count)
            output.store(value * a, at: offset, count: count)
          }
        }
      }
      return Gradients(input: result, residual: g)
    }
    let sums = Tensor(uninitialized: [planes.images, channels])
    let products = Tensor(uninitialized: [planes.images, channels])
    let firstPass = Profile.begin()
    planes.forEach { image, block, start in
      let constants = image / perGroup * channels
      let a = Planes.constants(scale.pointer + constants, block)
      let b = Planes.constants(offset.pointer + constants, block)
      let mean = Planes.constants(statistics.mean.pointer + constants, block)
      let inverse = Planes.constants(statistics.inverseDeviation.pointer + constants, block)
      let source = UnsafePointer(x.pointer + start)
      let target = g.pointer + start
      let other = second.map { UnsafePointer($0.pointer + start) }
      let kept = mask.map { UnsafePointer($0.pointer + start) }
      var (sum, product) = (Lanes.zero, Lanes.zero)
      planes.vectors { offset, count in
        if count == 16 {
          var value = target.lanes(offset)
          if let other { value += other.lanes(offset) }
          let x = source.lanes(offset)
          value = masked(value, x, kept?.lanes(offset), a, b)
          target.store(value, at: offset)
          sum += value
          product.addProduct(value, (x - mean) * inverse)
        } else {
          var value = UnsafePointer(target).lanes(offset, count: count)
          if let other { value += other.lanes(offset, count: count) }
          let x = source.lanes(offset, count: count)
          value = masked(value, x, kept?.lanes(offset, count: count), a, b)
          target.store(value, at: offset, count: count)
          sum += value
          product.addProduct(value, (x - mean) * inverse)
        }
      }
      Planes.storeSum(sum, sums.pointer + image * channels, block)
      Planes.storeSum(product, products.pointer + image * channels, block)
    }

    // dx = scale·g + slope·x + constant, by group and channel.
    let slope = Tensor(zeros: [statistics.groups, channels])
    let constant = Tensor(zeros: [statistics.groups, channels])
    let realChannels = gain.count
    let inverseCount = 1 / Double(perGroup * planes.pixels)
    for group in 0..<statistics.groups {
      for start in stride(from: 0, to: channels, by: 8) {
        var (sum, product) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
        for image in group * perGroup..<(group + 1) * perGroup {
          let at = image * channels + start
          sum += SIMD8<Double>(UnsafeRawPointer(sums.pointer + at).loadUnaligned(as: SIMD8<Float>.self))
          product += SIMD8<Double>(
            UnsafeRawPointer(products.pointer + at).loadUnaligned(as: SIMD8<Float>.self))
        }
        for lane in 0..<min(8, max(0, realChannels - start)) {
          let (channel, index) = (start + lane, group * channels + start + lane)
          if let gainGradient { gainGradient.pointer[channel] += Float(product[lane]) }
          if let shiftGradient { shiftGradient.pointer[channel] += Float(sum[lane]) }
          if areConstant { continue }
          let (a, inverse) = (
            Double(scale.pointer[index]), Double(statistics.inverseDeviation.pointer[index])
          )
          let bend = a * inverse * product[lane] * inverseCount
          slope.pointer[index] = Float(-bend)
          constant.pointer[index] = Float(
            Double(statistics.mean.pointer[index]) * bend - a * sum[lane] * inverseCount)
        }
      }
    }
    Profile.end(firstPass, "batch norm gradient, sums")
    let secondPass = Profile.begin()
    planes.forEach { image, block, start in
      let constants = image / perGroup * channels
      let a = Planes.constants(scale.pointer + constants, block)
      let b = Planes.constants(slope.pointer + constants, block)
      let c = Planes.constants(constant.pointer + constants, block)
      let (source, upstream) = (UnsafePointer(x.pointer + start), UnsafePointer(g.pointer + start))
      let target = result.pointer + start
      planes.vectors { offset, count in
        if count == 16 {
          let value = c.addingProduct(source.lanes(offset), b).addingProduct(upstream.lanes(offset), a)
          target.store(value, at: offset)
        } else {
          let value = c.addingProduct(source.lanes(offset, count: count), b)
            .addingProduct(upstream.lanes(offset, count: count), a)
          target.store(value, at: offset, count: count)
        }
      }
    }
    Profile.end(secondPass, "batch norm gradient, input")
    return Gradients(input: result, residual: g)
  }

  /// running = (1 - weight)·running + weight·batch, in place.
  public static func updateRunning(_ running: Tensor, with batch: Tensor, weight: Float) {
    requireShape(batch, running.shape, "BatchNorm.updateRunning")
    for index in 0..<running.count {
      running.pointer[index] += weight * (batch.pointer[index] - running.pointer[index])
    }
  }
}
