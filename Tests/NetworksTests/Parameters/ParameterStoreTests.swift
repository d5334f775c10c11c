import Kernels
import Testing

@testable import Networks

/// A layer of three parameters and a statistic, as the tests need it.
struct ToyLayer {
  let weight, bias, gain, mean: Parameter

  init(_ builder: ParameterBuilder, width: Int = 5) throws {
    weight = try builder.at("linear").parameter("weight", [width, 3], .standard(fanIn: 3))
    bias = try builder.at("linear").parameter("bias", [width], .constant(0), isDecayed: false)
    gain = try builder.at("norm").parameter("gain", [width], .normal(deviation: 1), isDecayed: false)
    mean = try builder.at("norm").statistic("mean", [width], value: 0.5)
  }
}

struct ParameterStoreTests {
  private let source = ParameterSource.fresh(RandomStream(seed: 1, name: "weights"))

  @Test("Names are construction paths, in the order of construction")
  func names() throws {
    let (_, store) = try ParameterStore.build(source) { try ToyLayer($0.at("layer1").at("0")) }
    #expect(
      store.parameters.map(\.name) == [
        "layer1.0.linear.weight", "layer1.0.linear.bias", "layer1.0.norm.gain",
      ])
    #expect(store.statistics.map(\.name) == ["layer1.0.norm.mean"])
  }

  @Test("Parameters do not overlap, begin at multiples of the alignment, and zeros lie between them")
  func ranges() throws {
    let (_, store) = try ParameterStore.build(source) { try ToyLayer($0) }
    var covered: Set<Int> = []
    for parameter in store.parameters {
      #expect(parameter.range.lowerBound % ParameterStore.alignment == 0)
      #expect(parameter.range.count == parameter.shape.reduce(1, *))
      #expect(covered.isDisjoint(with: parameter.range))
      covered.formUnion(parameter.range)
    }
    let values = store.weights.values
    #expect(values.indices.allSatisfy { covered.contains($0) || values[$0] == 0 })
  }

  @Test("A layer more does not change the fresh values of the others, another seed does")
  func freshValuesDependOnNames() throws {
    let (alone, first) = try ParameterStore.build(source) { try ToyLayer($0.at("b")) }
    let (pair, second) = try ParameterStore.build(source) { builder in
      (try ToyLayer(builder.at("a")), try ToyLayer(builder.at("b")))
    }
    let other = ParameterSource.fresh(RandomStream(seed: 2, name: "weights"))
    let (_, third) = try ParameterStore.build(other) { try ToyLayer($0.at("b")) }
    #expect(first.weight(alone.weight).values == second.weight(pair.1.weight).values)
    #expect(first.weight(alone.weight).values != second.weight(pair.0.weight).values)
    #expect(first.weight(alone.weight).values != third.weight(alone.weight).values)
  }

  @Test("What is written through a window is seen in the arena and in the next window")
  func windowsShareMemory() throws {
    let (layer, store) = try ParameterStore.build(source) { try ToyLayer($0) }
    store.weight(layer.bias).assign([1, 2, 3, 4, 5])
    store.gradient(layer.bias).assign([6, 7, 8, 9, 10])
    #expect(store.weight(layer.bias).values == [1, 2, 3, 4, 5])
    #expect(Array(store.weights.values[layer.bias.range]) == [1, 2, 3, 4, 5])
    #expect(Array(store.gradients.values[layer.bias.range]) == [6, 7, 8, 9, 10])
    #expect(store.statistic(layer.mean).values == [0.5, 0.5, 0.5, 0.5, 0.5])
    store.clearGradients()
    #expect(store.gradients.values.allSatisfy { $0 == 0 })
  }

  @Test("A copy has the same values in memory of its own and no gradients")
  func copies() throws {
    let (layer, store) = try ParameterStore.build(source) { try ToyLayer($0) }
    fill(store.gradients, with: 1)
    let copy = store.copy()
    #expect(copy.weights.values.map(\.bitPattern) == store.weights.values.map(\.bitPattern))
    #expect(copy.runningStatistics.values == store.runningStatistics.values)
    #expect(copy.gradients.values.allSatisfy { $0 == 0 })
    store.weight(layer.bias).assign([9, 9, 9, 9, 9])
    #expect(copy.weight(layer.bias).values == [0, 0, 0, 0, 0])
  }

  @Test("Taking over values copies weights and statistics and counts as a change")
  func copiesValues() throws {
    let (layer, store) = try ParameterStore.build(source) { try ToyLayer($0) }
    let other = store.copy()
    fill(store.weights, with: 3)
    store.statistic(layer.mean).assign([1, 2, 3, 4, 5])
    let version = other.version
    other.copyValues(from: store)
    #expect(other.weights.values == store.weights.values)
    #expect(other.statistic(layer.mean).values == [1, 2, 3, 4, 5])
    #expect(other.version > version)
  }

  @Test("Only parameters that decay are in the decayed ranges")
  func decayedRanges() throws {
    let (layer, store) = try ParameterStore.build(source) { try ToyLayer($0) }
    #expect(store.decayedRanges == [layer.weight.range])
  }
}
