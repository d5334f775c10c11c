import Foundation
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
}
