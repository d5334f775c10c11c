/// One step of projected gradient ascent in the maximum norm (Madry et al., ICLR 2018, section 2.1), in place on `pixels`.
///
/// x = x + step sign(gradient), then moved into [origin - radius, origin + radius], then into [0, 1]. Where the gradient
/// is 0 or not a number, the value is only moved into the bounds.
/// - Parameters:
///   - pixels: colours in [0, 1].
///   - gradient: of what grows, in the pixels' shape; only its signs matter.
///   - origin: the pixels before the first step, in [0, 1].
///   - step: the length of a step; below 0 it descends.
///   - radius: how far a value may get from its origin, from 0 up.
public func projectedSignStep(
  _ pixels: Tensor, gradient: Tensor, around origin: Tensor, step: Float, radius: Float
) {
  precondition(radius >= 0, "projectedSignStep: radius \(radius) is below 0")
  let (pixels, origin) = flat(pixels, origin, "projectedSignStep")
  requireShape(gradient, pixels.shape, "projectedSignStep")
  let gradient = gradient.plain()
  let (x, center) = (pixels.pointer, origin.pointer)
  @inline(__always) func next(_ value: HalfLanes, _ slope: HalfLanes, _ center: HalfLanes) -> HalfLanes {
    let zero = HalfLanes(repeating: 0)
    let move = zero.replacing(with: step, where: slope .> zero).replacing(with: -step, where: slope .< zero)
    let near = lesser(greater(value + move, center - radius), center + radius)
    return lesser(greater(near, zero), HalfLanes(repeating: 1))
  }
  @inline(__always) func next(_ value: Lanes, _ slope: Lanes, _ center: Lanes) -> Lanes {
    Lanes(
      lowHalf: next(value.lowHalf, slope.lowHalf, center.lowHalf),
      highHalf: next(value.highHalf, slope.highHalf, center.highHalf))
  }
  Sweep.forEach(pixels.count) { range in
    let g = gradient.pointer
    Sweep.vectors(range) { index in
      x.store(next(x.lanes(index), g.lanes(index), center.lanes(index)), at: index)
    } rest: { index, count in
      let value = next(
        x.lanes(index, count: count), g.lanes(index, count: count), center.lanes(index, count: count))
      x.store(value, at: index, count: count)
    }
  }
}
