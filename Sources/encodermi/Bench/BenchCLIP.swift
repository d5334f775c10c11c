import Autodiff
import Kernels
import Networks
import Text
import Vision

/// A CLIP of an image tower and a text transformer of width 128 with 4 layers, with a batch of noise images of 32x32
/// pixels and captions of 21 tokens in rows of 32.
struct CLIPUnderTest {
  /// Both towers with their projections to 128 values.
  struct Towers {
    let image: any ImageEncoder
    let imageProjection: ProjectionLayer
    let text: TextTransformer
    let textProjection: ProjectionLayer
    let logitScale: Parameter

    init(_ builder: ParameterBuilder, image configuration: ImageEncoderConfiguration) throws {
      let visual = builder.at("visual")
      image = try configuration.build(visual)
      imageProjection = try ProjectionLayer(visual, name: "proj", inputs: image.embeddingWidth, outputs: 128)
      let textConfiguration = try TextEncoderConfiguration(
        name: "text-128x4", vocabularySize: 512, contextLength: 32)
      text = try textConfiguration.build(builder)
      textProjection = try ProjectionLayer(
        builder, name: "text_projection", inputs: text.embeddingWidth, outputs: 128)
      logitScale = try builder.parameter("logit_scale", [1], .constant(2.6593), isDecayed: false)
    }

    func images(_ images: Tensor, _ pass: Pass) -> Variable {
      imageProjection(image(pass.tape.constant(images), pass), pass)
    }

    func texts(_ tokens: TokenBatch, _ pass: Pass) -> Variable { textProjection(text(tokens, pass), pass) }
  }

  let towers: Towers
  let store: ParameterStore
  let images: Tensor
  let tokens: TokenBatch
  var batch: Int { images.shape[0] }

  init(_ image: String, batch: Int) throws {
    let configuration = try ImageEncoderConfiguration(name: image, imageSize: 32)
    (towers, store) = try ParameterStore.build(.fresh(RandomStream(seed: 0, name: "weights"))) {
      try Towers($0, image: configuration)
    }
    images = noise([batch, 3, 32, 32], "images")
    var random = RandomStream(seed: 0, name: "bench").substream("captions")
    let captions = (0..<batch).map { _ in (0..<20).map { _ in Int32(1 + random.integer(below: 510)) } + [511]
    }
    tokens = TokenBatch(captions, length: 32)
  }
}

/// One step of training: both towers, the symmetric loss, backward, SGD.
func measureCLIPStep(_ name: String, _ subject: CLIPUnderTest, _ budget: BenchBudget) -> BenchMeasurement {
  let (towers, store) = (subject.towers, subject.store)
  let optimiser = OptimiserState(.sgd(momentum: 0.9, weightDecay: 5e-4), for: store)
  return BenchMeasurement(name: name, unit: "images/s", work: Double(subject.batch), budget: budget) {
    let pass = Pass(store, .training, tape: Tape())
    let loss = pass.tape.clipLoss(
      images: towers.images(subject.images, pass), texts: towers.texts(subject.tokens, pass),
      logitScale: pass.parameter(towers.logitScale))
    store.clearGradients()
    pass.tape.backward(from: loss.variable)
    optimiser.update(store, learningRate: 0.01)
  }
}

/// Embeddings of pairs in the joint space.
func measureCLIPForward(_ name: String, _ subject: CLIPUnderTest, _ budget: BenchBudget) -> BenchMeasurement {
  BenchMeasurement(name: name, unit: "images/s", work: Double(subject.batch), budget: budget) {
    let pass = Pass.inference(subject.store)
    _ = subject.towers.images(subject.images, pass)
    _ = subject.towers.texts(subject.tokens, pass)
  }
}
