import Autodiff
import Foundation
import Kernels
import Networks
import Text

/// Trains an image and a text encoder to find each image's caption among all of the batch, and the other way round.
final class CLIP: Learner {
  let network: ContrastiveNetwork
  let store: ParameterStore
  let clip: CLIPNetwork
  let captions: CaptionTokens
  let group: ProcessGroup
  private let configuration: CLIPConfiguration
  private let captionChoice: RandomStream
  var tensors: [String: Tensor] { [:] }
  var counters: [String: Int] { [:] }
  var viewsPerImage: Int { 1 }
  var text: LearnedText? {
    LearnedText(network: clip, tokenizer: captions.tokenizer, logitScale: logitScale)
  }

  init(
    _ configuration: CLIPConfiguration, network: CLIPNetwork, store: ParameterStore, captions: CaptionTokens,
    seed: UInt64, group: ProcessGroup = .alone
  ) {
    (self.configuration, clip, self.store, self.captions) = (configuration, network, store, captions)
    (self.network, self.group) = (network.image, group)
    captionChoice = RandomStream(seed: seed, name: "captions")
    boundLogitScale()
  }

  /// Brings the logit scale back to just below its bound, where it still has a gradient: it could not return otherwise.
  private func boundLogitScale() {
    let bound = log(Tape.greatestLogitScale) * (1 - 1e-5)
    let weight = store.weight(clip.logitScale)
    guard weight.scalar > bound else { return }
    weight.assign([bound])
    store.markChanged()
  }

  /// What similarities are multiplied with.
  var logitScale: Float { min(exp(store.weight(clip.logitScale).scalar), Tape.greatestLogitScale) }

  func gradients(_ batch: StepBatch, random: RandomStream) -> StepResult {
    let tokens = captions.batch(batch.members, epoch: batch.epoch, random: captionChoice)
    let images = batch.views[0]
    store.clearGradients()
    let count = batch.members.count
    let parts = BatchPart.parts(
      of: count, groups: ownNormGroups(configuration.normGroups), atMost: configuration.pairsAtOnce)
    if group.count == 1 && parts.count == 1 {
      return gradients(images, tokens, normGroups: parts[0].normGroups)
    }
    let step = DividedStep(group: group, store: store, parts: parts, total: batch.total)
    let losses = DividedLosses(group, total: batch.total)
    let towers: [DividedStep.Tower] = [
      { self.clip.project($1.tape.constant(images.rows($0.range)), $1) },
      { self.clip.project(tokens.rows($0.range), $1) },
    ]
    let scale = (value: store.weight(clip.logitScale).scalar, gradient: store.gradient(clip.logitScale))
    return step.run(towers) { losses.clip($0[0], $0[1], logitScale: scale) }
  }

  /// All at once.
  private func gradients(_ images: Tensor, _ tokens: TokenBatch, normGroups: Int) -> StepResult {
    let pass = Pass(store, .training, tape: Tape(), normGroups: normGroups)
    let loss = clip.loss(
      images: clip.project(pass.tape.constant(images), pass), texts: clip.project(tokens, pass), pass)
    pass.tape.backward(from: loss.variable)
    return StepResult(loss: loss.value, accuracy: (loss.imageAccuracy + loss.textAccuracy) / 2)
  }

  func didUpdate() { boundLogitScale() }

  func restore(_ tensors: [String: Tensor], counters: [String: Int], file: String) throws {}
}
