import Data
import Autodiff
import Kernels
import Networks

/// Training and use of a network from rows of scores to two logits: nonmember, member.
struct ClassifierTrainer {
  let kind: InferenceClassifierKind
  let training: ClassifierTraining
  let seed: UInt64

  /// The stream that the kind's weights, order of examples and dropout are drawn from.
  private var stream: RandomStream {
    RandomStream(seed: seed, name: "classifier").substream(kind.rawValue)
  }

  /// Where a network's first weights come from.
  var freshWeights: ParameterSource { .fresh(stream.substream("weights")) }

  /// The shadow's features in one, members first, and what a classifier trained on them is.
  /// - Parameter isStandardised: whether its inputs are brought to the mean and deviation of all these scores.
  func prepare(
    _ shadow: MembershipGroups<MembershipFeatures>, settings: ClassifierSettings, isStandardised: Bool
  ) throws -> (all: MembershipFeatures, description: ClassifierDescription) {
    let all = try shadow.members.appending(shadow.nonmembers)
    var description = ClassifierDescription(
      kind: kind, features: all.configuration, shadow: shadow.map(\.count), seed: seed, settings: settings)
    if isStandardised { description.standardise(all) }
    return (all, description)
  }

  /// Trains a network's store in place.
  ///
  /// - Parameters:
  ///   - rows: `[examples, scores]`, members first.
  ///   - logits: the network; it draws dropout from the stream.
  func train(
    _ store: ParameterStore, rows: Tensor, members: Int, progress: (Int, Double) throws -> Void,
    logits: (Variable, Pass, inout RandomStream) -> Variable
  ) throws {
    var (order, dropout) = (stream.substream("order"), stream.substream("dropout"))
    let state = OptimiserState(.adam(weightDecay: training.weightDecay), for: store)
    let examples = rows.shape[0]
    for epoch in 1...training.epochs {
      let permutation = order.permutation(examples)
      var loss = 0.0
      for start in stride(from: 0, to: examples, by: training.batch) {
        let batch = Array(permutation[start..<min(examples, start + training.batch)])
        store.clearGradients()
        let tape = Tape()
        let pass = Pass(store, .training, tape: tape)
        let output = logits(tape.constant(Rows.gathered(rows, batch)), pass, &dropout)
        let result = tape.crossEntropy(output, targets: batch.map { $0 < members ? 1 : 0 })
        loss += Double(result.value) * Double(batch.count)
        tape.backward(from: result.variable)
        state.update(store, learningRate: training.learningRate)
      }
      guard loss.isFinite else { throw ClassifierError.diverged(kind: kind, epoch: epoch) }
      try progress(epoch, loss / Double(examples))
    }
  }

  /// For each row the logit of "member" less that of "nonmember".
  static func scores(
    _ store: ParameterStore, rows: Tensor, logits: (Variable, Pass, inout RandomStream) -> Variable
  ) -> [Float] {
    var unused = RandomStream(seed: 0, name: "unused")
    let chunk = 512
    return stride(from: 0, to: rows.shape[0], by: chunk).flatMap { start -> [Float] in
      let pass = Pass.inference(store)
      let part = rows.rows(start..<min(rows.shape[0], start + chunk))
      let values = logits(pass.tape.constant(part), pass, &unused).value.values
      return stride(from: 0, to: values.count, by: 2).map { values[$0 + 1] - values[$0] }
    }
  }
}
