/// e^x to about two units in the last place: x = n·ln 2 + r, a polynomial in r, and n added to the exponent.
@inline(always) func exponential(_ x: HalfLanes) -> HalfLanes {
  let clamped = lesser(greater(x, HalfLanes(repeating: -87.3)), HalfLanes(repeating: 88.3))
  // Adding 1.5·2^23 leaves the nearest integer in the low bits of the mantissa.
  let magic = HalfLanes(repeating: 12_582_912)
  let shifted = magic.addingProduct(clamped, HalfLanes(repeating: 1.44269504))
  let n = shifted - magic
  // ln 2 in two parts, the first of few bits, so that n·high is exact.
  let r = clamped.addingProduct(n, HalfLanes(repeating: -0.693359375)).addingProduct(
    n, HalfLanes(repeating: 2.12194440e-4))
  var p = HalfLanes(repeating: 1.3981999507e-3)
  p = HalfLanes(repeating: 8.3333331e-3).addingProduct(p, r)
  p = HalfLanes(repeating: 4.1666665e-2).addingProduct(p, r)
  p = HalfLanes(repeating: 1.6666667e-1).addingProduct(p, r)
  p = HalfLanes(repeating: 0.5).addingProduct(p, r)
  let value = (r + 1).addingProduct(p, r * r)
  let integer = unsafeBitCast(shifted, to: SIMD8<Int32>.self) &- unsafeBitCast(magic, to: SIMD8<Int32>.self)
  let exponent = (integer &+ 127) &<< 23
  let scaled = value * unsafeBitCast(exponent, to: HalfLanes.self)
  return scaled.replacing(with: 0, where: x .< HalfLanes(repeating: -87.3))
}

/// e^x of all lanes.
@inline(always) func exponential(_ x: Lanes) -> Lanes { byHalves(x) { exponential($0) } }

/// tanh x as a quotient of an odd and an even polynomial, to a few units in the last place.
@inline(__always) func hyperbolicTangent(_ x: Lanes) -> Lanes {
  // Beyond this bound tanh rounds to one.
  let bound = Lanes(repeating: 7.905311)
  let x = lesser(greater(x, -bound), bound)
  let square = x * x
  var p = Lanes(repeating: -2.76076847742355e-16)
  p = Lanes(repeating: 2.00018790482477e-13).addingProduct(p, square)
  p = Lanes(repeating: -8.60467152213735e-11).addingProduct(p, square)
  p = Lanes(repeating: 5.12229709037114e-08).addingProduct(p, square)
  p = Lanes(repeating: 1.48572235717979e-05).addingProduct(p, square)
  p = Lanes(repeating: 6.37261928875436e-04).addingProduct(p, square)
  p = Lanes(repeating: 4.89352455891786e-03).addingProduct(p, square)
  var q = Lanes(repeating: 1.19825839466702e-06)
  q = Lanes(repeating: 1.18534705686654e-04).addingProduct(q, square)
  q = Lanes(repeating: 2.26843463243900e-03).addingProduct(q, square)
  q = Lanes(repeating: 4.89352518554385e-03).addingProduct(q, square)
  return x * p / q
}
