import Files
import Autodiff
import Foundation
import Kernels
import Networks
import TestSupport
import Testing

@testable import Vision

/// Ten training steps of a ResNet-18 of width 16 with a linear classifier, next to PyTorch's.
@Suite("ResNet-18 in training against PyTorch") struct ResNet18StepsTests {
  struct Run: Sendable {
    var losses: [Float] = []
    var embedding: [Float] = []
    /// By step, then parameter.
    var gradients: [Int: [String: [Float]]] = [:]
    var final: [String: [Float]] = [:]
  }

  /// The ten steps, taken once for all tests.
  private static let outcome = Result { try train() }

  private let network: GoldenNetwork
  private var golden: Golden { network.golden }
  private let run: Run

  init() throws {
    network = try GoldenNetwork("resnet18-steps")
    run = try ResNet18StepsTests.outcome.get()
  }

  private static func train() throws -> Run {
    let network = try GoldenNetwork("resnet18-steps")
    let settings = network.settings
    let (classes, steps) = (try #require(settings.classes), try #require(settings.steps))
    let ((encoder, head), store) = try ParameterStore.build(
      .tensors(try network.tensors(), file: "resnet18-steps")
    ) { builder in
      let encoder = try ResNet18(builder, width: settings.width)
      let head = try LinearLayer(builder.at("head"), inputs: encoder.embeddingWidth, outputs: classes)
      return (encoder, head)
    }
    let optimiser = OptimiserState(
      .sgd(
        momentum: try #require(settings.sgdMomentum), weightDecay: try #require(settings.weightDecay),
        nesterov: false), for: store)
    let labels = try network.golden.integers("labels")
    var run = Run()
    for step in 0..<steps {
      let tape = Tape()
      let pass = Pass(store, .training, tape: tape)
      let embedding = encoder(tape.constant(network.images(step: step)), pass)
      let loss = tape.crossEntropy(
        head(embedding, pass), targets: Array(labels[step * settings.batch..<(step + 1) * settings.batch]))
      store.clearGradients()
      if step == 0 { run.embedding = embedding.value.values }
      tape.backward(from: loss.variable)
      if step == 0 || step == steps - 1 {
        run.gradients[step] = Dictionary(
          uniqueKeysWithValues: store.parameters.map { ($0.name, store.gradient($0).values) })
      }
      optimiser.update(store, learningRate: try #require(settings.learningRate))
      run.losses.append(loss.value)
    }
    for statistic in store.statistics { run.final[statistic.name] = store.statistic(statistic).values }
    return run
  }

  @Test("Weights and pixels by formula have PyTorch's bits")
  func formulas() throws {
    let pixels = try golden.values("step0/firstPixels")
    #expect(GoldenNetwork.pixels(seed: network.settings.pixelSeed, count: pixels.count) == pixels)
    let tensors = try network.tensors()
    for parameter in network.parameters {
      let first = try golden.values("firstWeights/\(parameter.name)")
      #expect(tensors[parameter.name]?.values.prefix(first.count) == first[...], "\(parameter.name)")
    }
  }

  @Test("The first batch's embeddings agree to 2e-5")
  func embedding() throws {
    #expect(relativeDistance(run.embedding, try golden.values("step0/embedding64")) < 2e-5)
  }

  @Test("The losses of all ten steps agree")
  func losses() throws {
    // Rounding errors of a convolution's size change the losses by the recorded spread; four runs underestimate it.
    let (expected, spread) = (try golden.values("losses64"), try golden.values("lossSpread"))
    #expect(run.losses.count == expected.count)
    for step in expected.indices {
      let difference = abs(run.losses[step] - expected[step])
      #expect(difference < 10 * spread[step] + 2e-6 * expected[step], "step \(step): off by \(difference)")
    }
  }

  private typealias Deviations = [String: [String: Double]]

  /// Compares norms, sums and sampled values of all gradients of a step; returns the worst and its name.
  private func worst(step: Int) throws -> (error: Double, name: String) {
    let gradients = try #require(run.gradients[step])
    #expect(Set(gradients.keys) == Set(network.parameters.map(\.name)))
    var worst = (error: 0.0, name: "")
    for (name, gradient) in gradients {
      func recorded(_ what: String) throws -> [Double] {
        try golden.values("step\(step)/\(name)/gradient\(what)64").map(Double.init)
      }
      let values = gradient.map(Double.init)
      let norm = try #require(try recorded("Norm").first)
      let sum = try #require(try recorded("Sum").first)
      let count = Double(values.count)
      var errors = [
        abs((values.map { $0 * $0 }.reduce(0, +)).squareRoot() - norm) / norm,
        abs(values.reduce(0, +) - sum) / (norm * count.squareRoot()),
      ]
      // One value's error is compared with the mean square of all values.
      for (index, sample) in zip(try golden.integers("sampleIndices/\(name)"), try recorded("Samples")) {
        errors.append(abs(values[index] - sample) / max(abs(sample), norm / count.squareRoot()))
      }
      for error in errors where !(error <= worst.error) { worst = (error, name) }
    }
    return worst
  }

  @Test("Every gradient of the first step agrees")
  func firstGradients() throws {
    let worst = try worst(step: 0)
    #expect(worst.error < 5e-4, "worst: \(worst.name), off by \(worst.error)")
    print("ResNet-18, step 0: largest difference of a gradient \(worst.error) in \(worst.name)")
  }

  @Test("Every whole gradient that is recorded agrees within ten times the recorded spread")
  func wholeGradients() throws {
    let spread = try golden.settings("gradientSpread", as: Deviations.self)["step0"] ?? [:]
    let gradients = try #require(run.gradients[0])
    for (name, gradient) in gradients where golden.shape("step0/\(name)/gradient") != nil {
      let distance = relativeDistance(gradient, try golden.values("step0/\(name)/gradient"))
      #expect(distance < 10 * (spread[name] ?? 0) + 2e-5, "\(name): off by \(distance)")
    }
  }

  @Test("Every gradient of the tenth step agrees to percents, as a ReLU may switch on the way")
  func lastGradients() throws {
    let worst = try worst(step: 9)
    #expect(worst.error < 0.05, "worst: \(worst.name), off by \(worst.error)")
    print("ResNet-18, step 9: largest difference of a gradient \(worst.error) in \(worst.name)")
  }

  @Test("The running statistics after ten steps agree")
  func runningStatistics() throws {
    for (name, values) in run.final {
      let distance = relativeDistance(values, try golden.values("final64/\(name)"))
      #expect(distance < 1e-3, "\(name): off by \(distance)")
    }
    #expect(run.final.count == 40)
  }
}
