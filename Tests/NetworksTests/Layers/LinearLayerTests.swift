import Autodiff
import Kernels
import Testing

@testable import Networks

@Suite("Linear layer") struct LinearLayerTests {
  @Test("It computes x·Wᵀ + b with the store's weights")
  func value() throws {
    let tensors = [
      "weight": Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]), "bias": Tensor([10, 20], shape: [2]),
    ]
    let (layer, store) = try ParameterStore.build(.tensors(tensors, file: "weights")) {
      try LinearLayer($0, inputs: 3, outputs: 2)
    }
    let pass = Pass.inference(store)
    let output = layer(pass.tape.constant(Tensor([1, 0, -1, 2, 2, 2], shape: [2, 3])), pass)
    #expect(output.value.values == [8, 18, 22, 50])
  }

  @Test("Fresh weights and biases lie within 1/sqrt(inputs), and biases are not decayed")
  func initial() throws {
    let (_, store) = try fresh { try LinearLayer($0, inputs: 25, outputs: 40) }
    #expect(store.weights.values.allSatisfy { abs($0) <= 0.2 })
    #expect(store.weights.values.contains { abs($0) > 0.15 })
    #expect(store.parameters.map(\.isDecayed) == [true, false])
  }

  @Test("Without a bias there is one parameter")
  func noBias() throws {
    let (_, store) = try fresh { try LinearLayer($0, inputs: 3, outputs: 2, hasBias: false) }
    #expect(store.parameters.map(\.name) == ["weight"])
  }
}
