import Kernels
import TestSupport
import Testing

@testable import Autodiff

/// Each operation with the gradients of all its inputs, as PyTorch computes them.
@Suite("Layers against PyTorch") struct GoldenLayerTests {
  private let operations: GoldenOperations
  private var golden: Golden { operations.golden }

  init() throws { operations = try GoldenOperations("layers") }

  private struct ConvolutionSettings: Decodable {
    var stride: Int
    var padding: Int
  }

  @Test(
    "Convolution",
    arguments: ["conv3x3s1", "conv3x3s2", "conv1x1s2", "convStemS1", "convStemS4", "convOdd", "convOddS2"])
  func convolution(name: String) throws {
    let settings = try golden.settings(name, as: ConvolutionSettings.self)
    try operations.check(name, ["input", "weight"]) { tape, inputs in
      tape.convolution(inputs[0], weight: inputs[1], stride: settings.stride, padding: settings.padding)
    }
  }

  private struct NormSettings: Decodable {
    var epsilon: Float
    var statisticsMomentum: Float
    var phase: String
    var relu: Bool?
    var residual: Bool?
    var splits: Int?
  }

  @Test(
    "Batch norm with its running statistics",
    arguments: [
      "batchNorm", "batchNormReLU", "batchNormAddReLU", "batchNormInference", "batchNormRows",
      "splitBatchNorm2Contiguous", "splitBatchNorm4Contiguous",
    ])
  func batchNorm(name: String) throws {
    let settings = try golden.settings(name, as: NormSettings.self)
    let (mean, variance) = (
      try golden.tensor("\(name)/runningMean"), try golden.tensor("\(name)/runningVariance")
    )
    let isTraining = settings.phase == "training"
    let source =
      isTraining
      ? NormStatistics.batch(groups: settings.splits ?? 1) : .fixed(mean: mean, variance: variance)
    let names = ["input", "weight", "bias"] + (settings.residual == true ? ["residual"] : [])
    try operations.check(name, names) { tape, inputs in
      let (output, statistics) = tape.batchNorm(
        inputs[0], gain: inputs[1], shift: inputs[2], statistics: source, epsilon: settings.epsilon,
        residual: inputs.count > 3 ? inputs[3] : nil, relu: settings.relu ?? false)
      if isTraining {
        let weight = settings.statisticsMomentum
        BatchNorm.updateRunning(mean, with: statistics.batchMean, weight: weight)
        BatchNorm.updateRunning(variance, with: statistics.batchVariance, weight: weight)
        try operations.check("\(name)/newRunningMean", mean)
        try operations.check("\(name)/newRunningVariance", variance)
      }
      return output
    }
  }

  @Test("ReLU, with zeros among its inputs")
  func relu() throws { try operations.check("relu", ["input"]) { $0.relu($1[0]) } }

  @Test("tanh")
  func tanh() throws { try operations.check("tanh", ["input"]) { $0.tanh($1[0]) } }

  @Test("Max-pooling, also of odd sizes", arguments: ["maxPool", "maxPoolOdd"])
  func maxPool(name: String) throws { try operations.check(name, ["input"]) { $0.maxPool2x2($1[0]) } }

  @Test("Global average pooling")
  func globalAveragePool() throws {
    try operations.check("globalAveragePool", ["input"]) { $0.globalAveragePool($1[0]) }
  }

  @Test("Linear maps with and without bias")
  func linear() throws {
    try operations.check("linear", ["input", "weight", "bias"]) {
      $0.linear($1[0], weight: $1[1], bias: $1[2])
    }
    try operations.check("linearNoBias", ["input", "weight"]) { $0.linear($1[0], weight: $1[1]) }
  }

  @Test("Dropout with a given mask")
  func dropout() throws {
    struct Settings: Decodable { var probability: Float }
    let kept = 1 / (1 - (try golden.settings("dropout", as: Settings.self)).probability)
    let mask = Pointwise.scaled(try golden.tensor("dropout/mask"), by: kept)
    try operations.check("dropout", ["input"]) { $0.masked($1[0], by: mask) }
  }

  @Test("Softmax cross-entropy")
  func crossEntropy() throws {
    let labels = try golden.integers("softmaxCrossEntropy/labels")
    try operations.check("softmaxCrossEntropy", ["input"]) {
      $0.crossEntropy($1[0], targets: labels).variable
    }
  }

  @Test("Normalising rows")
  func normaliseRows() throws {
    try operations.check("normaliseRows", ["input"]) { $0.normalisedRows($1[0]) }
  }

  @Test("Similarities of all pairs of rows")
  func similarities() throws {
    try operations.check("similarityMatrix", ["left", "right"]) { $0.similarities($1[0], $1[1]) }
  }
}
