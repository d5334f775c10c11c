import Foundation
import TestSupport
import Testing

@testable import Kernels

@Suite("Linear maps") struct LinearMapTests {
  private func naive(_ x: Tensor, _ weight: Tensor, _ bias: Tensor) -> [Double] {
    let (rows, inputs, outputs) = (x.shape[0], x.shape[1], weight.shape[0])
    let (a, b, c) = (x.values, weight.values, bias.values)
    return (0..<rows * outputs).map { place in
      let (row, output) = (place / outputs, place % outputs)
      let products = (0..<inputs).map { Double(a[row * inputs + $0]) * Double(b[output * inputs + $0]) }
      return products.reduce(Double(c[output]), +)
    }
  }

  @Test(
    "Bias, activation and residual follow the product",
    arguments: [(1, 3, 5), (7, 20, 33), (300, 16, 48), (515, 24, 12)])
  func forward(rows: Int, inputs: Int, outputs: Int) {
    let (x, weight) = (sample([rows, inputs]), sample([outputs, inputs], seed: 2))
    let (bias, residual) = (sample([outputs], seed: 3), sample([rows, outputs], seed: 4))
    let product = naive(x, weight, bias)
    let sum = LinearMap.forward(x, weight: weight, bias: bias, residual: residual)
    #expect(relativeError(sum.output, zip(product, residual.values).map { $0 + Double($1) }) < 2e-6)
    let curved = LinearMap.forward(x, weight: weight, bias: bias, activation: .gelu, keepingSlope: true)
    #expect(relativeError(curved.output, product.map { $0 * erfc(-$0 / 2.0.squareRoot()) / 2 }) < 2e-6)
    let slopes = product.map {
      erfc(-$0 / 2.0.squareRoot()) / 2 + $0 * exp(-$0 * $0 / 2) / (2 * Double.pi).squareRoot()
    }
    #expect(relativeError(curved.slope?.values ?? [], slopes) < 5e-6)
    #expect(LinearMap.forward(x, weight: weight, bias: bias, activation: .gelu).slope == nil)
  }

  @Test(
    "Activations that follow from their output keep no slope", arguments: [Activation.none, .relu, .tanh])
  func noSlope(activation: Activation) {
    let result = LinearMap.forward(
      sample([5, 4]), weight: sample([3, 4]), bias: nil, activation: activation, keepingSlope: true)
    #expect(result.slope == nil)
  }

  /// Σ over the inner axis of a·b, in double precision.
  private func product(
    _ rows: Int, _ columns: Int, _ inner: Int, _ a: (Int, Int) -> Double, _ b: (Int, Int) -> Double
  ) -> [Double] {
    (0..<rows * columns).map { place in
      (0..<inner).reduce(0) { $0 + a(place / columns, $1) * b($1, place % columns) }
    }
  }

  @Test(
    "Gradients are added to those of weight and bias, and the input's is returned, with few rows and with many",
    arguments: [(7, 20, 33), (300, 16, 48), (515, 24, 12), (1000, 8, 8)], [false, true])
  func backward(_ size: (rows: Int, inputs: Int, outputs: Int), hasSlope: Bool) {
    let (rows, inputs, outputs) = size
    let (x, weight) = (sample([rows, inputs]), sample([outputs, inputs], seed: 2))
    let (gradient, slope) = (sample([rows, outputs], seed: 3), sample([rows, outputs], seed: 4))
    let (toWeight, toBias) = (sample([outputs, inputs], seed: 5), sample([outputs], seed: 6))
    let (a, w) = (x.values.map(Double.init), weight.values.map(Double.init))
    let g = zip(gradient.values, slope.values).map { Double($0) * (hasSlope ? Double($1) : 1) }
    let (weightBefore, biasBefore) = (toWeight.values.map(Double.init), toBias.values.map(Double.init))
    let toInput = LinearMap.backward(
      gradient.copy(), slope: hasSlope ? slope : nil, input: x, weight: weight, weightGradient: toWeight,
      biasGradient: toBias, wantsInput: true)
    let ofInput = product(rows, inputs, outputs) {
      g[$0 * outputs + $1]
    } _: {
      w[$0 * inputs + $1]
    }
    let ofWeight = product(outputs, inputs, rows) {
      g[$1 * outputs + $0]
    } _: {
      a[$0 * inputs + $1]
    }
    let ofBias = (0..<outputs).map { output in (0..<rows).reduce(0) { $0 + g[$1 * outputs + output] } }
    #expect(relativeError(toInput?.values ?? [], ofInput) < 3e-6)
    #expect(relativeError(toWeight, zip(weightBefore, ofWeight).map { $0 + $1 }) < 3e-6)
    #expect(relativeError(toBias, zip(biasBefore, ofBias).map { $0 + $1 }) < 3e-6)
  }

  @Test("Nothing is returned where the input's gradient is not wanted", arguments: [5, 400])
  func noInputGradient(rows: Int) {
    let toWeight = Tensor(zeros: [6, 4])
    let result = LinearMap.backward(
      sample([rows, 6]), slope: nil, input: sample([rows, 4]), weight: sample([6, 4]),
      weightGradient: toWeight, biasGradient: nil, wantsInput: false)
    #expect(result?.count == nil)
    #expect(toWeight.values.contains { $0 != 0 })
  }
}
