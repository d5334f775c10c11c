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
    seed: UInt64
  ) {
    (self.configuration, clip, self.store, self.captions) = (configuration, network, store, captions)
    self.network = network.image
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
    if let part = configuration.pairsAtOnce, part < batch.members.count {
      return gradients(images, tokens, part: part)
    }
    let pass = Pass(store, .training, tape: Tape())
    let loss = clip.loss(
      images: clip.project(pass.tape.constant(images), pass), texts: clip.project(tokens, pass), pass)
    pass.tape.backward(from: loss.variable)
    return StepResult(loss: loss.value, accuracy: (loss.imageAccuracy + loss.textAccuracy) / 2)
  }

  /// The same with the memory of `part` pairs (Gao et al., "Scaling deep contrastive learning batch size under memory
  /// limited setup", 2021): embeddings first, without a record; then the loss and its gradients with respect to
  /// them; then each part again, with its own piece of those gradients.
  private func gradients(_ images: Tensor, _ tokens: TokenBatch, part: Int) -> StepResult {
    let parts = CLIP.parts(of: tokens.count, atMost: part)
    let embedded = parts.map { range in
      let pass = Pass(store, .training, tape: Tape(recording: false), updatesStatistics: false)
      return (
        clip.project(pass.tape.constant(images.rows(range)), pass).value,
        clip.project(tokens.rows(range), pass).value
      )
    }
    let tape = Tape()
    let pass = Pass(store, .training, tape: tape)
    let joint = (
      tape.input(Tensor.stacked(embedded.map(\.0))), tape.input(Tensor.stacked(embedded.map(\.1)))
    )
    let loss = clip.loss(images: joint.0, texts: joint.1, pass)
    let result = StepResult(loss: loss.value, accuracy: (loss.imageAccuracy + loss.textAccuracy) / 2)
    tape.backward(from: loss.variable)
    guard let toImages = joint.0.gradient, let toTexts = joint.1.gradient else { return result }
    for range in parts {
      let pass = Pass(store, .training, tape: Tape())
      let image = clip.project(pass.tape.constant(images.rows(range)), pass)
      pass.tape.backward(from: image, gradient: toImages.rows(range).copy())
      let text = clip.project(tokens.rows(range), pass)
      pass.tape.backward(from: text, gradient: toTexts.rows(range).copy())
    }
    return result
  }

  /// Ranges of nearly equal size, none larger than `limit`.
  static func parts(of count: Int, atMost limit: Int) -> [Range<Int>] {
    let parts = (count + limit - 1) / limit
    return (0..<parts).map { count * $0 / parts..<count * ($0 + 1) / parts }
  }

  func didUpdate() { boundLogitScale() }

  func restore(_ tensors: [String: Tensor], counters: [String: Int], file: String) throws {}
}
