import Kernels
import Testing

@testable import Networks

struct ParameterBuilderTests {
  private func tensors(width: Int = 5) throws -> [String: Tensor] {
    let source = ParameterSource.fresh(RandomStream(seed: 1, name: "weights"))
    return try ParameterStore.build(source) { try ToyLayer($0.at("head"), width: width) }.1.tensors
  }

  private func build(_ tensors: [String: Tensor]) throws -> ParameterStore {
    try ParameterStore.build(.tensors(tensors, file: "w.safetensors")) { try ToyLayer($0.at("head")) }.1
  }

  @Test("A store built from another's tensors has the same values, in memory of its own")
  func buildsFromTensors() throws {
    let tensors = try tensors()
    let store = try build(tensors)
    for (name, tensor) in store.tensors { #expect(tensor.values == tensors[name]?.values) }
    fill(store.weights, with: 0)
    #expect(tensors["head.linear.weight"]?.values.contains { $0 != 0 } == true)
  }

  @Test("A missing parameter is named with its full path, its shape and the file")
  func missing() throws {
    var tensors = try tensors()
    tensors["head.norm.gain"] = nil
    let error = ParameterError.missing(name: "head.norm.gain", expected: [5], file: "w.safetensors")
    #expect(throws: error) { try build(tensors) }
    #expect(error.description.contains("w.safetensors") && error.description.contains("“head.norm.gain”"))
    #expect(error.description.contains("[5]"))
    #expect(error.localizedDescription == error.description)
  }

  @Test("A missing running statistic is an error as well")
  func missingStatistic() throws {
    var tensors = try tensors()
    tensors["head.norm.mean"] = nil
    #expect(throws: ParameterError.missing(name: "head.norm.mean", expected: [5], file: "w.safetensors")) {
      try build(tensors)
    }
  }

  @Test("A misshapen parameter is named with both shapes")
  func misshapen() throws {
    let wide = try tensors(width: 6)
    #expect(
      throws: ParameterError.misshapen(
        name: "head.linear.weight", expected: [5, 3], found: [6, 3], file: "w.safetensors")
    ) { try build(wide) }
  }

  @Test("Tensors that no layer asks for are listed")
  func unused() throws {
    var tensors = try tensors()
    tensors["head.z"] = Tensor([1], shape: [1])
    tensors["head.a"] = Tensor([1], shape: [1])
    #expect(throws: ParameterError.unused(names: ["head.a", "head.z"], file: "w.safetensors")) {
      try build(tensors)
    }
  }

  @Test(
    "A value that is not finite is refused with tensor, place and file",
    arguments: [Float.nan, .infinity, -.infinity])
  func notFinite(value: Float) throws {
    var tensors = try tensors()
    tensors["head.norm.gain"] = Tensor([1, 1, value, 1, 1], shape: [5])
    let error = #expect(throws: ParameterError.self) { try build(tensors) }
    #expect(
      error?.description.contains("w.safetensors: value 2 of tensor “head.norm.gain” is \(value)") == true)
  }

  @Test("A running variance below zero is refused, a running mean is not")
  func negativeVariance() throws {
    func store(_ source: ParameterSource) throws -> ParameterStore {
      try ParameterStore.build(source) { try BatchNormLayer($0.at("norm"), channels: 2) }.1
    }
    var tensors = try store(.fresh(RandomStream(seed: 1, name: "weights"))).tensors
    tensors["norm.running_mean"] = Tensor([-1, 0], shape: [2])
    _ = try store(.tensors(tensors, file: "w"))
    tensors["norm.running_var"] = Tensor([1, -0.5], shape: [2])
    #expect(throws: ParameterError.unusable(name: "norm.running_var", value: -0.5, index: 1, file: "w")) {
      try store(.tensors(tensors, file: "w"))
    }
  }

  @Test("PyTorch's counts of batches are ignored by name")
  func batchCounts() throws {
    var tensors = try tensors()
    tensors["head.norm.num_batches_tracked"] = Tensor([7], shape: [1])
    _ = try build(tensors)
  }
}
