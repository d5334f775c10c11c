import Kernels
import Networks

/// Normal values that depend on the shape and the seed only.
public func sample(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
  var random = RandomStream(seed: seed, name: "\(shape)")
  return Tensor((0..<shape.reduce(1, *)).map { _ in random.normal() }, shape: shape)
}

/// The largest difference of two lists, divided by the greatest magnitude that is expected.
public func relativeError(_ found: [Float], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  var (largest, difference) = (1e-30, 0.0)
  for (a, b) in zip(found, expected) {
    let distance = abs(Double(a) - b)
    if distance.isNaN { return .infinity }
    largest = max(largest, abs(b))
    difference = max(difference, distance)
  }
  return difference / largest
}

/// The same for a tensor's values in row-major order.
public func relativeError(_ found: Tensor, _ expected: [Double]) -> Double {
  relativeError(found.values, expected)
}

/// The same for two tensors; infinite where there is none.
public func relativeError(_ found: Tensor?, _ expected: Tensor) -> Double {
  relativeError(found?.values ?? [], expected.values.map(Double.init))
}

/// The bits of what `body` computes with each of the numbers of threads.
public func bits(threads: [Int] = [1, 2, 3], _ body: () -> [Float]) -> [[UInt32]] {
  let before = Threads.count
  defer { Threads.set(before) }
  return threads.map { count in
    Threads.set(count)
    return body().map(\.bitPattern)
  }
}
