import Autodiff
import Contrastive
import Kernels
import Networks
import Vision

/// An encoder with a batch of noise images of 32x32 pixels.
struct EncoderUnderTest {
  let encoder: any ImageEncoder
  let store: ParameterStore
  let images: Tensor
  var batch: Int { images.shape[0] }

  init(_ name: String, batch: Int) throws {
    let configuration = try ImageEncoderConfiguration(name: name, imageSize: 32)
    (encoder, store) = try ParameterStore.build(.fresh(RandomStream(seed: 0, name: "weights"))) {
      try configuration.build($0)
    }
    images = noise([batch, 3, 32, 32], "images")
  }
}

/// Normally distributed values.
func noise(_ shape: [Int], _ name: String) -> Tensor {
  var random = RandomStream(seed: 0, name: "bench").substream(name)
  return Tensor((0..<shape.reduce(1, *)).map { _ in random.normal() }, shape: shape)
}

/// One step of training: forward, the mean square of the embeddings as loss, backward, SGD.
func measureStep(_ name: String, _ subject: EncoderUnderTest, _ budget: BenchBudget) -> BenchMeasurement {
  let (encoder, store) = (subject.encoder, subject.store)
  let optimiser = OptimiserState(.sgd(momentum: 0.9, weightDecay: 5e-4), for: store)
  return BenchMeasurement(name: name, unit: "images/s", work: Double(subject.batch), budget: budget) {
    let tape = Tape()
    let embeddings = encoder(tape.constant(subject.images), Pass(store, .training, tape: tape))
    store.clearGradients()
    let slope = Pointwise.scaled(embeddings.value, by: 2 / Float(embeddings.value.count))
    tape.backward(from: embeddings, gradient: slope)
    optimiser.update(store, learningRate: 0.01)
  }
}

/// Embeddings as an attack asks for them: batch norm folded into the convolutions.
func measureForward(_ name: String, _ subject: EncoderUnderTest, _ budget: BenchBudget) -> BenchMeasurement {
  BenchMeasurement(name: name, unit: "images/s", work: Double(subject.batch), budget: budget) {
    let pass = Pass.inference(subject.store)
    _ = subject.encoder(pass.tape.constant(subject.images), pass)
  }
}

/// One step of MoCo with the paper's constants, views at hand: keys, queries forward and backward, SGD, queue.
func measureMoCo(_ name: String, encoder: String, batch: Int, _ budget: BenchBudget) throws
  -> BenchMeasurement
{
  var configuration = PretrainingConfiguration.mocoPaper
  configuration.encoder = try ImageEncoderConfiguration(name: encoder, imageSize: 32)
  let random = RandomStream(seed: 0, name: "bench")
  let learner = try configuration.learner()
  let optimiser = OptimiserState(configuration.optimiser, for: learner.store)
  let views = StepBatch(
    views: [noise([batch, 3, 32, 32], "first"), noise([batch, 3, 32, 32], "second")],
    members: Array(0..<batch), epoch: 0)
  return BenchMeasurement(name: name, unit: "images/s", work: Double(batch), budget: budget) {
    _ = learner.gradients(views, random: random.substream("step"))
    optimiser.update(learner.store, learningRate: 0.01)
    learner.didUpdate()
  }
}
