import Foundation
import Kernels
import Networks
import TestSupport
import Testing
import Vision

@testable import Contrastive

/// Ten steps of learners on one process and on several, whose batches and groups of batch norm are the same.
@Suite(.serialized) struct DividedLearnersTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let configuration: PretrainingConfiguration
    var processes = [2, 4]
    var batch = 32
    /// With batch norm a difference in the last digit grows tenfold a step, until all that is left is how fast weights move:
    /// starting weights that differ by 1e-7 show the same.
    var learningRate = 0.0005
    /// Of losses in ten steps.
    var tolerance: Float = 1e-3
    var testDescription: String { name }
  }

  /// A ResNet-18 whose last maps have more than one pixel, so that no group of batch norm is of a few values.
  private static let resnet = ImageEncoderConfiguration(.resnet18, width: 16, imageSize: 16)

  private static func convolutional(_ algorithm: Algorithm) -> PretrainingConfiguration {
    var result = Tiny.configuration(algorithm)
    result.encoder = resnet
    return result
  }

  private static func simclr(groups: Int, atOnce: Int? = nil) -> Algorithm {
    .simclr(SimCLRConfiguration(temperature: 0.5, pairsAtOnce: atOnce, normGroups: groups))
  }

  private static func moco(groups: Int) -> Algorithm {
    .moco(MoCoConfiguration(queueSize: 11, keyMomentum: 0.9, temperature: 0.2, normGroups: groups))
  }

  private static func transformer(_ algorithm: Algorithm) -> PretrainingConfiguration {
    var result = Tiny.configuration(algorithm)
    result.encoder = Tiny.visionTransformer
    result.head = ProjectionHeadConfiguration(width: 8)
    return result
  }

  private static func clip(_ encoder: ImageEncoderConfiguration, groups: Int = 1, atOnce: Int? = nil)
    -> PretrainingConfiguration
  {
    var result = Tiny.clip(encoder: encoder)
    if case .clip(var clip) = result.algorithm {
      (clip.normGroups, clip.pairsAtOnce) = (groups, atOnce)
      result.algorithm = .clip(clip)
    }
    return result
  }

  private static let cases = [
    Case(name: "SimCLR", configuration: convolutional(simclr(groups: 4)), learningRate: 3e-5),
    Case(name: "MoCo", configuration: convolutional(moco(groups: 4))),
    Case(name: "CLIP", configuration: clip(resnet, groups: 4), processes: [2]),
    transformerCase("SimCLR, ViT, uneven", transformer(simclr(groups: 1))),
    transformerCase("MoCo, ViT, uneven", transformer(moco(groups: 1))),
    transformerCase("MoCo, ViT, shuffled", transformer(moco(groups: 2)), processes: [3], batch: 8),
    transformerCase("CLIP, ViT, uneven", clip(Tiny.visionTransformer)),
    Case(
      name: "SimCLR by parts", configuration: convolutional(simclr(groups: 4, atOnce: 9)), processes: [2],
      learningRate: 3e-5),
    Case(name: "CLIP by parts", configuration: clip(resnet, groups: 4, atOnce: 17), processes: [1]),
    transformerCase("SimCLR, ViT, by parts", transformer(simclr(groups: 1, atOnce: 3)), processes: [1, 2]),
  ]

  private static func transformerCase(
    _ name: String, _ configuration: PretrainingConfiguration, processes: [Int] = [2, 3, 4], batch: Int = 7
  ) -> Case {
    Case(
      name: name, configuration: configuration, processes: processes, batch: batch, learningRate: 0.01,
      tolerance: 1e-5)
  }

  struct Trace: Sendable {
    var losses: [Float] = []
    var accuracies: [Float] = []
    /// Of the first step, by name.
    var gradients: [String: [Float]] = [:]
    var statistics: [Float] = []
    var weights: [Float] = []
    var carried: [Float] = []
  }

  /// Ten steps of one process.
  private static func train(
    _ given: Case, _ group: ProcessGroup, whole: Bool = false
  ) throws -> Trace {
    let (batch, learningRate) = (given.batch, given.learningRate)
    var configuration = given.configuration
    if whole { configuration.algorithm = configuration.algorithm.atOnce }
    let learner = try configuration.learner(
      captions: configuration.algorithm.clip.map { _ in Tiny.captions(batch) }, group: group)
    let optimiser = OptimiserState(.sgd(momentum: 0.9), for: learner.store)
    var trace = Trace()
    for step in 0..<10 {
      let random = RandomStream(seed: 5, name: "steps").substream(step)
      let views = learner.places(of: batch, random: random).enumerated().map { number, places in
        Pointwise.sum(
          Tiny.views(batch, "images"),
          Pointwise.scaled(Tiny.views(batch, "view \(number) of step \(step)"), by: 0.3)
        ).images(at: places)
      }
      let own = Array(group.share(of: batch))
      let result = learner.gradients(
        StepBatch(views: views, members: own, total: batch, epoch: step), random: random)
      if step == 0 {
        for parameter in learner.store.parameters {
          trace.gradients[parameter.name] = learner.store.gradient(parameter).values
        }
        trace.statistics = learner.store.runningStatistics.values
      }
      optimiser.update(learner.store, learningRate: learningRate)
      learner.didUpdate()
      trace.losses.append(result.loss)
      trace.accuracies.append(result.accuracy)
    }
    trace.weights = learner.store.weights.values
    trace.carried = learner.tensors.sorted { $0.key < $1.key }.flatMap { $0.value.values }
    return trace
  }

  @Test(
    "Several processes, or parts, give the gradients, losses and statistics of one at once", arguments: cases)
  private func equals(_ given: Case) throws {
    let alone = try DividedLearnersTests.train(given, .alone, whole: true)
    for count in given.processes {
      let found = try ThreadedProcesses.run(count) {
        try DividedLearnersTests.train(given, $0)
      }
      let trace = found[0]
      for (name, gradient) in alone.gradients {
        let distance = relativeDistance(try #require(trace.gradients[name]), gradient)
        #expect(distance < 1e-5, "\(count) processes, \(name): \(distance)")
      }
      #expect(abs(trace.losses[0] - alone.losses[0]) < 1e-5)
      #expect(largestDifference(trace.losses, alone.losses) < given.tolerance, "\(count) processes")
      #expect(trace.accuracies[0] == alone.accuracies[0])
      #expect(largestDifference(trace.statistics, alone.statistics) < 1e-5, "\(count) processes")
      for other in found.dropFirst() {
        #expect(other.weights == trace.weights && other.carried == trace.carried)
        #expect(other.losses == trace.losses)
      }
    }
  }

  @Test("The same processes give the same bits again", arguments: Array(cases.prefix(2)))
  private func repeats(_ given: Case) throws {
    let traces = try (0..<2).map { _ in
      try ThreadedProcesses.run(2) {
        try DividedLearnersTests.train(given, $0)
      }[0]
    }
    #expect(traces[0].weights == traces[1].weights && traces[0].losses == traces[1].losses)
  }

  @Test("A loss of each process's own rows alone would have other gradients")
  func differs() throws {
    var given = DividedLearnersTests.cases[3]
    given.batch = 8
    let alone = try DividedLearnersTests.train(given, .alone).gradients
    given.batch = 4
    let half = try DividedLearnersTests.train(given, .alone).gradients
    let name = "head.0.linear.weight"
    #expect(relativeDistance(try #require(half[name]), try #require(alone[name])) > 0.1)
  }
}

extension Algorithm {
  /// The same without parts.
  fileprivate var atOnce: Algorithm {
    switch self {
    case .simclr(var simclr):
      simclr.pairsAtOnce = nil
      return .simclr(simclr)
    case .clip(var clip):
      clip.pairsAtOnce = nil
      return .clip(clip)
    case .moco: return self
    }
  }
}
