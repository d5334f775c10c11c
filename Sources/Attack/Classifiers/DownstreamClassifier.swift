import Autodiff
import Files
import Foundation
import Kernels
import Networks

/// How classifiers downstream of the encoders are trained, by Adam on the cross-entropy; widths, dropout, rate and batch
/// are those of the paper's authors.
public struct DownstreamTraining: Codable, Sendable, Equatable, Validated {
  /// Where the labelled images are, a path or `format:path`; nil for those images of the target's data set that are in
  /// none of the groups.
  public var data: String?
  /// The most labelled images, at least 2; 10,000 in the paper.
  public var images: Int
  /// Widths of the hidden layers, ReLU; 512 and 256.
  public var hiddenWidths: [Int]
  /// The share of the first hidden layer's values that is dropped in training, in [0, 1); 0.5.
  public var dropout: Double
  /// Passes over the images, at least 1; 100, which the paper leaves open.
  public var epochs: Int
  /// Images a step, at least 1; 64.
  public var batch: Int
  /// Adam's learning rate, above 0; 1e-4.
  public var learningRate: Double

  /// Settings of a training.
  public init(
    data: String? = nil, images: Int = 10_000, hiddenWidths: [Int] = [512, 256], dropout: Double = 0.5,
    epochs: Int = 100, batch: Int = 64, learningRate: Double = 1e-4
  ) {
    (self.data, self.images, self.hiddenWidths, self.dropout) = (
      data, images, hiddenWidths, dropout
    )
    (self.epochs, self.batch, self.learningRate) = (epochs, batch, learningRate)
  }

  /// Checks the fields.
  /// - Throws: `InvalidSetting`.
  public func validate() throws(InvalidSetting) {
    if let data { try require(!data.isEmpty, "data", "nothing", "a path or format:path, or left out") }
    try require(images >= 2, "images", images, "2 or more")
    try require(
      !hiddenWidths.isEmpty && hiddenWidths.allSatisfy { (1...8192).contains($0) }, "hiddenWidths",
      hiddenWidths, "one or more widths of 1 to 8192")
    try require(dropout >= 0 && dropout < 1, "dropout", dropout, "0 or more and below 1")
    try require(epochs >= 1, "epochs", epochs, "1 or more")
    try require(batch >= 1, "batch", batch, "1 or more")
    try require(learningRate > 0 && learningRate.isFinite, "learningRate", learningRate, "above 0")
  }
}

/// A classifier of an encoder's embeddings: embedding -> hidden layers -> classes, ReLU, dropout after the first.
struct DownstreamClassifier {
  private let hidden: [LinearLayer]
  private let last: LinearLayer
  private let dropout: Dropout
  private let store: ParameterStore

  /// Trains a classifier.
  /// - Parameters:
  ///   - embeddings: `[images, width]`.
  ///   - labels: one an image, from 0 to `classes` - 1.
  ///   - stream: of the first weights, the order of images and dropout.
  /// - Throws: ``AttackError/diverged(attack:epoch:)``.
  init(
    _ embeddings: Tensor, labels: [Int], classes: Int, training: DownstreamTraining, stream: RandomStream
  ) throws {
    let widths = [embeddings.shape[1]] + training.hiddenWidths
    ((hidden, last), store) = try ParameterStore.build(.fresh(stream.substream("weights"))) { builder in
      let hidden = try zip(widths, widths.dropFirst()).enumerated().map { index, width in
        try LinearLayer(
          builder.at("hidden\(index + 1)"), inputs: width.0, outputs: width.1, activation: .relu)
      }
      return (
        hidden, try LinearLayer(builder.at("logits"), inputs: widths[widths.count - 1], outputs: classes)
      )
    }
    dropout = Dropout(Float(training.dropout))
    var (order, mask) = (stream.substream("order"), stream.substream("dropout"))
    let state = OptimiserState(.adam(), for: store)
    for epoch in 1...training.epochs {
      let permutation = order.permutation(labels.count)
      var loss = 0.0
      for start in stride(from: 0, to: labels.count, by: training.batch) {
        let batch = Array(permutation[start..<min(labels.count, start + training.batch)])
        store.clearGradients()
        let tape = Tape()
        let output = logits(
          tape.constant(Rows.gathered(embeddings, batch)), Pass(store, .training, tape: tape), &mask)
        let result = tape.crossEntropy(output, targets: batch.map { labels[$0] })
        loss += Double(result.value)
        tape.backward(from: result.variable)
        state.update(store, learningRate: training.learningRate)
      }
      guard loss.isFinite else {
        throw AttackError.diverged(attack: "the downstream classifier", epoch: epoch)
      }
    }
  }

  /// The mean cross-entropy of embeddings on a tape against some classes; no gradient flows to the classifier.
  func loss(_ embeddings: Variable, targets: [Int], on tape: Tape) -> Variable {
    var unused = RandomStream(seed: 0, name: "unused")
    let output = logits(embeddings, Pass.inputGradients(store, tape: tape), &unused)
    return tape.crossEntropy(output, targets: targets).variable
  }

  /// The softmax of the logits, `[rows, classes]`.
  func confidences(_ embeddings: Tensor) -> Tensor {
    let pass = Pass.inference(store)
    var unused = RandomStream(seed: 0, name: "unused")
    let output = logits(pass.tape.constant(embeddings), pass, &unused).value
    let (values, classes) = (output.values, output.shape[1])
    let result = stride(from: 0, to: values.count, by: classes).flatMap { start -> [Float] in
      let row = values[start..<(start + classes)]
      let most = row.max() ?? 0
      let powers = row.map { exp(Double($0 - most)) }
      let sum = powers.reduce(0, +)
      return powers.map { Float($0 / sum) }
    }
    return Tensor(result, shape: output.shape)
  }

  private func logits(_ input: Variable, _ pass: Pass, _ random: inout RandomStream) -> Variable {
    let first = dropout(hidden[0](input, pass), pass, random: &random)
    return last(hidden.dropFirst().reduce(first) { $1($0, pass) }, pass)
  }
}
