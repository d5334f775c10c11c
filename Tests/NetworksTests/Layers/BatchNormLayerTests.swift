import Autodiff
import Kernels
import TestSupport
import Testing

@testable import Networks

@Suite("Batch norm layer") struct BatchNormLayerTests {
  private let x = sample([8, 5, 3, 3])

  private func run(
    _ layer: BatchNormLayer, _ store: ParameterStore, _ phase: Phase, groups: Int = 1
  ) -> Tensor {
    let tape = Tape()
    return layer(tape.constant(x), Pass(store, phase, tape: tape, normGroups: groups)).value
  }

  @Test("It declares gain, shift and running statistics under torchvision's names")
  func names() throws {
    let (_, store) = try fresh { try BatchNormLayer($0.at("bn1"), channels: 5) }
    #expect(store.parameters.map(\.name) == ["bn1.weight", "bn1.bias"])
    #expect(store.statistics.map(\.name) == ["bn1.running_mean", "bn1.running_var"])
  }

  @Test("Training moves the running statistics by a tenth towards the batch's")
  func running() throws {
    let (layer, store) = try fresh { try BatchNormLayer($0, channels: 5) }
    _ = run(layer, store, .training)
    let batch = BatchStatistics(of: x, groups: 1, epsilon: 1e-5)
    #expect(
      largestDifference(
        store.statistic(layer.runningMean).values, batch.batchMean.values.map { 0.1 * $0 }) < 1e-6)
    #expect(
      largestDifference(
        store.statistic(layer.runningVariance).values, batch.batchVariance.values.map { 0.9 + 0.1 * $0 })
        < 1e-6)
  }

  @Test("Inference leaves the running statistics as they are and is near the identity at first")
  func inference() throws {
    let (layer, store) = try fresh { try BatchNormLayer($0, channels: 5) }
    let output = run(layer, store, .inference)
    #expect(store.statistic(layer.runningMean).values == [0, 0, 0, 0, 0])
    #expect(store.statistic(layer.runningVariance).values == [1, 1, 1, 1, 1])
    #expect(largestDifference(output.values, x.values) < 1e-4)
  }

  @Test("In training each of the groups has mean 0 and variance 1", arguments: [1, 2, 4])
  func groups(count: Int) throws {
    let (layer, store) = try fresh { try BatchNormLayer($0, channels: 5) }
    let output = run(layer, store, .training, groups: count)
    let statistics = (0..<count).map { group in
      BatchStatistics(of: output.rows(group * 8 / count..<(group + 1) * 8 / count), groups: 1, epsilon: 1e-5)
    }
    let size = Float(72 / count)
    for one in statistics {
      #expect(largestDifference(one.batchMean.values, [0, 0, 0, 0, 0]) < 1e-5)
      #expect(
        largestDifference(
          one.batchVariance.values.map { $0 * (size - 1) / size }, [1, 1, 1, 1, 1]) < 1e-4)
    }
  }

  @Test("Resuming from a layer's tensors gives the same output")
  func restored() throws {
    let (layer, store) = try fresh { try BatchNormLayer($0, channels: 5) }
    _ = run(layer, store, .training)
    let (again, copy) = try ParameterStore.build(.tensors(store.tensors, file: "store")) {
      try BatchNormLayer($0, channels: 5)
    }
    #expect(run(again, copy, .inference).values == run(layer, store, .inference).values)
  }
}
