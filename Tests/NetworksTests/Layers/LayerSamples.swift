import Networks

/// Layers with fresh weights.
func fresh<Layer>(_ construct: (ParameterBuilder) throws -> Layer) throws -> (Layer, ParameterStore) {
  try ParameterStore.build(.fresh(RandomStream(seed: 3, name: "weights")), construct)
}
