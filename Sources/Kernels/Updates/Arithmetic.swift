/// Sets every value of a flat tensor, in place.
public func fill(_ target: Tensor, with value: Float) {
  let target = flat(target, "fill")
  let begin = Profile.begin()
  defer { Profile.end(begin, "fill") }
  let pointer = target.pointer
  parallelRanges(target.count, grain: Sweep.grain) { range in
    (pointer + range.lowerBound).update(repeating: value, count: range.count)
  }
}

/// Multiplies every value of a flat tensor, in place.
public func scale(_ target: Tensor, by factor: Float) {
  let target = flat(target, "scale")
  let pointer = target.pointer
  Sweep.forEach(target.count) { range in
    Sweep.vectors(range) { index in
      pointer.store(pointer.lanes(index) * factor, at: index)
    } rest: { index, count in
      pointer.store(pointer.lanes(index, count: count) * factor, at: index, count: count)
    }
  }
}

/// The exponential average `keeping * target + (1 - keeping) * source`, in place on `target`.
///
/// With `keeping` = 1 the target stays as it is, bit for bit, whatever the source holds.
/// - Parameter keeping: the share of itself that the target keeps, in [0, 1].
public func interpolate(_ target: Tensor, towards source: Tensor, keeping: Double) {
  precondition((0...1).contains(keeping), "interpolate: share \(keeping) outside 0...1")
  let (target, source) = flat(target, source, "interpolate")
  if keeping == 1 { return }
  if keeping == 0 { return target.assign(source) }
  let (kept, taken) = (Float(keeping), Float(1 - keeping))
  let (t, s) = (target.pointer, source.pointer)
  Sweep.forEach(target.count) { range in
    Sweep.vectors(range) { index in
      t.store(t.lanes(index) * kept + s.lanes(index) * taken, at: index)
    } rest: { index, count in
      let result = t.lanes(index, count: count) * kept + s.lanes(index, count: count) * taken
      t.store(result, at: index, count: count)
    }
  }
}

/// The sum of squares of a flat tensor in double precision, the same for any number of threads.
public func squaredNorm(_ tensor: Tensor) -> Double {
  let tensor = flat(tensor, "squaredNorm")
  let (pointer, count) = (tensor.pointer, tensor.count)
  let blocks = (count + Sweep.sumBlock - 1) / Sweep.sumBlock
  return withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, blocks)) { partial in
    guard let partial = partial.baseAddress else { return 0 }
    parallelFor(blocks, grain: Sweep.grain / Sweep.sumBlock) { block in
      var sum = SIMD16<Double>()
      let start = block * Sweep.sumBlock
      Sweep.vectors(start..<min(count, start + Sweep.sumBlock)) { index in
        let values = SIMD16<Double>(pointer.lanes(index))
        sum.addProduct(values, values)
      } rest: { index, rest in
        let values = SIMD16<Double>(pointer.lanes(index, count: rest))
        sum.addProduct(values, values)
      }
      (partial + block).initialize(to: sum.sum())
    }
    var total = 0.0
    for block in 0..<blocks { total += partial[block] }
    return total
  }
}

/// Whether no value of a flat tensor is infinite or not a number.
public func isFinite(_ tensor: Tensor) -> Bool {
  let tensor = flat(tensor, "isFinite")
  let (pointer, count) = (tensor.pointer, tensor.count)
  let blocks = (count + Sweep.sumBlock - 1) / Sweep.sumBlock
  return withUnsafeTemporaryAllocation(of: Int32.self, capacity: max(1, blocks)) { largest in
    guard let largest = largest.baseAddress else { return true }
    parallelFor(blocks, grain: Sweep.grain / Sweep.sumBlock) { block in
      // Without its sign, a float's bits order as its magnitude does, with infinity and NaN above all numbers.
      var bits = SIMD16<Int32>()
      let start = block * Sweep.sumBlock
      Sweep.vectors(start..<min(count, start + Sweep.sumBlock)) { index in
        bits = larger(bits, magnitudeBits(pointer.lanes(index)))
      } rest: { index, rest in
        bits = larger(bits, magnitudeBits(pointer.lanes(index, count: rest)))
      }
      (largest + block).initialize(to: bits.max())
    }
    return (0..<blocks).allSatisfy { largest[$0] < Int32(Float.infinity.bitPattern) }
  }
}

@inline(__always)
private func magnitudeBits(_ vector: SIMD16<Float>) -> SIMD16<Int32> {
  unsafeBitCast(vector, to: SIMD16<Int32>.self) & 0x7FFF_FFFF
}

@inline(__always)
private func larger(_ a: SIMD16<Int32>, _ b: SIMD16<Int32>) -> SIMD16<Int32> {
  a.replacing(with: b, where: b .> a)
}

func flat(_ tensor: Tensor, _ operation: String) -> Tensor {
  precondition(
    tensor.layout == .plain, "\(operation): works on plain tensors only, found shape \(tensor.shape)")
  return tensor
}

func flat(_ a: Tensor, _ b: Tensor, _ operation: String) -> (Tensor, Tensor) {
  precondition(a.shape == b.shape, "\(operation): shapes \(a.shape) and \(b.shape) differ")
  return (flat(a, operation), flat(b, operation))
}
