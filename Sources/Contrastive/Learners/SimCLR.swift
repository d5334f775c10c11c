import Files
import Autodiff
import Kernels
import Networks

/// SimCLR: Chen et al., "A simple framework for contrastive learning of visual representations", ICML 2020.
public struct SimCLRConfiguration: Sendable, Codable, Equatable, Validated {
  /// The fixed divisor of similarities, above 0; 0.5 in the paper's CIFAR-10 experiments.
  public var temperature: Float

  /// SimCLR at a temperature.
  public init(temperature: Float = 0.5) { self.temperature = temperature }

  /// - Throws: `InvalidSetting` if the temperature is not positive.
  public func validate() throws(InvalidSetting) {
    try require(temperature > 0 && temperature.isFinite, "temperature", temperature, "above 0")
  }
}

/// Trains a network with NT-Xent on two views of each image, which pass the encoder as one batch.
final class SimCLR: Learner {
  let network: ContrastiveNetwork
  let store: ParameterStore
  private let configuration: SimCLRConfiguration
  var tensors: [String: Tensor] { [:] }
  var counters: [String: Int] { [:] }

  init(_ configuration: SimCLRConfiguration, network: ContrastiveNetwork, store: ParameterStore) {
    (self.configuration, self.network, self.store) = (configuration, network, store)
  }

  func gradients(_ batch: StepBatch, random: RandomStream) -> StepResult {
    gradients(first: batch.views[0], second: batch.views[1], random: random)
  }

  func gradients(first: Tensor, second: Tensor, random: RandomStream) -> StepResult {
    let tape = Tape()
    let pass = Pass(store, .training, tape: tape)
    let projections = network.project(tape.constant(Tensor.stacked([first, second])), pass)
    let loss = tape.ntXent(projections, temperature: configuration.temperature)
    store.clearGradients()
    tape.backward(from: loss.variable)
    return StepResult(loss: loss.value, accuracy: loss.accuracy)
  }

  func didUpdate() {}

  func restore(_ tensors: [String: Tensor], counters: [String: Int], file: String) throws {}
}
