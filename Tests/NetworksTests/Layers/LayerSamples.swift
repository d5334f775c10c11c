import Kernels
import Networks

/// Normal values that depend on the shape and the seed only.
func sample(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
  var random = RandomStream(seed: seed, name: "\(shape)")
  return Tensor((0..<shape.reduce(1, *)).map { _ in random.normal() }, shape: shape)
}

/// Layers with fresh weights.
func fresh<Layer>(_ construct: (ParameterBuilder) throws -> Layer) throws -> (Layer, ParameterStore) {
  try ParameterStore.build(.fresh(RandomStream(seed: 3, name: "weights")), construct)
}
