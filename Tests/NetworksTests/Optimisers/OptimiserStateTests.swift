import Files
import Kernels
import TestSupport
import Testing

@testable import Networks

struct OptimiserStateTests {
  private struct Settings: Decodable {
    let learningRate: Double
    let sgdMomentum, weightDecay, beta1, beta2, epsilon: Double?
    let largestDeviation: Float
  }

  private func store(_ values: [Float]) throws -> ParameterStore {
    let (parameter, store) = try ParameterStore.build(.fresh(RandomStream(seed: 1, name: "weights"))) {
      try $0.parameter("weight", [values.count], .constant(0))
    }
    store.weight(parameter).assign(values)
    return store
  }

  @Test("Six steps equal PyTorch's", arguments: ["sgd", "adam", "adamPlain", "adamW"])
  func golden(name: String) throws {
    let golden = try Golden("optimisers")
    let settings = try golden.settings(name, as: Settings.self)
    let decay = settings.weightDecay ?? 0
    let optimiser: Optimiser
    switch name {
    case "sgd":
      optimiser = .sgd(momentum: try #require(settings.sgdMomentum), weightDecay: decay)
    case "adamW":
      optimiser = .adamW(
        beta1: try #require(settings.beta1), beta2: try #require(settings.beta2),
        epsilon: try #require(settings.epsilon), weightDecay: decay)
    default:
      optimiser = .adam(
        beta1: try #require(settings.beta1), beta2: try #require(settings.beta2),
        epsilon: try #require(settings.epsilon), weightDecay: decay)
    }
    let store = try store(try golden.values("parameter"))
    let state = OptimiserState(optimiser, for: store)
    let (gradients, expected) = (try golden.tensor("gradients"), try golden.tensor("\(name)/values"))
    for step in 0..<gradients.shape[0] {
      store.gradients.assign(gradients.rows(step..<step + 1).values)
      state.update(store, learningRate: settings.learningRate)
      let difference = largestDifference(store.weights.values, expected.rows(step..<step + 1).values)
      // PyTorch's own distance from double precision, with room for another order of rounding.
      #expect(difference <= 4 * settings.largestDeviation, "step \(step)")
    }
  }

  @Test("Nesterov's correction takes the gradient and what the velocity will be")
  func nesterov() throws {
    let store = try store([1])
    let state = OptimiserState(.sgd(momentum: 0.5, nesterov: true), for: store)
    fill(store.gradients, with: 2)
    state.update(store, learningRate: 0.25)  // v = 2; w = 1 - 0.25 (2 + 1)
    #expect(store.weights.values == [0.25])
    state.update(store, learningRate: 0.25)  // v = 3; w = 0.25 - 0.25 (2 + 1.5)
    #expect(store.weights.values == [-0.625])
  }

  @Test("AdamW can spare gains: with no gradient they stay while the others shrink")
  func sparesGains() throws {
    let (layer, store) = try ParameterStore.build(.fresh(RandomStream(seed: 1, name: "weights"))) {
      try ToyLayer($0)
    }
    let before = store.copy()
    OptimiserState(.adamW(weightDecay: 0.5, sparesGains: true), for: store).update(store, learningRate: 0.5)
    #expect(store.weight(layer.gain).values == before.weight(layer.gain).values)
    #expect(store.weight(layer.weight).values == before.weight(layer.weight).values.map { $0 * 0.75 })
  }

  @Test("A restored optimiser goes on bit for bit", arguments: [Optimiser.sgd(), .adam(), .adamW()])
  func resumes(optimiser: Optimiser) throws {
    let store = try store((0..<50).map { Float($0) / 10 })
    let state = OptimiserState(optimiser, for: store)
    func step(_ state: OptimiserState, _ store: ParameterStore, _ index: Int) {
      store.gradients.assign((0..<50).map { Float(($0 * 7 + index * 13) % 11) - 5 })
      state.update(store, learningRate: 0.01)
    }
    for index in 0..<3 { step(state, store, index) }
    let other = store.copy()
    let restored = OptimiserState(optimiser, for: other)
    try restored.restore(state.tensors, step: state.step, file: "t")
    for index in 3..<6 {
      step(state, store, index)
      step(restored, other, index)
    }
    #expect(store.weights.values.map(\.bitPattern) == other.weights.values.map(\.bitPattern))
  }

  @Test("A saved state of another network is refused and nothing changes")
  func refusesMisfit() throws {
    let (small, large) = (try store([1, 2]), try store([1, 2, 3]))
    let saved = OptimiserState(.sgd(), for: large)
    let state = OptimiserState(.sgd(), for: small)
    #expect(
      throws: ParameterError.misshapen(name: "velocity", expected: [2], found: [3], file: "t.safetensors")
    ) { try state.restore(saved.tensors, step: 4, file: "t.safetensors") }
    #expect(
      throws: ParameterError.missing(name: "velocity", expected: [2], file: "t.safetensors")
    ) { try state.restore([:], step: 4, file: "t.safetensors") }
    #expect(state.step == 0)
  }

  @Test("A step counts as a change of the store")
  func marksChange() throws {
    let store = try store([1])
    let version = store.version
    OptimiserState(.sgd(), for: store).update(store, learningRate: 0.1)
    #expect(store.version > version)
  }
}
