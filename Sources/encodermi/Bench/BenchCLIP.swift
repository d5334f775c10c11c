import Autodiff
import Contrastive
import Kernels
import Networks
import Text
import Vision

/// A CLIP of an image encoder and a text encoder of width 128 with 4 layers, with a batch of noise images of 32x32
/// pixels and captions of 21 tokens in rows of 32.
struct CLIPUnderTest {
  let network: CLIPNetwork
  let store: ParameterStore
  let images: Tensor
  let tokens: TokenBatch
  var batch: Int { images.shape[0] }

  init(_ image: String, batch: Int) throws {
    let configuration = try ImageEncoderConfiguration(name: image, imageSize: 32)
    let text = try TextEncoderConfiguration(name: "text-128x4", vocabularySize: 512, contextLength: 32)
    (network, store) = try ParameterStore.build(.fresh(RandomStream(seed: 0, name: "weights"))) {
      try CLIPNetwork(
        $0, encoder: configuration, head: ProjectionHeadConfiguration(width: 128, hasBias: false),
        clip: CLIPConfiguration(text: text))
    }
    images = noise([batch, 3, 32, 32], "images")
    var random = RandomStream(seed: 0, name: "bench").substream("captions")
    let captions = (0..<batch).map { _ in (0..<20).map { _ in Int32(1 + random.integer(below: 510)) } + [511]
    }
    tokens = TokenBatch(captions, length: 32)
  }
}

/// One step of training: both encoders, the symmetric loss, backward, SGD.
func measureCLIPStep(_ name: String, _ subject: CLIPUnderTest, _ budget: BenchBudget) -> BenchMeasurement {
  let (network, store) = (subject.network, subject.store)
  let optimiser = OptimiserState(.sgd(momentum: 0.9, weightDecay: 5e-4), for: store)
  return BenchMeasurement(name: name, unit: "images/s", work: Double(subject.batch), budget: budget) {
    let pass = Pass(store, .training, tape: Tape())
    let loss = network.loss(
      images: network.project(pass.tape.constant(subject.images), pass),
      texts: network.project(subject.tokens, pass), pass)
    store.clearGradients()
    pass.tape.backward(from: loss.variable)
    optimiser.update(store, learningRate: 0.01)
  }
}

/// Embeddings of pairs in the joint space.
func measureCLIPForward(_ name: String, _ subject: CLIPUnderTest, _ budget: BenchBudget) -> BenchMeasurement {
  BenchMeasurement(name: name, unit: "images/s", work: Double(subject.batch), budget: budget) {
    let pass = Pass.inference(subject.store)
    _ = subject.network.project(pass.tape.constant(subject.images), pass)
    _ = subject.network.project(subject.tokens, pass)
  }
}
