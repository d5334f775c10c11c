import Files
import Foundation
import Kernels
import Networks
import TestSupport
import Testing
import Text
import Vision

@testable import Contrastive

/// Gives captions that are numbers the tokens of that number.
private struct NumberedTokens: Tokenizer {
  let rows: [[Int32]]
  let vocabularySize: Int
  let contextLength: Int
  let startOfText: Int32 = 1
  let endOfText: Int32 = 2
  let digest = "numbers"

  func encode(_ caption: String) -> [Int32] { Int(caption).map { rows[$0] } ?? [] }
  func pieces(_ caption: String) -> [(piece: String, id: Int32)] { encode(caption).map { ("\($0)", $0) } }
  func batch(_ captions: [String], length: Int?) -> TokenBatch {
    TokenBatch(captions.map(encode), length: length)
  }
}

/// Ten training steps of small CLIPs by the learner that pre-trains them, next to PyTorch's.
@Suite("CLIP in training against PyTorch") struct CLIPStepsTests {
  struct Run: Sendable {
    var losses: [Float] = []
    /// By step, then parameter.
    var gradients: [Int: [String: [Float]]] = [:]
  }

  private static let transformer = Result { try train("clip-vit-steps", visionTransformer) }
  private static let transformerByParts = Result { try train("clip-vit-steps", visionTransformer, part: 4) }

  private static let visionTransformer = ImageEncoderConfiguration(
    .vit, width: 24, imageSize: 12, transformer: VisionTransformerConfiguration(layers: 2, heads: 2, patch: 4)
  )

  /// The learner's name for a parameter of OpenAI's CLIP.
  private static func name(_ name: String) -> String {
    switch name {
    case "visual.proj": return "head.0.linear.weight"
    case "text_projection": return "textHead.0.linear.weight"
    case "logit_scale": return "logitScale"
    default: break
    }
    let visual = "visual."
    return name.hasPrefix(visual) ? "encoder.\(name.dropFirst(visual.count))" : "text.\(name)"
  }

  /// OpenAI's projections stand `[inputs, outputs]`, linear layers `[outputs, inputs]`.
  private static func isTurned(_ name: String) -> Bool { ["visual.proj", "text_projection"].contains(name) }

  private static func turned(_ values: [Float], rows: Int) -> [Float] {
    let columns = values.count / rows
    return (0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } }
  }

  private static func train(_ file: String, _ image: ImageEncoderConfiguration, part: Int? = nil) throws
    -> Run
  {
    let golden = try GoldenNetwork(file)
    let settings = golden.settings
    let (steps, context) = (try #require(settings.steps), try #require(settings.context))
    let dimension = try #require(settings.dimension)
    let text = TextEncoderConfiguration(
      width: 32, layers: 2, heads: 4, vocabularySize: try #require(settings.vocabulary),
      contextLength: context, activation: .quickGELU)
    var clip = CLIPConfiguration(text: text)
    clip.pairsAtOnce = part
    var tensors: [String: Tensor] = [:]
    for (name, tensor) in try golden.tensors(addingStatistics: false) {
      let values = tensor.values
      tensors[CLIPStepsTests.name(name)] =
        isTurned(name)
        ? Tensor(turned(values, rows: tensor.shape[0]), shape: tensor.shape.reversed()) : tensor
    }
    let (network, store) = try ParameterStore.build(.tensors(tensors, file: file)) {
      try CLIPNetwork(
        $0, encoder: image, head: ProjectionHeadConfiguration(width: dimension, hasBias: false), clip: clip)
    }
    let ids = try golden.golden.integers("ids").map { Int32($0) }
    let rows = stride(from: 0, to: ids.count, by: context).map { start in
      Array(ids[start..<start + context].prefix { $0 != 0 })
    }
    let captions = CaptionTokens(
      rows.indices.map { ["\($0)"] },
      tokenizer: NumberedTokens(rows: rows, vocabularySize: text.vocabularySize, contextLength: context))
    let learner = CLIP(clip, network: network, store: store, captions: captions, seed: 0)
    let optimiser = OptimiserState(
      .adamW(weightDecay: try #require(settings.weightDecay), sparesGains: true), for: store)
    var run = Run()
    for step in 0..<steps {
      let members = Array(step * settings.batch..<(step + 1) * settings.batch)
      let result = learner.gradients(
        StepBatch(views: [golden.images(step: step)], members: members, epoch: step),
        random: RandomStream(seed: 0, name: "step"))
      if step == 0 || step == steps - 1 {
        run.gradients[step] = Dictionary(
          uniqueKeysWithValues: store.parameters.map { ($0.name, store.gradient($0).values) })
      }
      optimiser.update(store, learningRate: try #require(settings.learningRate))
      learner.didUpdate()
      run.losses.append(Float(result.loss))
    }
    return run
  }

  @Test("With a vision transformer the losses of all ten steps agree to 1e-5, also by parts of a batch")
  func losses() throws {
    let expected = try Golden("clip-vit-steps").values("losses64")
    #expect(largestDifference(try CLIPStepsTests.transformer.get().losses, expected) < 1e-5)
    #expect(largestDifference(try CLIPStepsTests.transformerByParts.get().losses, expected) < 1e-5)
  }

  @Test(
    "Every gradient of the first and of the tenth step agrees, by name", arguments: [(0, 1e-5), (9, 1e-4)])
  func gradients(step: Int, tolerance: Double) throws {
    let golden = try GoldenNetwork("clip-vit-steps")
    let found = try #require(try CLIPStepsTests.transformer.get().gradients[step])
    #expect(Set(found.keys) == Set(golden.parameters.map { CLIPStepsTests.name($0.name) }))
    var worst = (error: 0.0, name: "")
    for parameter in golden.parameters {
      let name = parameter.name
      let gradient = try #require(found[CLIPStepsTests.name(name)])
      let expected = try golden.golden.values("step\(step)/\(name)/gradient64")
      // A turned gradient has as many columns as the expected one has rows.
      let dimension = try #require(golden.settings.dimension)
      let error = relativeDistance(
        CLIPStepsTests.isTurned(name) ? CLIPStepsTests.turned(gradient, rows: dimension) : gradient, expected)
      if !(error <= worst.error) { worst = (error, name) }
    }
    #expect(worst.error < tolerance, "worst: \(worst.name), off by \(worst.error)")
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
