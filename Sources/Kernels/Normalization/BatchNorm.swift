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
    let constants = Affine(statistics, gain, shift)
    let output = Tensor(uninitialized: input.shape, layout: .blocked)
    return apply(
      x, scale: constants.scale, shift: constants.offset, residual: residual?.blocked(), relu: relu,
      into: output)
  }

  /// The normalised output of a batch, or of each of `groups` equal parts of it, and its statistics.
  public static func forward(
    _ input: Tensor, groups: Int, epsilon: Float, gain: Tensor, shift: Tensor, residual: Tensor? = nil,
    relu: Bool
  ) -> (output: Tensor, statistics: BatchStatistics) {
    let x = input.blocked()
    if let residual { requireShape(residual, input.shape, "BatchNorm.forward residual") }
    guard Planes(x, "BatchNorm.forward").fitBlockwise else {
      let statistics = BatchStatistics(of: x, groups: groups, epsilon: epsilon)
      let output = forward(
        x, statistics: statistics, gain: gain, shift: shift, residual: residual, relu: relu)
      return (output, statistics)
    }
    let begin = Profile.begin()
    defer { Profile.end(begin, "batch norm statistics and apply") }
    let pass = StatisticsPass(x, groups: groups, epsilon: epsilon)
    let statistics = pass.statistics
    let constants = Affine(groups: groups, gain, shift)
    let apply = Application(
      x, scale: constants.scale, shift: constants.offset, residual: residual?.blocked(), relu: relu,
      into: Tensor(uninitialized: input.shape, layout: .blocked))
    pass.planes.forEachBlock { block in
      pass.planes.forEach(in: block, pass.plane)
      pass.combine(block)
      constants.set(block, statistics)
      pass.planes.forEach(in: block, apply.plane)
    }
    return (apply.output, statistics)
  }

  /// scale = gamma/deviation and shift = beta - mean·scale, `[groups, padded channels]`.
  struct Affine {
    let scale: Tensor
    let offset: Tensor
    private let gains: Tensor
    private let shifts: Tensor

    /// Room for the constants.
    init(groups: Int, _ gain: Tensor, _ shift: Tensor) {
      (gains, shifts) = (Planes.padded(gain), Planes.padded(shift))
      scale = Tensor(uninitialized: [groups, gains.count])
      offset = Tensor(uninitialized: [groups, gains.count])
    }

    /// All constants.
    init(_ statistics: BatchStatistics, _ gain: Tensor, _ shift: Tensor) {
      self.init(groups: statistics.groups, gain, shift)
      for block in 0..<gains.count / Layout.block { set(block, statistics) }
    }

    /// Makes the constants of a block of channels, whose statistics are whole.
    func set(_ block: Int, _ statistics: BatchStatistics) {
      let channels = gains.count
      precondition(
        statistics.mean.shape[1] == channels,
        "BatchNorm: statistics of \(statistics.mean.shape[1]) channels with gain \(gains.shape)")
      for group in 0..<statistics.groups {
        for channel in block * Layout.block..<(block + 1) * Layout.block {
          let index = group * channels + channel
          let value = gains.pointer[channel] * statistics.inverseDeviation.pointer[index]
          scale.pointer[index] = value
          offset.pointer[index] = shifts.pointer[channel] - statistics.mean.pointer[index] * value
        }
      }
    }
  }

  /// relu(x·scale + shift + residual) with constants `[groups, padded channels]`, written to `output`.
  static func apply(
    _ x: Tensor, scale: Tensor, shift: Tensor, residual: Tensor?, relu: Bool, into output: Tensor
  ) -> Tensor {
    let begin = Profile.begin()
    defer { Profile.end(begin, "batch norm apply") }
    let application = Application(
      x, scale: scale, shift: shift, residual: residual, relu: relu, into: output)
    Planes(x, "BatchNorm.apply").forEach(application.plane)
    return output
  }

  /// ``apply(_:scale:shift:residual:relu:into:)`` plane by plane.
  private struct Application {
    let output: Tensor
    private let x: Tensor
    private let (scale, shift): (Tensor, Tensor)
    private let residual: Tensor?
    private let floor: Lanes
    private let planes: Planes
    private let perGroup: Int

    init(_ x: Tensor, scale: Tensor, shift: Tensor, residual: Tensor?, relu: Bool, into output: Tensor) {
      (self.x, self.scale, self.shift, self.residual, self.output) = (x, scale, shift, residual, output)
      planes = Planes(x, "BatchNorm.apply")
      perGroup = planes.images / (scale.count / planes.channels)
      floor = relu ? Lanes.zero : Lanes(repeating: -.infinity)
    }

    func plane(_ image: Int, _ block: Int, _ start: Int) {
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
  }

  /// running = (1 - weight)·running + weight·batch, in place.
  public static func updateRunning(_ running: Tensor, with batch: Tensor, weight: Float) {
    requireShape(batch, running.shape, "BatchNorm.updateRunning")
    for index in 0..<running.count {
      running.pointer[index] += weight * (batch.pointer[index] - running.pointer[index])
    }
  }
}
