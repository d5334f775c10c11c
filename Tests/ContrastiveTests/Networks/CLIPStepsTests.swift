import Autodiff
import Foundation
import Kernels
import Networks
import TestSupport
import Testing
import Text
import Vision

/// Two towers, their projections and the logit scale, under the names of OpenAI's CLIP.
private struct TinyCLIP {
  let image: any ImageEncoder
  let imageProjection: ProjectionLayer
  let text: TextTransformer
  let textProjection: ProjectionLayer
  let logitScale: Parameter

  init(
    _ builder: ParameterBuilder, image configuration: ImageEncoderConfiguration,
    _ settings: GoldenNetwork.Settings
  )
    throws
  {
    let dimension = settings.dimension ?? 1
    image = try configuration.build(builder.at("visual"))
    imageProjection = try ProjectionLayer(
      builder.at("visual"), name: "proj", inputs: image.embeddingWidth, outputs: dimension)
    text = try TextEncoderConfiguration(
      width: 32, layers: 2, heads: 4, vocabularySize: settings.vocabulary ?? 1,
      contextLength: settings.context ?? 1, activation: .quickGELU
    ).build(builder)
    textProjection = try ProjectionLayer(
      builder, name: "text_projection", inputs: text.embeddingWidth, outputs: dimension)
    logitScale = try builder.parameter("logit_scale", [1], .constant(0), isDecayed: false)
  }

  func loss(_ images: Tensor, _ tokens: TokenBatch, _ pass: Pass) -> PairLoss {
    pass.tape.clipLoss(
      images: imageProjection(image(pass.tape.constant(images), pass), pass),
      texts: textProjection(text(tokens, pass), pass), logitScale: pass.parameter(logitScale))
  }
}

/// Ten training steps of small CLIPs, next to PyTorch's.
@Suite("CLIP in training against PyTorch") struct CLIPStepsTests {
  struct Run: Sendable {
    var losses: [Float] = []
    /// By step, then parameter.
    var gradients: [Int: [String: [Float]]] = [:]
  }

  private static let transformer = Result { try train("clip-vit-steps", visionTransformer) }

  private static let visionTransformer = ImageEncoderConfiguration(
    .vit, width: 24, imageSize: 12, transformer: VisionTransformerConfiguration(layers: 2, heads: 2, patch: 4)
  )

  private static func train(_ name: String, _ image: ImageEncoderConfiguration) throws -> Run {
    let network = try GoldenNetwork(name)
    let settings = network.settings
    let (steps, context) = (try #require(settings.steps), try #require(settings.context))
    let (clip, store) = try ParameterStore.build(
      .tensors(try network.tensors(addingStatistics: false), file: name)
    ) { try TinyCLIP($0, image: image, settings) }
    let optimiser = OptimiserState(
      .adamW(weightDecay: try #require(settings.weightDecay), sparesGains: true), for: store)
    let ids = try network.golden.integers("ids").map { Int32($0) }
    var run = Run()
    for step in 0..<steps {
      let captions = (0..<settings.batch).map { row -> [Int32] in
        let caption = ids[
          (step * settings.batch + row) * context..<(step * settings.batch + row + 1) * context]
        return Array(caption.prefix { $0 != 0 })
      }
      let pass = Pass(store, .training, tape: Tape())
      let loss = clip.loss(network.images(step: step), TokenBatch(captions, length: context), pass)
      store.clearGradients()
      pass.tape.backward(from: loss.variable)
      if step == 0 || step == steps - 1 {
        run.gradients[step] = Dictionary(
          uniqueKeysWithValues: store.parameters.map { ($0.name, store.gradient($0).values) })
      }
      optimiser.update(store, learningRate: try #require(settings.learningRate))
      run.losses.append(loss.value)
    }
    return run
  }

  @Test("With a vision transformer the losses of all ten steps agree to 1e-5")
  func losses() throws {
    let expected = try Golden("clip-vit-steps").values("losses64")
    #expect(largestDifference(try CLIPStepsTests.transformer.get().losses, expected) < 1e-5)
  }

  @Test(
    "Every gradient of the first and of the tenth step agrees, by name", arguments: [(0, 1e-5), (9, 1e-4)])
  func gradients(step: Int, tolerance: Double) throws {
    let golden = try GoldenNetwork("clip-vit-steps")
    let found = try #require(try CLIPStepsTests.transformer.get().gradients[step])
    #expect(Set(found.keys) == Set(golden.parameters.map(\.name)))
    var worst = (error: 0.0, name: "")
    for (name, gradient) in found {
      let error = relativeDistance(gradient, try golden.golden.values("step\(step)/\(name)/gradient64"))
      if !(error <= worst.error) { worst = (error, name) }
    }
    #expect(worst.error < tolerance, "worst: \(worst.name), off by \(worst.error)")
    print("CLIP, step \(step): largest difference of a gradient \(worst.error) in \(worst.name)")
  }

  @Test("With a ResNet-18 of width 8 the losses agree to 1e-5 at first, and to 1e-3 after ten steps of AdamW")
  func residualNetwork() throws {
    let run = try CLIPStepsTests.train(
      "clip-resnet18-steps", ImageEncoderConfiguration(.resnet18, width: 8, imageSize: 16))
    let expected = try Golden("clip-resnet18-steps").values("losses64")
    #expect(abs(run.losses[0] - expected[0]) < 1e-5)
    #expect(largestDifference(run.losses, expected) < 1e-3)
  }
}
