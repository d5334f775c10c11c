import Kernels
import Testing

@testable import Networks

struct GradientsTests {
  private func store() throws -> ParameterStore {
    try ParameterStore.build(.fresh(RandomStream(seed: 1, name: "weights"))) { builder in
      (try builder.parameter("a", [1], .constant(1)), try builder.parameter("b", [1], .constant(2)))
    }.1
  }

  @Test("Gradients of norm 5 are clipped to norm 1 over all parameters together")
  func clips() throws {
    let store = try store()
    store.gradient(store.parameters[0]).assign([3])
    store.gradient(store.parameters[1]).assign([-4])
    #expect(store.clipGradients(toNorm: 1) == 5)
    #expect(abs(store.gradientNorm - 1) < 1e-6)
    #expect(abs(store.gradient(store.parameters[0]).scalar - 0.6) < 1e-6)
  }

  @Test("Gradients within the bound stay bit for bit")
  func leavesSmallGradients() throws {
    let store = try store()
    store.gradient(store.parameters[0]).assign([0.3])
    #expect(store.clipGradients(toNorm: 1) == Double(Float(0.3)))
    #expect(store.gradient(store.parameters[0]).scalar == 0.3)
  }

  @Test("The key encoder's weights follow by (1 - m) and count as changed")
  func averages() throws {
    let (key, query) = (try store(), try store())
    fill(query.weights, with: 4)
    let version = key.version
    key.averageWeights(towards: query, keeping: 0.75)
    #expect(key.weight(key.parameters[0]).scalar == 1.75)
    #expect(key.weight(key.parameters[1]).scalar == 2.5)
    #expect(key.version > version)
  }
}
