import Files
import Autodiff
import Kernels
import Networks

/// MoCo v1: He et al., "Momentum contrast for unsupervised visual representation learning", CVPR 2020.
public struct MoCoConfiguration: Sendable, Codable, Equatable, Validated {
  /// Keys of past batches that serve as negatives, up to 2^24; 4096 in the paper.
  public var queueSize: Int
  /// The share of its own weights that the key encoder keeps at each step, in [0, 1]; 0.99 in the paper.
  public var keyMomentum: Double
  /// The fixed divisor of similarities, above 0; 0.1 in the paper.
  public var temperature: Float
  /// Parts of a batch that batch norm treats by themselves, over which keys are shuffled; 8 in the paper, 1 for none.
  public var normGroups: Int

  /// MoCo by its constants.
  public init(
    queueSize: Int = 4096, keyMomentum: Double = 0.99, temperature: Float = 0.1, normGroups: Int = 8
  ) {
    (self.queueSize, self.keyMomentum) = (queueSize, keyMomentum)
    (self.temperature, self.normGroups) = (temperature, normGroups)
  }

  /// - Throws: `InvalidSetting` if a constant is out of its range.
  public func validate() throws(InvalidSetting) {
    try require((1...1 << 24).contains(queueSize), "queueSize", queueSize, "in 1...\(1 << 24)")
    try require((0...1).contains(keyMomentum), "keyMomentum", keyMomentum, "in [0, 1]")
    try require(temperature > 0 && temperature.isFinite, "temperature", temperature, "above 0")
    try require(normGroups >= 1, "normGroups", normGroups, "at least 1")
  }
}

/// Trains a query encoder against a key encoder, which follows it slowly, and a queue of past keys.
///
/// The loss is asymmetric: first views are queries, second views keys.
final class MoCo: Learner {
  let network: ContrastiveNetwork
  let store: ParameterStore
  /// The key encoder's parameters, projection head included: at first a copy of the query encoder's.
  let keyStore: ParameterStore
  let queue: KeyQueue
  private let configuration: MoCoConfiguration
  private var newKeys: Tensor?

  init(
    _ configuration: MoCoConfiguration, network: ContrastiveNetwork, store: ParameterStore, width: Int,
    random: RandomStream
  ) {
    (self.configuration, self.network, self.store) = (configuration, network, store)
    keyStore = store.copy()
    queue = KeyQueue(size: configuration.queueSize, width: width, random: random)
  }

  func gradients(_ batch: StepBatch, random: RandomStream) -> StepResult {
    gradients(first: batch.views[0], second: batch.views[1], random: random)
  }

  func gradients(first: Tensor, second: Tensor, random: RandomStream) -> StepResult {
    let keys = keys(of: second, random: random)
    let tape = Tape()
    let pass = Pass(store, .training, tape: tape, normGroups: configuration.normGroups)
    let queries = network.project(tape.constant(first), pass)
    let loss = tape.infoNCE(
      queries: queries, keys: keys, queue: queue.keys, temperature: configuration.temperature)
    store.clearGradients()
    tape.backward(from: loss.variable)
    newKeys = keys
    return StepResult(loss: loss.value, accuracy: loss.accuracy)
  }

  /// Unit keys of views, from the key encoder after it has moved towards the query encoder.
  private func keys(of views: Tensor, random: RandomStream) -> Tensor {
    keyStore.averageWeights(towards: store, keeping: configuration.keyMomentum)
    let pass = Pass(
      keyStore, .training, tape: Tape(recording: false), normGroups: configuration.normGroups)
    guard configuration.normGroups > 1 else {
      return Rows.normalised(network.project(pass.tape.constant(views), pass).value).unit
    }
    // Shuffled, a key and its query are normalised with different images, so that the statistics they share with
    // their batch do not give the pair away.
    var random = random
    let order = random.permutation(views.shape[0])
    var places = order
    for (place, image) in order.enumerated() { places[image] = place }
    let shape = views.shape
    let flat = views.reshaped([shape[0], shape[1] * shape[2] * shape[3]])
    let shuffled = Rows.gathered(flat, order).reshaped(shape)
    let keys = network.project(pass.tape.constant(shuffled), pass).value
    return Rows.normalised(Rows.gathered(keys, places)).unit
  }

  func didUpdate() {
    if let newKeys { queue.enqueue(newKeys) }
    newKeys = nil
  }

  var tensors: [String: Tensor] { ["queue": queue.keys].merging(keyStore.tensors.under("key")) { $1 } }
  var counters: [String: Int] { ["queueCursor": queue.cursor] }

  func restore(_ tensors: [String: Tensor], counters: [String: Int], file: String) throws {
    let saved = try required("queue", like: queue.keys, in: tensors, file: file)
    var found: [(Tensor, Tensor)] = []
    for (name, tensor) in keyStore.tensors {
      found.append((tensor, try required("key.\(name)", like: tensor, in: tensors, file: file)))
    }
    let cursor = counters["queueCursor"] ?? 0
    guard (0..<queue.keys.shape[0]).contains(cursor) else {
      throw ParameterError.misshapen(
        name: "queueCursor", expected: [queue.keys.shape[0]], found: [cursor], file: file)
    }
    for (tensor, saved) in found { tensor.assign(saved) }
    keyStore.markChanged()
    queue.restore(saved, cursor: cursor)
  }
}
