extension BatchNorm {
  /// What the backward pass computes.
  public struct Gradients {
    /// With respect to the input.
    public let input: Tensor
    /// With respect to the residual, which is that before the ReLU; nil where it was not asked for.
    public let residual: Tensor?
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
  ///   - hasResidual: whether the residual's gradient is wanted.
  ///   - overwritingInput: whether the input's memory may hold the result.
  public static func backward(
    outputGradients: [Tensor], input: Tensor, output: Tensor?, statistics: BatchStatistics,
    areConstant: Bool = false, gain: Tensor, shift: Tensor, relu: Bool, gainGradient: Tensor?,
    shiftGradient: Tensor?, hasResidual: Bool, overwritingInput: Bool
  ) -> Gradients {
    let x = input.blocked()
    let planes = Planes(x, "BatchNorm.backward")
    for gradient in outputGradients { requireShape(gradient, input.shape, "BatchNorm.backward") }
    let affine = Affine(statistics, gain, shift)
    let (scale, offset) = (affine.scale, affine.offset)
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
      return Gradients(input: result, residual: hasResidual ? g : nil)
    }
    // Where the residual needs the gradient before the ReLU, or it is a sum of two, it is written once and read again;
    // else the mask is as quickly found anew.
    let keepsMasked = hasResidual || second != nil
    let sums = Tensor(uninitialized: [planes.images, channels])
    let products = Tensor(uninitialized: [planes.images, channels])
    // dx = scale·g + slope·x + constant, by group and channel.
    let slope = Tensor(zeros: [statistics.groups, channels])
    let constant = Tensor(zeros: [statistics.groups, channels])
    let realChannels = gain.count
    let inverseCount = 1 / Double(perGroup * planes.pixels)
    func sum(_ image: Int, _ block: Int, _ start: Int) {
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
          if keepsMasked { target.store(value, at: offset) }
          sum += value
          product.addProduct(value, (x - mean) * inverse)
        } else {
          var value = UnsafePointer(target).lanes(offset, count: count)
          if let other { value += other.lanes(offset, count: count) }
          let x = source.lanes(offset, count: count)
          value = masked(value, x, kept?.lanes(offset, count: count), a, b)
          if keepsMasked { target.store(value, at: offset, count: count) }
          sum += value
          product.addProduct(value, (x - mean) * inverse)
        }
      }
      Planes.storeSum(sum, sums.pointer + image * channels, block)
      Planes.storeSum(product, products.pointer + image * channels, block)
    }
    func combine(_ block: Int) {
      for group in 0..<statistics.groups {
        for start in stride(from: block * Layout.block, to: (block + 1) * Layout.block, by: 8) {
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
    }
    func differentiate(_ image: Int, _ block: Int, _ start: Int) {
      let constants = image / perGroup * channels
      let a = Planes.constants(scale.pointer + constants, block)
      let b = Planes.constants(offset.pointer + constants, block)
      let bend = Planes.constants(slope.pointer + constants, block)
      let c = Planes.constants(constant.pointer + constants, block)
      let (source, upstream) = (UnsafePointer(x.pointer + start), UnsafePointer(g.pointer + start))
      let kept = mask.map { UnsafePointer($0.pointer + start) }
      let target = result.pointer + start
      planes.vectors { offset, count in
        if count == 16 {
          let x = source.lanes(offset)
          var value = upstream.lanes(offset)
          if !keepsMasked { value = masked(value, x, kept?.lanes(offset), a, b) }
          target.store(c.addingProduct(x, bend).addingProduct(value, a), at: offset)
        } else {
          let x = source.lanes(offset, count: count)
          var value = upstream.lanes(offset, count: count)
          if !keepsMasked { value = masked(value, x, kept?.lanes(offset, count: count), a, b) }
          target.store(c.addingProduct(x, bend).addingProduct(value, a), at: offset, count: count)
        }
      }
    }
    if planes.fitBlockwise {
      Profile.measure("batch norm gradient") {
        planes.forEachBlock { block in
          planes.forEach(in: block, sum)
          combine(block)
          planes.forEach(in: block, differentiate)
        }
      }
    } else {
      Profile.measure("batch norm gradient, sums") {
        planes.forEach(sum)
        for block in 0..<planes.blocks { combine(block) }
      }
      Profile.measure("batch norm gradient, input") { planes.forEach(differentiate) }
    }
    return Gradients(input: result, residual: hasResidual ? g : nil)
  }
}
