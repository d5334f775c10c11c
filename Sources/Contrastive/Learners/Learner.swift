import Kernels
import Networks

/// What one step of pre-training tells.
public struct StepResult: Sendable {
  /// The mean loss in nats.
  public let loss: Float
  /// The share of queries whose own key was the most similar of all.
  public let accuracy: Float
}

/// A contrastive algorithm at work: a network, what its objective needs beside, and one step of it.
public protocol Learner: AnyObject {
  /// The network being trained.
  var network: ContrastiveNetwork { get }
  /// Its parameters; for MoCo the query encoder's.
  var store: ParameterStore { get }
  /// What a training state must hold beside the store and the optimiser, by name.
  var tensors: [String: Tensor] { get }
  /// Counters that a training state must hold, by name.
  var counters: [String: Int] { get }

  /// Computes the gradients of one batch and leaves them in the store.
  /// - Parameters:
  ///   - first: one view of each image, `[batch, 3, height, width]`.
  ///   - second: another view of each.
  ///   - random: the step's own stream.
  func gradients(first: Tensor, second: Tensor, random: RandomStream) -> StepResult

  /// Called once the optimiser has moved the weights.
  func didUpdate()

  /// Takes over what `tensors` and `counters` held.
  /// - Throws: ``ParameterError`` if something is missing or of another shape.
  func restore(_ tensors: [String: Tensor], counters: [String: Int], file: String) throws
}

/// The tensor of that name and shape, or an error that says what is there instead.
func required(_ name: String, like tensor: Tensor, in saved: [String: Tensor], file: String) throws -> Tensor
{
  guard let found = saved[name] else {
    throw ParameterError.missing(name: name, expected: tensor.shape, file: file)
  }
  guard found.shape == tensor.shape else {
    throw ParameterError.misshapen(name: name, expected: tensor.shape, found: found.shape, file: file)
  }
  return found
}
