import Files
import Autodiff
import Kernels
import Networks

/// SimCLR: Chen et al., "A simple framework for contrastive learning of visual representations", ICML 2020.
public struct SimCLRConfiguration: Sendable, Codable, Equatable, Validated {
  /// The fixed divisor of similarities, above 0; 0.5 in the paper's CIFAR-10 experiments.
  public var temperature: Float
  /// Images whose views are embedded at once; nil for the whole batch. With fewer, a batch's projections are computed
  /// twice, and memory is that of so many images; loss and gradients are those of the whole batch, except that batch norm
  /// sees no more images at once.
  public var pairsAtOnce: Int?
  /// Parts of a batch, each with both views of its images, that batch norm treats by themselves; 1 for none.
  public var normGroups: Int

  /// SimCLR by its constants.
  public init(temperature: Float = 0.5, pairsAtOnce: Int? = nil, normGroups: Int = 1) {
    (self.temperature, self.pairsAtOnce, self.normGroups) = (temperature, pairsAtOnce, normGroups)
  }

  private enum CodingKeys: String, CodingKey { case temperature, pairsAtOnce, normGroups }

  /// Reads the constants; those without a word on groups have one.
  /// - Throws: `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    temperature = try container.decode(Float.self, forKey: .temperature)
    pairsAtOnce = try container.decodeIfPresent(Int.self, forKey: .pairsAtOnce)
    normGroups = try container.decodeIfPresent(Int.self, forKey: .normGroups) ?? 1
  }

  /// Writes the constants; a single group goes without saying, so that the digests of settings stay what they were.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(temperature, forKey: .temperature)
    try container.encodeIfPresent(pairsAtOnce, forKey: .pairsAtOnce)
    if normGroups != 1 { try container.encode(normGroups, forKey: .normGroups) }
  }

  /// - Throws: `InvalidSetting` if a constant is out of its range.
  public func validate() throws(InvalidSetting) {
    try require(temperature > 0 && temperature.isFinite, "temperature", temperature, "above 0")
    try BatchPart.validate(pairsAtOnce: pairsAtOnce, normGroups: normGroups)
  }
}

/// Trains a network with NT-Xent on two views of each image, which pass the encoder as one batch.
final class SimCLR: Learner {
  let network: ContrastiveNetwork
  let store: ParameterStore
  let group: ProcessGroup
  private let configuration: SimCLRConfiguration
  var tensors: [String: Tensor] { [:] }
  var counters: [String: Int] { [:] }

  init(
    _ configuration: SimCLRConfiguration, network: ContrastiveNetwork, store: ParameterStore,
    group: ProcessGroup = .alone
  ) {
    (self.configuration, self.network, self.store) = (configuration, network, store)
    self.group = group
  }

  func gradients(_ batch: StepBatch, random: RandomStream) -> StepResult {
    let (first, second) = (batch.views[0], batch.views[1])
    store.clearGradients()
    let parts = BatchPart.parts(
      of: first.shape[0], groups: ownNormGroups(configuration.normGroups), atMost: configuration.pairsAtOnce)
    if group.count == 1 && parts == [BatchPart(range: 0..<first.shape[0], normGroups: 1)] {
      return gradients(first, second)
    }
    let step = DividedStep(group: group, store: store, parts: parts, total: batch.total)
    let losses = DividedLosses(group, total: batch.total)
    return step.run([{ self.projections(first, second, $0, $1) }]) { projections in
      let (gradient, result) = losses.ntXent(
        projections[0], partners: SimCLR.partners(parts), temperature: configuration.temperature)
      return ([gradient], result)
    }
  }

  func gradients(first: Tensor, second: Tensor, random: RandomStream) -> StepResult {
    gradients(
      StepBatch(views: [first, second], members: Array(0..<first.shape[0]), epoch: 0), random: random)
  }

  /// All at once.
  private func gradients(_ first: Tensor, _ second: Tensor) -> StepResult {
    let tape = Tape()
    let pass = Pass(store, .training, tape: tape)
    let projections = network.project(tape.constant(Tensor.stacked([first, second])), pass)
    let loss = tape.ntXent(projections, temperature: configuration.temperature)
    tape.backward(from: loss.variable)
    return StepResult(loss: loss.value, accuracy: loss.accuracy)
  }

  /// Of each group of batch norm first the first views of its images, then the second.
  private func projections(_ first: Tensor, _ second: Tensor, _ part: BatchPart, _ pass: Pass) -> Variable {
    let views = SimCLR.groups(part).flatMap { [first.rows($0), second.rows($0)] }
    return network.project(pass.tape.constant(Tensor.stacked(views)), pass)
  }

  private static func groups(_ part: BatchPart) -> [Range<Int>] {
    let size = part.range.count / part.normGroups
    return (0..<part.normGroups).map { group in
      let start = part.range.lowerBound + group * size
      return start..<start + size
    }
  }

  /// Of each row of all parts' projections the row of the other view.
  private static func partners(_ parts: [BatchPart]) -> [Int] {
    parts.flatMap(groups).reduce(into: []) { rows, images in
      let (start, count) = (rows.count, images.count)
      rows += (0..<2 * count).map { start + ($0 + count) % (2 * count) }
    }
  }

  func didUpdate() {}

  func restore(_ tensors: [String: Tensor], counters: [String: Int], file: String) throws {}
}
