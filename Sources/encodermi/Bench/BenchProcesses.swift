import Contrastive
import Kernels
import Networks
import Vision

/// A step of training that processes share, as `encodermi bench --mpi` measures it.
struct SharedStep {
  /// As on the command line and in the output.
  let name: String
  private let encoder: String
  private let batch: Int

  /// SimCLR's steps, views at hand.
  static let all = [("resnet18-64", 64), ("resnet18-32-stem4", 128)].map { encoder, batch in
    SharedStep(name: "mpi/simclr-\(encoder)/\(batch)", encoder: encoder, batch: batch)
  }

  /// Measures it in all processes, which make as many steps.
  func measure(_ group: ProcessGroup, seconds: Double) throws -> BenchMeasurement {
    var configuration = PretrainingConfiguration.simclrPaper
    configuration.encoder = try ImageEncoderConfiguration(name: encoder, imageSize: 32)
    // The same work for one, two and four processes.
    let groups = 4 % group.count == 0 ? 4 : group.count
    configuration.algorithm = .simclr(SimCLRConfiguration(normGroups: groups))
    // Groups are of equal size.
    let images = batch / groups * groups
    let learner = try configuration.learner(group: group)
    let optimiser = OptimiserState(configuration.optimiser, for: learner.store)
    let own = Array(group.share(of: images))
    let views = StepBatch(
      views: ["first", "second"].map { noise([own.count, 3, 32, 32], $0) }, members: own, total: images,
      epoch: 0)
    let random = RandomStream(seed: 0, name: "bench")
    func step() {
      _ = learner.gradients(views, random: random)
      optimiser.update(learner.store, learningRate: 1e-3)
      learner.didUpdate()
    }
    step()
    var (times, exchanging, bytes) = ([Double](), 0.0, 0)
    let began = monotonicSeconds()
    repeat {
      let (before, start) = (group.traffic, monotonicSeconds())
      step()
      times.append(max(1e-9, monotonicSeconds() - start))
      exchanging += group.traffic.seconds - before.seconds
      bytes += group.traffic.bytes - before.bytes
    } while !group.anyone(times.count >= 3 && monotonicSeconds() - began > seconds)
    let values = [learner.store.weights, learner.store.runningStatistics].map(\.count)
    let rows = 2 * own.count * (configuration.head.width + 3) * 4 * (group.count - 1)
    var result = BenchMeasurement(
      name: name, unit: "images/s", rates: times.map { Double(images) / $0 })
    let (stepping, steps) = (times.reduce(0, +), Double(times.count))
    result.processes = group.count
    result.communication = BenchMeasurement.Communication(
      milliseconds: rounded(exchanging / steps * 1e3, digits: 4),
      share: rounded(exchanging / stepping, digits: 3), bytesSent: bytes / times.count,
      bytesComputed: values.map(group.bytesToSum).reduce(rows, +))
    return result
  }
}
