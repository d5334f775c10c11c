/// x·Φ(x) and its derivative Φ(x) + x·φ(x), for the distribution Φ and density φ of the standard normal.
///
/// With a = |x| and t = 1/(1 + 0.275 a), Φ(-a) = exp(-a²/2)·P(t), where P is a polynomial of degree nine without
/// constant term, fitted to a relative error of 4e-8 for a up to 13. So the far tail keeps its digits, and the density
/// comes with it.
@inline(always) func gelu(_ x: HalfLanes) -> (value: HalfLanes, slope: HalfLanes) {
  let magnitude = greater(x, -x)
  let t = 1 / HalfLanes(repeating: 1).addingProduct(magnitude, HalfLanes(repeating: 0.275))
  let bell = exponential(x * x * -0.5)
  var p = HalfLanes(repeating: 2.599093487e-02)
  p = HalfLanes(repeating: -1.047346925e-01).addingProduct(p, t)
  p = HalfLanes(repeating: 1.174570576e-01).addingProduct(p, t)
  p = HalfLanes(repeating: -2.013831208e-02).addingProduct(p, t)
  p = HalfLanes(repeating: 7.731921256e-02).addingProduct(p, t)
  p = HalfLanes(repeating: 8.360788632e-02).addingProduct(p, t)
  p = HalfLanes(repeating: 1.009691878e-01).addingProduct(p, t)
  p = HalfLanes(repeating: 1.098283829e-01).addingProduct(p, t)
  p = HalfLanes(repeating: 1.097003610e-01).addingProduct(p, t)
  let tail = p * t * bell
  let below = tail.replacing(with: 1 - tail, where: x .> HalfLanes.zero)
  return (x * below, below.addingProduct(x * bell, HalfLanes(repeating: 0.39894228)))
}

/// x·s and its derivative s·(1 + 1.702 x (1 - s)), where s = 1/(1 + exp(-1.702 x)).
///
/// The exponential is taken of what is below zero, so that it cannot overflow.
@inline(always) func quickGELU(_ x: HalfLanes) -> (value: HalfLanes, slope: HalfLanes) {
  let scaled = x * 1.702
  let decayed = exponential(lesser(scaled, -scaled))
  let share = decayed.replacing(with: 1, where: x .> HalfLanes.zero) / (1 + decayed)
  return (x * share, share.addingProduct(share * scaled, 1 - share))
}

@inline(always) func gelu(_ x: Lanes) -> (value: Lanes, slope: Lanes) { byHalves(x) { gelu($0) } }

@inline(always) func quickGELU(_ x: Lanes) -> (value: Lanes, slope: Lanes) { byHalves(x) { quickGELU($0) } }

@inline(always) private func byHalves(
  _ x: Lanes, _ body: (HalfLanes) -> (value: HalfLanes, slope: HalfLanes)
) -> (value: Lanes, slope: Lanes) {
  let (low, high) = (body(x.lowHalf), body(x.highHalf))
  return (Lanes(lowHalf: low.value, highHalf: high.value), Lanes(lowHalf: low.slope, highHalf: high.slope))
}
