import Kernels
import TestSupport
import Testing

struct StepsTests {
  @Test("SGD equals its formula in double precision", arguments: updateSizes, [false, true])
  func sgd(count: Int, nesterov: Bool) {
    let (weights, velocity) = (flatNormals(count, seed: 1), Tensor(zeros: [count]))
    var (w, v) = (weights.values.map(Double.init), [Double](repeating: 0, count: count))
    for step in 0..<3 {
      let gradients = flatNormals(count, seed: UInt64(2 + step))
      sgdStep(
        weights, gradients: gradients, velocity: velocity, learningRate: 0.06, momentum: 0.9,
        weightDecay: 5e-4,
        nesterov: nesterov)
      for (index, gradient) in gradients.values.enumerated() {
        let g = Double(gradient) + 5e-4 * w[index]
        v[index] = 0.9 * v[index] + g
        w[index] -= 0.06 * (nesterov ? g + 0.9 * v[index] : v[index])
      }
    }
    #expect(largestDifference(weights.values, w.map(Float.init)) < 2e-6)
    #expect(largestDifference(velocity.values, v.map(Float.init)) < 4e-6)
  }

  @Test("Adam and AdamW equal their formulae in double precision", arguments: updateSizes, [false, true])
  func adam(count: Int, decoupled: Bool) {
    let weights = flatNormals(count, seed: 1)
    let (first, second) = (Tensor(zeros: [count]), Tensor(zeros: [count]))
    var w = weights.values.map(Double.init)
    var (m, v) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    for step in 1...3 {
      let gradients = flatNormals(count, seed: UInt64(1 + step))
      adamStep(
        weights, gradients: gradients, first: first, second: second, step: step, learningRate: 0.01,
        weightDecay: 0.1, decoupled: decoupled)
      var (kept1, kept2) = (1.0, 1.0)
      for _ in 0..<step { (kept1, kept2) = (kept1 * 0.9, kept2 * 0.999) }
      for (index, gradient) in gradients.values.enumerated() {
        let g = Double(gradient) + (decoupled ? 0 : 0.1 * w[index])
        if decoupled { w[index] *= 1 - 0.01 * 0.1 }
        m[index] = 0.9 * m[index] + 0.1 * g
        v[index] = 0.999 * v[index] + 0.001 * g * g
        w[index] -= 0.01 * (m[index] / (1 - kept1)) / ((v[index] / (1 - kept2)).squareRoot() + 1e-8)
      }
    }
    // Near a gradient of zero the direction of Adam's first step is as uncertain as the gradient's rounding.
    #expect(largestDifference(weights.values, w.map(Float.init)) < 2e-5)
    #expect(largestDifference(first.values, m.map(Float.init)) < 1e-6)
  }

  @Test("Weight decay applies within its ranges only, wherever they begin and end")
  func decayedRanges() {
    let count = 70_003
    let weights = Tensor([Float](repeating: 1, count: count), shape: [count])
    let ranges = [0..<1, 5..<40, 32_000..<50_001, 70_002..<70_003]
    adamStep(
      weights, gradients: Tensor(zeros: [count]), first: Tensor(zeros: [count]),
      second: Tensor(zeros: [count]),
      step: 1, learningRate: 0.5, weightDecay: 0.5, decoupled: true, decayed: ranges)
    let expected = (0..<count).map { index in ranges.contains { $0.contains(index) } ? Float(0.75) : 1 }
    #expect(weights.values == expected)
  }

  @Test("A value's step does not depend on where it stands")
  func placeDoesNotMatter() {
    let (w, g) = (normals(37, seed: 1), normals(37, seed: 2))
    let whole = Tensor(w, shape: [37])
    adamStep(
      whole, gradients: Tensor(g, shape: [37]), first: Tensor(zeros: [37]), second: Tensor(zeros: [37]),
      step: 1,
      learningRate: 0.1, weightDecay: 0.01)
    for index in 0..<37 {
      let one = Tensor([w[index]], shape: [1])
      adamStep(
        one, gradients: Tensor([g[index]], shape: [1]), first: Tensor(zeros: [1]), second: Tensor(zeros: [1]),
        step: 1, learningRate: 0.1, weightDecay: 0.01)
      #expect(bits(one) == [bits(whole)[index]])
    }
  }
}
