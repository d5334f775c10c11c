import Kernels

/// Batch norm by its definition in double precision, on images in row-major order.
struct NaiveBatchNorm {
  let shape: [Int]
  let groups: Int
  var gain: [Double]
  var shift: [Double]
  let epsilon = 1e-5
  /// By group, then channel.
  private(set) var means: [Double] = []
  private(set) var variances: [Double] = []
  private let x: [Double]

  init(_ images: Tensor, groups: Int, gain: Tensor, shift: Tensor) {
    (shape, self.groups) = (images.shape, groups)
    (self.gain, self.shift) = (gain.values.map(Double.init), shift.values.map(Double.init))
    x = images.values.map(Double.init)
    for group in 0..<groups {
      for channel in 0..<shape[1] {
        let values = indices(group, channel).map { x[$0] }
        let mean = values.reduce(0, +) / Double(values.count)
        means.append(mean)
        variances.append(values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count))
      }
    }
  }

  var valuesPerGroup: Int { shape[0] / groups * shape[2] * shape[3] }

  func indices(_ group: Int, _ channel: Int) -> [Int] {
    let (pixels, perGroup) = (shape[2] * shape[3], shape[0] / groups)
    return (group * perGroup..<(group + 1) * perGroup).flatMap { image in
      (0..<pixels).map { (image * shape[1] + channel) * pixels + $0 }
    }
  }

  private func forEach(
    _ body: (_ index: Int, _ channel: Int, _ normalised: Double, _ inverse: Double) -> Void
  ) {
    for group in 0..<groups {
      for channel in 0..<shape[1] {
        let place = group * shape[1] + channel
        let inverse = 1 / (variances[place] + epsilon).squareRoot()
        for index in indices(group, channel) {
          body(index, channel, (x[index] - means[place]) * inverse, inverse)
        }
      }
    }
  }

  func output(residual: Tensor?, relu: Bool) -> [Double] {
    var result = x
    let added = residual?.values
    forEach { index, channel, normalised, _ in
      let value = normalised * gain[channel] + shift[channel] + Double(added?[index] ?? 0)
      result[index] = relu ? max(value, 0) : value
    }
    return result
  }

  /// Gradients of input, gain, shift and residual.
  func gradients(
    _ outputGradient: [Double], residual: Tensor?, relu: Bool, areConstant: Bool = false
  ) -> (input: [Double], gain: [Double], shift: [Double], residual: [Double]) {
    let y = output(residual: residual, relu: relu)
    let g = zip(outputGradient, y).map { relu && $1 <= 0 ? 0 : $0 }
    var gains = [Double](repeating: 0, count: groups * shape[1])
    var shifts = gains
    let perGroup = shape[0] / groups * shape[1] * shape[2] * shape[3]
    forEach { index, channel, normalised, _ in
      gains[index / perGroup * shape[1] + channel] += g[index] * normalised
      shifts[index / perGroup * shape[1] + channel] += g[index]
    }
    var input = x
    forEach { index, channel, normalised, inverse in
      let place = index / perGroup * shape[1] + channel
      let mean = areConstant ? 0 : (shifts[place] + normalised * gains[place]) / Double(valuesPerGroup)
      input[index] = gain[channel] * inverse * (g[index] - mean)
    }
    func total(_ values: [Double]) -> [Double] {
      (0..<shape[1]).map { channel in (0..<groups).map { values[$0 * shape[1] + channel] }.reduce(0, +) }
    }
    return (input, total(gains), total(shifts), g)
  }
}
