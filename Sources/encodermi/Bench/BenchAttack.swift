import Data
import Attack
import Kernels
import Networks

/// Membership features of 4,096 inputs with 10 views each, whose embeddings of width 512 are at hand.
func measureFeatures(_ name: String, _ budget: BenchBudget) -> BenchMeasurement {
  let (inputs, views) = (4096, 10)
  let embeddings = noise([inputs * views, 512], "embeddings")
  return BenchMeasurement(name: name, unit: "inputs/s", work: Double(inputs), budget: budget) {
    _ = pairwiseSimilarities(embeddings, views: views, similarity: .cosine, isSorted: true)
  }
}

/// Epochs of training an inference classifier on 20,000 rows of 45 scores in batches of 100.
func measureFit(_ name: String, _ kind: InferenceClassifierKind, _ budget: BenchBudget) throws
  -> BenchMeasurement
{
  struct Enough: Error {}
  let count = 20_000
  let features = FeatureConfiguration()
  var random = RandomStream(seed: 0, name: "bench")
  func group() throws -> MembershipFeatures {
    let rows = (0..<count / 2).map { _ in (0..<features.scores).map { _ in Float(random.uniform()) } }
    return try MembershipFeatures(configuration: features, scores: rows)
  }
  let groups = MembershipGroups(members: try group(), nonmembers: try group())
  let training = ClassifierTraining(epochs: .max, batch: 100, learningRate: 1e-4, weightDecay: 0)
  let settings = ClassifierSettings(vector: training, set: training)

  var rates: [Double] = []
  var (start, end) = (0.0, 0.0)
  // The first epoch warms up. A fit has no end of its own here, so it is left by an error.
  func progress(_ epoch: Int, _ loss: Double) throws {
    let now = monotonicSeconds()
    if epoch == 1 { end = now + budget.seconds } else { rates.append(Double(count) / (now - start)) }
    if rates.count >= budget.minimumRepetitions && now >= end { throw Enough() }
    start = monotonicSeconds()
  }
  do {
    switch kind {
    case .set: _ = try SetClassifier.fit(groups, settings: settings, seed: 0, progress: progress)
    default: _ = try VectorClassifier.fit(groups, settings: settings, seed: 0, progress: progress)
    }
  } catch is Enough {}
  return BenchMeasurement(name: name, unit: "samples/s", rates: rates)
}
