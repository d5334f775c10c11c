import Autodiff
import Foundation
import Kernels
import Networks
import TestSupport
import Testing

@testable import Contrastive

@Suite(.serialized) struct MoCoTests {
  private func learner(_ configuration: MoCoConfiguration, seed: UInt64 = 1) throws -> MoCo {
    let (network, store) = try Tiny.network(seed: seed)
    return MoCo(
      configuration, network: network, store: store, width: 8, random: RandomStream(seed: 1, name: "queue"))
  }

  private func configuration(queue: Int = 8, momentum: Double = 0.9, groups: Int = 1) -> MoCoConfiguration {
    MoCoConfiguration(queueSize: queue, keyMomentum: momentum, temperature: 0.2, normGroups: groups)
  }

  private let random = RandomStream(seed: 9, name: "steps")
  private let first = Tiny.views(4, "first")
  private let second = Tiny.views(4, "second")

  private func step(_ moco: MoCo, _ optimiser: OptimiserState) -> StepResult {
    let result = moco.gradients(first: first, second: second, random: random)
    optimiser.update(moco.store, learningRate: 0.05)
    moco.didUpdate()
    return result
  }

  /// Unit projections of views by a copy of a store, in training phase and one group.
  private func projections(_ moco: MoCo, _ store: ParameterStore, _ views: Tensor) -> [[Float]] {
    let pass = Pass(store.copy(), .training, tape: Tape(recording: false))
    return rows(moco.network.project(pass.tape.constant(views), pass).value).map(unit)
  }

  @Test("After building, the key encoder equals the query encoder bit for bit, projection head included")
  func keyEqualsQuery() throws {
    let moco = try learner(configuration())
    let (query, key) = (moco.store.tensors, moco.keyStore.tensors)
    #expect(Set(query.keys) == Set(key.keys))
    #expect(query.keys.contains { $0.hasPrefix("head.") })
    for (name, tensor) in query { #expect(key[name]?.values == tensor.values) }
  }

  @Test("With key momentum 1 the weights of the key encoder never move")
  func keyStands() throws {
    let moco = try learner(configuration(momentum: 1))
    let before = moco.keyStore.weights.values
    let optimiser = OptimiserState(.adam(), for: moco.store)
    for _ in 0..<3 { _ = step(moco, optimiser) }
    #expect(moco.keyStore.weights.values == before)
    #expect(moco.store.weights.values != before)
  }

  @Test("With key momentum 0 the key encoder has the query encoder's weights of the step before")
  func keyFollows() throws {
    let moco = try learner(configuration(momentum: 0))
    let optimiser = OptimiserState(.adam(), for: moco.store)
    var before = moco.store.weights.values
    for _ in 0..<3 {
      _ = step(moco, optimiser)
      #expect(moco.keyStore.weights.values == before)
      before = moco.store.weights.values
    }
  }

  @Test("In between, a key weight is the average of itself and the query encoder's")
  func keyAverages() throws {
    let moco = try learner(configuration(momentum: 0.9))
    let optimiser = OptimiserState(.adam(), for: moco.store)
    _ = step(moco, optimiser)
    let (key, query) = (moco.keyStore.weights.values, moco.store.weights.values)
    _ = step(moco, optimiser)
    let expected = zip(key, query).map { Float(0.9 * Double($0) + 0.1 * Double($1)) }
    #expect(largestDifference(moco.keyStore.weights.values, expected) < 1e-6)
  }

  @Test("The first loss is that of the definition", arguments: [1, 3, 4, 7])
  func firstLoss(queue: Int) throws {
    let moco = try learner(configuration(queue: queue))
    let negatives = rows(moco.queue.keys)
    let queries = projections(moco, moco.store, first)
    let keys = projections(moco, moco.keyStore, second)
    var (loss, right) = (0.0, 0)
    for (query, key) in zip(queries, keys) {
      let logits = ([key] + negatives).map { dot(query, $0) / 0.2 }
      loss += log(logits.reduce(0) { $0 + exp($1) }) - logits[0]
      if logits.dropFirst().allSatisfy({ $0 < logits[0] }) { right += 1 }
    }
    let result = moco.gradients(first: first, second: second, random: random)
    #expect(abs(Double(result.loss) - loss / 4) < 1e-4)
    #expect(result.accuracy == Float(right) / 4)
  }

  @Test("Keys join the queue after the step, not before its loss")
  func enqueuesAfterwards() throws {
    let moco = try learner(configuration(queue: 6))
    let before = moco.queue.keys.values
    _ = moco.gradients(first: first, second: second, random: random)
    #expect(moco.queue.keys.values == before)
    moco.didUpdate()
    let keys = projections(moco, moco.keyStore, second).flatMap { $0 }
    #expect(largestDifference(Array(moco.queue.keys.values.prefix(32)), keys) < 1e-4)
    #expect(Array(moco.queue.keys.values.suffix(16)) == Array(before.suffix(16)))
  }

  @Test("Shuffled over groups of batch norm, each key comes back to its query's place")
  func shuffles() throws {
    let moco = try learner(configuration(groups: 2))
    var stream = random
    let order = stream.permutation(4)
    #expect(order != [0, 1, 2, 3])
    let images = rows(second.reshaped([4, 768]))
    var expected = [[Float]](repeating: [], count: 4)
    for group in [Array(order[0..<2]), Array(order[2..<4])] {
      let views = Tensor(group.flatMap { images[$0] }, shape: [2, 3, 16, 16])
      for (image, key) in zip(group, projections(moco, moco.keyStore, views)) { expected[image] = key }
    }
    _ = moco.gradients(first: first, second: second, random: random)
    moco.didUpdate()
    let keys = rows(moco.queue.keys).prefix(4)
    for (key, wanted) in zip(keys, expected) { #expect(largestDifference(key, wanted) < 1e-3) }
  }

  @Test("A learner that takes over what another held goes on as it does")
  func restores() throws {
    let moco = try learner(configuration())
    let optimiser = OptimiserState(.adam(), for: moco.store)
    _ = step(moco, optimiser)
    let other = try learner(configuration(), seed: 5)
    try other.restore(moco.tensors.mapValues { $0.copy() }, counters: moco.counters, file: "state")
    other.store.copyValues(from: moco.store)
    let losses = [moco, other].map { $0.gradients(first: first, second: second, random: random).loss }
    #expect(losses[0] == losses[1])
  }

  @Test("A saved learner that lacks a tensor, or has a cursor outside its queue, is refused by name")
  func refusesDamaged() throws {
    let moco = try learner(configuration())
    var lacking = moco.tensors
    lacking["queue"] = nil
    #expect(throws: ParameterError.missing(name: "queue", expected: [8, 8], file: "state")) {
      try moco.restore(lacking, counters: moco.counters, file: "state")
    }
    #expect(throws: ParameterError.self) {
      try moco.restore(moco.tensors, counters: ["queueCursor": 8], file: "state")
    }
  }
}
