/// One step of stochastic gradient descent with momentum, in place on flat `weights` and `velocity`.
///
/// As PyTorch defines it: g = gradient + weightDecay w; v = momentum v + g; w = w - learningRate v, or with Nesterov's
/// correction w = w - learningRate (g + momentum v). From a velocity of zeros the first velocity is the gradient.
/// - Parameters:
///   - momentum: the share of the velocity that stays, in [0, 1).
///   - weightDecay: the factor of the L2 penalty that is added to the gradient.
public func sgdStep(
  _ weights: Tensor, gradients: Tensor, velocity: Tensor, learningRate: Double, momentum: Double,
  weightDecay: Double = 0, nesterov: Bool = false
) {
  let (weights, gradients) = flat(weights, gradients, "sgdStep")
  let velocity = flat(velocity, weights, "sgdStep").0
  let (w, g, v) = (weights.pointer, gradients.pointer, velocity.pointer)
  let (rate, kept, decay) = (Float(-learningRate), Float(momentum), Float(weightDecay))
  // The step is rate * (a g' + b v'): v' alone, or with Nesterov's correction g' + momentum v'.
  let (ofGradient, ofVelocity): (Float, Float) = nesterov ? (rate, rate * kept) : (0, rate)
  let begin = Profile.begin()
  defer { Profile.end(begin, "optimiser") }
  Sweep.forEach(weights.count) { range in
    Sweep.vectors(range) { index in
      let weight = w.lanes(index)
      let gradient = g.lanes(index).addingProduct(weight, Lanes(repeating: decay))
      let speed = gradient.addingProduct(v.lanes(index), Lanes(repeating: kept))
      v.store(speed, at: index)
      var next = weight.addingProduct(speed, Lanes(repeating: ofVelocity))
      if nesterov { next.addProduct(gradient, Lanes(repeating: ofGradient)) }
      w.store(next, at: index)
    } rest: { index, count in
      let weight = w.lanes(index, count: count)
      let gradient = g.lanes(index, count: count).addingProduct(weight, Lanes(repeating: decay))
      let speed = gradient.addingProduct(v.lanes(index, count: count), Lanes(repeating: kept))
      v.store(speed, at: index, count: count)
      var next = weight.addingProduct(speed, Lanes(repeating: ofVelocity))
      if nesterov { next.addProduct(gradient, Lanes(repeating: ofGradient)) }
      w.store(next, at: index, count: count)
    }
  }
}

/// One step of Adam (Kingma and Ba, ICLR 2015) or AdamW (Loshchilov and Hutter, ICLR 2019), in place on flat `weights`
/// and both moments.
///
/// As PyTorch defines them: the square root of the corrected second moment is taken before epsilon is added.
/// - Parameters:
///   - step: the number of this step, from 1.
///   - decoupled: weight decay shrinks the weights directly (AdamW) instead of being added to the gradient (Adam).
///   - decayed: the ascending, disjoint ranges that weight decay applies to; all when nil.
public func adamStep(
  _ weights: Tensor, gradients: Tensor, first: Tensor, second: Tensor, step: Int, learningRate: Double,
  betas: (Double, Double) = (0.9, 0.999), epsilon: Double = 1e-8, weightDecay: Double = 0,
  decoupled: Bool = false, decayed: [Range<Int>]? = nil
) {
  precondition(step >= 1, "adamStep: steps are counted from 1, found \(step)")
  let (weights, gradients) = flat(weights, gradients, "adamStep")
  let (first, second) = flat(first, second, "adamStep")
  _ = flat(weights, first, "adamStep")
  let rule = AdamRule(
    w: weights.pointer, g: gradients.pointer, m: first.pointer, v: second.pointer, step: step,
    learningRate: learningRate, betas: betas, epsilon: epsilon)
  let coupledDecay = decoupled ? 0 : Float(weightDecay)
  let shrink = decoupled ? Float(1 - learningRate * weightDecay) : 1
  let begin = Profile.begin()
  defer { Profile.end(begin, "optimiser") }
  Sweep.forEach(weights.count) { range in
    guard let decayed, weightDecay != 0 else {
      return rule.apply(range, coupledDecay: coupledDecay, shrink: shrink)
    }
    var start = range.lowerBound
    for decayedRange in decayed where decayedRange.overlaps(range) {
      let part = decayedRange.clamped(to: range)
      rule.apply(start..<max(start, part.lowerBound), coupledDecay: 0, shrink: 1)
      rule.apply(part, coupledDecay: coupledDecay, shrink: shrink)
      start = part.upperBound
    }
    rule.apply(start..<range.upperBound, coupledDecay: 0, shrink: 1)
  }
}

/// The arithmetic of ``adamStep`` on a range.
private struct AdamRule {
  let w, g, m, v: UnsafeMutablePointer<Float>
  let firstTaken, secondKept, secondTaken, stepSize, rootScale, epsilon: Float

  init(
    w: UnsafeMutablePointer<Float>, g: UnsafeMutablePointer<Float>, m: UnsafeMutablePointer<Float>,
    v: UnsafeMutablePointer<Float>, step: Int, learningRate: Double, betas: (Double, Double), epsilon: Double
  ) {
    (self.w, self.g, self.m, self.v) = (w, g, m, v)
    firstTaken = Float(1 - betas.0)
    secondKept = Float(betas.1)
    secondTaken = Float(1 - betas.1)
    stepSize = Float(-learningRate / (1 - power(betas.0, step)))
    rootScale = Float(1 / (1 - power(betas.1, step)).squareRoot())
    self.epsilon = Float(epsilon)
  }

  func apply(_ range: Range<Int>, coupledDecay: Float, shrink: Float) {
    Sweep.vectors(range) { index in
      let (weight, first, second) = next(
        w.lanes(index), g.lanes(index), m.lanes(index), v.lanes(index), coupledDecay, shrink)
      m.store(first, at: index)
      v.store(second, at: index)
      w.store(weight, at: index)
    } rest: { index, count in
      let (weight, first, second) = next(
        w.lanes(index, count: count), g.lanes(index, count: count), m.lanes(index, count: count),
        v.lanes(index, count: count), coupledDecay, shrink)
      m.store(first, at: index, count: count)
      v.store(second, at: index, count: count)
      w.store(weight, at: index, count: count)
    }
  }

  @inline(__always)
  private func next(
    _ weight: Lanes, _ given: Lanes, _ first: Lanes, _ second: Lanes,
    _ coupledDecay: Float, _ shrink: Float
  ) -> (Lanes, Lanes, Lanes) {
    let gradient = given.addingProduct(weight, Lanes(repeating: coupledDecay))
    let first = first.addingProduct(gradient - first, Lanes(repeating: firstTaken))
    let second = (second * secondKept).addingProduct(gradient * secondTaken, gradient)
    let root = Lanes(repeating: epsilon).addingProduct(squareRoots(second), Lanes(repeating: rootScale))
    let weight = (weight * shrink).addingProduct(first / root, Lanes(repeating: stepSize))
    return (weight, first, second)
  }
}

/// Square roots of values from 0 up, to within one unit in the last place; the root of 0 is 0.
///
/// The standard library takes one lane after the other through the C library, which costs more than all of Adam. Here
/// y approximates the inverse root: a first guess from the bits, halving the exponent, then two steps of Newton's
/// method; x y is the root, and its residual gives the last digits.
@inline(__always)
func squareRoots(_ x: Lanes) -> Lanes {
  let minusHalf = x * -0.5
  let guess = 0x5F37_5A86 &- (unsafeBitCast(x, to: SIMD16<UInt32>.self) &>> 1)
  var y = unsafeBitCast(guess, to: Lanes.self)
  // (x y) y, since y y would overflow where x is 0.
  for _ in 0..<2 { y *= Lanes(repeating: 1.5).addingProduct(minusHalf * y, y) }
  let root = x * y
  // A product with -1, unlike a minus sign, joins the following operation.
  return root.addingProduct(x.addingProduct(root * -1, root), y * 0.5)
}

/// base to a positive whole power, by squaring: the same on every machine.
private func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, square, rest) = (1.0, base, exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= square }
    square *= square
    rest >>= 1
  }
  return result
}
