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
  let group: ProcessGroup
  private let configuration: MoCoConfiguration
  private var newKeys: Tensor?

  init(
    _ configuration: MoCoConfiguration, network: ContrastiveNetwork, store: ParameterStore, width: Int,
    random: RandomStream, group: ProcessGroup = .alone
  ) {
    (self.configuration, self.network, self.store) = (configuration, network, store)
    self.group = group
    keyStore = store.copy()
    queue = KeyQueue(size: configuration.queueSize, width: width, random: random)
  }

  /// The order in which the keys of a batch are made.
  ///
  /// Shuffled, a key and its query are normalised with different images, so that the statistics they share with their
  /// batch do not give the pair away.
  private func keyOrder(of total: Int, _ random: RandomStream) -> [Int] {
    guard configuration.normGroups > 1 else { return Array(0..<total) }
    var random = random
    return random.permutation(total)
  }

  /// First views of the own images, second views of the own share of the keys: other processes' images among them are
  /// read here too, which costs less than sending them.
  func places(of total: Int, random: RandomStream) -> [[Int]] {
    let share = group.share(of: total)
    return [Array(share), Array(keyOrder(of: total, random)[share])]
  }

  func gradients(_ batch: StepBatch, random: RandomStream) -> StepResult {
    let (share, total) = (group.share(of: batch.total), batch.total)
    let keys = keys(of: batch.views[1], order: keyOrder(of: total, random))
    let tape = Tape()
    let pass = Pass(store, .training, tape: tape, normGroups: ownNormGroups(configuration.normGroups))
    let queries = network.project(tape.constant(batch.views[0]), pass)
    let loss = tape.infoNCE(
      queries: queries, keys: keys.rows(share), queue: queue.keys, temperature: configuration.temperature)
    store.clearGradients()
    newKeys = keys
    guard group.count > 1 else {
      tape.backward(from: loss.variable)
      return StepResult(loss: loss.value, accuracy: loss.accuracy)
    }
    // The loss is the mean over the own rows; the batch's is the mean over all.
    let weight = Float(share.count) / Float(total)
    tape.backward(from: loss.variable, gradient: Tensor([weight], shape: [1]))
    group.sum(store.gradients)
    for store in [store, keyStore] { store.averageStatistics(over: group, share: weight) }
    let all = group.gatherRows(
      Tensor([loss.value * weight, loss.accuracy * weight], shape: [1, 2]),
      counts: [Int](repeating: 1, count: group.count)
    ).values
    func sum(_ column: Int) -> Float {
      Float(stride(from: column, to: all.count, by: 2).reduce(0.0) { $0 + Double(all[$1]) })
    }
    return StepResult(loss: sum(0), accuracy: sum(1))
  }

  func gradients(first: Tensor, second: Tensor, random: RandomStream) -> StepResult {
    let images = Array(0..<first.shape[0])
    let order = keyOrder(of: images.count, random)
    return gradients(
      StepBatch(views: [first, second.images(at: order)], members: images, epoch: 0), random: random)
  }

  /// Unit keys of all images in the batch's order, from the key encoder after it has moved towards the query encoder.
  /// - Parameters:
  ///   - views: the own share of the batch's views in `order`.
  ///   - order: of all processes' images.
  private func keys(of views: Tensor, order: [Int]) -> Tensor {
    keyStore.averageWeights(towards: store, keeping: configuration.keyMomentum)
    let pass = Pass(
      keyStore, .training, tape: Tape(recording: false), normGroups: ownNormGroups(configuration.normGroups))
    let own = network.project(pass.tape.constant(views), pass).value
    let all = group.gatherRows(own, counts: group.shares(of: order.count).map(\.count))
    guard configuration.normGroups > 1 else { return Rows.normalised(all).unit }
    var places = order
    for (place, image) in order.enumerated() { places[image] = place }
    return Rows.normalised(Rows.gathered(all, places)).unit
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
