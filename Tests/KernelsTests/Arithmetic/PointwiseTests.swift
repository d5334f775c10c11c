import Foundation
import TestSupport
import Testing

@testable import Kernels

@Suite("Pointwise operations") struct PointwiseTests {
  private let shape = [3, 5, 7, 3]

  @Test("ReLU keeps what is positive")
  func relu() {
    let x = sample(shape)
    #expect(Pointwise.relu(x).values == x.values.map { max($0, 0) })
  }

  @Test("What is not a number stays so through a ReLU, so that divergence is seen")
  func reluOfNaN() {
    let x = Tensor([.nan, -1, 2, -.infinity, .infinity], shape: [5])
    let y = Pointwise.relu(x).values
    #expect(y[0].isNaN)
    #expect(Array(y[1...]) == [0, 2, 0, .infinity])
  }

  @Test("Operands may lie in different layouts")
  func layouts() {
    let (x, y) = (sample(shape, seed: 1), sample(shape, seed: 2))
    let expected = zip(x.values, y.values).map { $0 + $1 }
    #expect(Pointwise.sum(x, y.blocked()).values == expected)
    #expect(Pointwise.sum(x.blocked(), y).values == expected)
    #expect(Pointwise.product(x.blocked(), y).values == zip(x.values, y.values).map { $0 * $1 })
    let target = x.copy()
    Pointwise.add(y.blocked(), to: target)
    #expect(target.values == expected)
  }

  @Test("A factor multiplies every value")
  func scaled() {
    let x = sample([37])
    #expect(Pointwise.scaled(x, by: -3).values == x.values.map { $0 * -3 })
  }

  @Test("The gradient of tanh is 1 - tanh²")
  func tanhGradient() {
    let (x, upstream) = (sample([37], seed: 1), sample([37], seed: 2))
    let gradient = upstream.copy()
    Pointwise.activationGradient(gradient, output: Pointwise.tanh(x), .tanh)
    let expected = zip(x.values, upstream.values).map { x, g in
      Double(g) * (1 - pow(Foundation.tanh(Double(x)), 2))
    }
    #expect(relativeError(gradient, expected) < 1e-6)
  }

  @Test("The gradient of ReLU is zero where the output is zero")
  func reluGradient() {
    let gradient = Tensor([1, 2, 3, 4], shape: [4])
    Pointwise.activationGradient(gradient, output: Tensor([0, 1, 0, 2], shape: [4]), .relu)
    #expect(gradient.values == [0, 2, 0, 4])
  }

  @Test("A projected sign step stays within the bound around the center and within the range")
  func projectedSignStep() {
    let moved = Pointwise.projectedSignStep(
      Tensor([0.5, 0.5, 0.5, 0.58, 0.99], shape: [5]), direction: Tensor([3, -2, 0, 1, 1], shape: [5]),
      step: 0.05, center: Tensor([0.5, 0.5, 0.5, 0.5, 0.99], shape: [5]), bound: 0.1, low: 0, high: 1)
    let expected = [0.55, 0.45, 0.5, 0.6, 1]
    #expect(relativeError(moved, expected) < 1e-6)
  }

  @Test("The first value that is not finite, or below zero where that is refused, is found")
  func firstUnusable() {
    #expect(Pointwise.firstUnusable(Tensor([1, -1, 0], shape: [3])) == nil)
    #expect(Pointwise.firstUnusable(Tensor([1, -1, 0], shape: [3]), isNegativeRefused: true) == 1)
    #expect(Pointwise.firstUnusable(Tensor([1, -.infinity, .nan], shape: [3])) == 1)
    #expect(Pointwise.relu(Tensor([.nan, -1], shape: [2])).values[0].isNaN)
  }
}
