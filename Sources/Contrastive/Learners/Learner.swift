import Kernels
import Networks
import Text

/// What one step of pre-training tells.
public struct StepResult: Sendable {
  /// The mean loss in nats.
  public let loss: Float
  /// The share of queries whose own key was the most similar of all.
  public let accuracy: Float
}

/// What one step of pre-training is made from: of several processes each has its share.
public struct StepBatch {
  /// One tensor `[images, 3, height, width]` for each view that the learner takes of an image, of the images that
  /// ``Learner/places(of:random:)`` names.
  public let views: [Tensor]
  /// Which of the members this process's images are.
  public let members: [Int]
  /// Images of all processes.
  public let total: Int
  /// Whole epochs done before this one.
  public let epoch: Int

  /// A batch of views of members.
  /// - Parameter total: images of all processes; this one has all if not given.
  public init(views: [Tensor], members: [Int], total: Int? = nil, epoch: Int) {
    (self.views, self.members, self.epoch) = (views, members, epoch)
    self.total = total ?? members.count
  }
}

/// A contrastive algorithm at work: a network, what its objective needs beside, and one step of it.
public protocol Learner: AnyObject {
  /// The image network being trained.
  var network: ContrastiveNetwork { get }
  /// Its parameters; for MoCo the query encoder's, for CLIP also the text encoder's.
  var store: ParameterStore { get }
  /// What a training state must hold beside the store and the optimiser, by name.
  var tensors: [String: Tensor] { get }
  /// Counters that a training state must hold, by name.
  var counters: [String: Int] { get }

  /// The processes that share each step.
  var group: ProcessGroup { get }

  /// Views that a step takes of each image.
  var viewsPerImage: Int { get }

  /// Of each view, of which images of a batch this process needs it, by their places in the batch of all processes.
  /// - Parameters:
  ///   - total: images of the batch.
  ///   - random: the step's own stream.
  func places(of total: Int, random: RandomStream) -> [[Int]]

  /// What is learned beside the image network; nil where there are no captions.
  var text: LearnedText? { get }

  /// Computes the gradients of one batch, of all processes, and leaves them in the store.
  /// - Parameter random: the step's own stream.
  func gradients(_ batch: StepBatch, random: RandomStream) -> StepResult

  /// Called once the optimiser has moved the weights.
  func didUpdate()

  /// Takes over what `tensors` and `counters` held.
  /// - Throws: ``ParameterError`` if something is missing or of another shape.
  func restore(_ tensors: [String: Tensor], counters: [String: Int], file: String) throws
}

extension Learner {
  /// Two views of each image, the usual number.
  public var viewsPerImage: Int { 2 }

  /// The own share of the batch, as usual.
  public func places(of total: Int, random: RandomStream) -> [[Int]] {
    [[Int]](repeating: Array(group.share(of: total)), count: viewsPerImage)
  }

  /// Of the groups that batch norm divides a batch into, how many are in this process's share of it; an encoder without
  /// batch norm has no use for them.
  func ownNormGroups(_ groups: Int) -> Int {
    store.statistics.isEmpty ? 1 : max(1, groups / group.count)
  }

  /// Nothing beside the image network, as usual.
  public var text: LearnedText? { nil }
}

/// What a learner of images and captions learns beside the image network.
public struct LearnedText {
  /// Both encoders; their parameters are in the learner's store.
  public let network: CLIPNetwork
  /// What captions are tokenised with.
  public let tokenizer: any Tokenizer
  /// What similarities are multiplied with.
  public let logitScale: Float
}

/// The tensor of that name and shape with finite values, or an error that says what is there instead.
func required(_ name: String, like tensor: Tensor, in saved: [String: Tensor], file: String) throws -> Tensor
{
  guard let found = saved[name] else {
    throw ParameterError.missing(name: name, expected: tensor.shape, file: file)
  }
  guard found.shape == tensor.shape else {
    throw ParameterError.misshapen(name: name, expected: tensor.shape, found: found.shape, file: file)
  }
  if let index = Pointwise.firstUnusable(found) {
    throw ParameterError.unusable(name: name, value: found.values[index], index: index, file: file)
  }
  return found
}
