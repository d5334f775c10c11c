/// Sixteen floats: one AVX-512 register or two of AVX2.
typealias Lanes = SIMD16<Float>
/// Eight floats: one register of AVX2.
typealias HalfLanes = SIMD8<Float>

// The standard library's pointwiseMax and pointwiseMin treat one lane after the other; a comparison and a blend do
// not. Where `a` is not a number, neither is the result.

@inline(always) func greater(_ a: HalfLanes, _ b: HalfLanes) -> HalfLanes {
  a.replacing(with: b, where: b .> a)
}
@inline(always) func lesser(_ a: HalfLanes, _ b: HalfLanes) -> HalfLanes {
  a.replacing(with: b, where: b .< a)
}
@inline(always) func greater(_ a: Lanes, _ b: Lanes) -> Lanes { byHalves(a, b) { greater($0, $1) } }
@inline(always) func lesser(_ a: Lanes, _ b: Lanes) -> Lanes { byHalves(a, b) { lesser($0, $1) } }

// Masks of sixteen floats are taken apart into fours where a register holds eight; those of eight are not.

@inline(always) func byHalves(_ a: Lanes, _ body: (HalfLanes) -> HalfLanes) -> Lanes {
  Lanes(lowHalf: body(a.lowHalf), highHalf: body(a.highHalf))
}

@inline(always) func byHalves(_ a: Lanes, _ b: Lanes, _ body: (HalfLanes, HalfLanes) -> HalfLanes) -> Lanes {
  Lanes(lowHalf: body(a.lowHalf, b.lowHalf), highHalf: body(a.highHalf, b.highHalf))
}

// So do its reductions; halves added or compared as vectors take four steps instead of sixteen.

@inline(__always) func total(_ a: Lanes) -> Float {
  let eight = a.lowHalf + a.highHalf
  let four = eight.lowHalf + eight.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}

@inline(__always) func greatest(_ a: Lanes) -> Float {
  let eight = greater(a.lowHalf, a.highHalf)
  let four = eight.lowHalf.replacing(with: eight.highHalf, where: eight.highHalf .> eight.lowHalf)
  let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .> four.lowHalf)
  return two.x < two.y ? two.y : two.x
}

extension UnsafePointer<Float> {
  @inline(__always) func lanes(_ index: Int) -> Lanes {
    UnsafeRawPointer(self + index).loadUnaligned(as: Lanes.self)
  }

  /// Half as many, for blocks of either size.
  @inline(__always) func eight(_ index: Int) -> SIMD8<Float> {
    UnsafeRawPointer(self + index).loadUnaligned(as: SIMD8<Float>.self)
  }

  /// The first `count` values from `index` on, and zeros; eight are what is left of an odd number of pixels.
  @inline(__always) func lanes(_ index: Int, count: Int) -> Lanes {
    if count == 8 { return Lanes(lowHalf: eight(index), highHalf: .zero) }
    var result = Lanes.zero
    for lane in 0..<count { result[lane] = self[index + lane] }
    return result
  }
}

extension UnsafeMutablePointer<Float> {
  @inline(__always) func lanes(_ index: Int) -> Lanes {
    UnsafeRawPointer(self + index).loadUnaligned(as: Lanes.self)
  }

  @inline(__always) func lanes(_ index: Int, count: Int) -> Lanes {
    UnsafePointer(self).lanes(index, count: count)
  }

  @inline(__always) func store(_ value: Lanes, at index: Int) {
    UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: Lanes.self)
  }

  @inline(__always) func storeEight(_ value: SIMD8<Float>, at index: Int) {
    UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: SIMD8<Float>.self)
  }

  @inline(__always) func store(_ value: Lanes, at index: Int, count: Int) {
    if count == 8 { return storeEight(value.lowHalf, at: index) }
    for lane in 0..<count { self[index + lane] = value[lane] }
  }
}

/// Elements below which a loop over floats stays on one thread.
let elementGrain = 1 << 14
