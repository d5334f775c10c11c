import Attack
import Contrastive
import Data
import Files
import Foundation
import Kernels

/// How fast this machine trains and asks encoders of one shape, and trains classifiers.
struct StudySpeed: Codable, Sendable, Equatable {
  /// Members a second in pre-training.
  var trained: Double
  /// Pictures a second, views made and embedded.
  var asked: Double
  /// Examples a second of EncoderMI-V's training.
  var vector: Double
  /// The same of EncoderMI-S, with 45 scores each.
  var set: Double
}

/// How long a plan is going to take, from a few seconds of each kind of work on this machine.
public struct StudyEstimate: Sendable {
  private var speeds: [String: StudySpeed]
  private let kept: Set<String>
  private let epochsOfClassifiers: (vector: Double, set: Double)
  /// Seconds of all pre-trainings that are missing.
  public private(set) var training = 0.0
  /// Seconds of all that is missing.
  public private(set) var total = 0.0

  /// Measures what is not yet in the store's `speeds.json`, some seconds for each shape of encoder.
  /// - Parameters:
  ///   - encoders: those that are going to be trained, where they are missing.
  ///   - trials: those that are going to be audited.
  ///   - kept: folders of trials whose results are there.
  ///   - report: told before each measurement; nil for none to be made, and no time for what was not measured before.
  /// - Throws: an error of the data or of a training.
  public init(
    _ plan: StudyPlan, encoders: [StudyEncoder], trials: [StudyPlan.Trial], kept: Set<String>,
    report: ((String) -> Void)?
  ) throws {
    let file = plan.store.speeds
    var speeds: [String: StudySpeed] =
      Paths.exists(file.path) ? try Configuration.read(from: file) : [:]
    let classifiers = plan.scale.audit.classifiers
    let open = trials.filter { !kept.contains($0.folder) }
    let missing = Array(
      Dictionary(
        (encoders + open.flatMap { [$0.target, $0.shadow] }).filter { !$0.place.isFinished }.map {
          ($0.place.folder, $0)
        }, uniquingKeysWith: { first, _ in first }
      ).values)
    for encoder in open.flatMap({ [$0.target, $0.shadow] }) + missing {
      let shape = try StudyEstimate.shape(encoder)
      guard speeds[shape] == nil, let report else { continue }
      report(encoder.configuration.algorithm.name + " " + encoder.configuration.encoder.name)
      let folder = plan.store.folder.appending(path: "measuring-\(getpid())")
      defer { try? FileManager.default.removeItem(at: folder) }
      speeds[shape] = try StudyEstimate.measure(encoder, classifiers, in: folder)
      try makeFolder(plan.store.folder)
      try Configuration.write(speeds, to: file)
    }
    (self.speeds, self.kept) = (speeds, kept)
    epochsOfClassifiers = (Double(classifiers.vector.epochs), Double(classifiers.set.epochs))
    training = missing.reduce(0) { $0 + seconds($1) }
    total = training + open.reduce(0) { $0 + seconds($1) }
  }

  /// What decides how fast an encoder is trained, but for the data, on this machine with so many threads.
  private static func shape(_ encoder: StudyEncoder) throws -> String {
    var configuration = encoder.configuration
    (configuration.epochs, configuration.seed) = (1, 0)
    (configuration.checkpointEpochs, configuration.monitorInterval) = ([], 0)
    configuration.learningRate = 1
    var digest = SHA256()
    digest.update(try Configuration.encode(configuration))
    digest.update("\(Threads.count) threads, \(Machine.convolutionLibrary), \(encoder.images.height) px".utf8)
    return String(digest.hexDigest().prefix(16))
  }

  private static func measure(
    _ encoder: StudyEncoder, _ classifiers: ClassifierSettings, in folder: URL
  ) throws -> StudySpeed {
    let pretraining = try encoder.pretraining(in: folder)
    var first: (step: Int, at: ContinuousClock.Instant)?
    var last: (step: Int, at: ContinuousClock.Instant)?
    var total = 1
    _ = try pretraining.run(
      shouldStop: {
        guard let first, let last else { return false }
        return last.at - first.at > .seconds(3) && last.step - first.step >= 3
      },
      report: { event in
        guard case .step(let done, let all, _, _) = event else { return }
        // The first steps choose algorithms and fill caches.
        if first == nil && done >= 3 || done >= all { first = first ?? (done, .now) }
        (last, total) = ((done, .now), all)
      })
    let passes = Double(encoder.recipe.members * encoder.configuration.epochs) / Double(total)
    var trained = passes
    if let first, let last, last.step > first.step {
      trained = passes * Double(last.step - first.step) / ((last.at - first.at) / .seconds(1))
    }
    let audit = try Audit(AttackConfiguration(views: 10))
    let some = encoder.groups.map { Array($0.prefix(64)) }
    func features() throws -> MembershipGroups<MembershipFeatures> {
      try some.map {
        try audit.features([.imageImage], of: Population(encoder.images, $0), by: pretraining.encoder)
      }
    }
    let found = try features()
    let count = Double(some.members.count + some.nonmembers.count)
    let asked = try StudyEstimate.rate(of: 10 * count) { _ = try features() }
    var short = classifiers
    (short.vector.epochs, short.set.epochs) = (10, 1)
    let vector = try StudyEstimate.rate(of: 10 * count) {
      _ = try InferenceClassifierKind.vector.fit(found, settings: short, seed: 0)
    }
    let set = try StudyEstimate.rate(of: count) {
      _ = try InferenceClassifierKind.set.fit(found, settings: short, seed: 0)
    }
    return StudySpeed(trained: trained, asked: asked, vector: vector, set: set)
  }

  /// How much work is done a second, over half a second at least.
  private static func rate(of work: Double, _ body: () throws -> Void) rethrows -> Double {
    try body()
    let start = ContinuousClock.now
    var (repetitions, elapsed) = (0, 0.0)
    while elapsed < 0.5 {
      try body()
      repetitions += 1
      elapsed = (ContinuousClock.now - start) / .seconds(1)
    }
    return work * Double(repetitions) / elapsed
  }

  private func speed(_ encoder: StudyEncoder) -> StudySpeed? {
    // Settings that JSON cannot hold were refused before.
    (try? StudyEstimate.shape(encoder)).flatMap { speeds[$0] }
  }

  /// The pre-training of an encoder; nothing where it is there.
  func seconds(_ encoder: StudyEncoder) -> Double {
    guard let speed = speed(encoder) else { return 0 }
    return Double(encoder.recipe.members * encoder.configuration.epochs) / speed.trained
  }

  /// The audit of a trial; nothing where its results are there.
  func seconds(_ trial: StudyPlan.Trial) -> Double {
    guard !kept.contains(trial.folder), let target = speed(trial.target), let shadow = speed(trial.shadow)
    else {
      return 0
    }
    let settings = trial.cell.audit
    let (tested, learned) = (2 * Double(trial.target.recipe.members), 2 * Double(trial.shadow.recipe.members))
    let n = Double(settings.views)
    let asking = n * (tested / target.asked + learned / shadow.asked)
    let hasUntrained = settings.controls.contains(.untrained)
    // Of pairs there are sets of images, captions, both and all together.
    let isJoint = trial.target.configuration.algorithm.clip != nil && settings.knowledge != .imageOnly
    let scores = n * (n - 1) / 90 * (isJoint ? 8.5 : 1)
    let vector = learned * epochsOfClassifiers.vector / shadow.vector * (isJoint ? 5 : 1)
    let set = learned * epochsOfClassifiers.set / shadow.set * scores
    var sum = asking * (hasUntrained ? 2 : 1) * (isJoint ? 1.5 : 1) + vector * (hasUntrained ? 2 : 1)
    if settings.controls.contains(.blind) { sum += vector }
    if settings.attacks?.contains("EncoderMI-S") ?? true { sum += set }
    return sum + baselines(trial, target, shadow) + 0.3
  }

  /// Classifiers downstream of both encoders, and adversarial examples for every class.
  private func baselines(_ trial: StudyPlan.Trial, _ target: StudySpeed, _ shadow: StudySpeed) -> Double {
    let settings = trial.cell.audit
    guard settings.needsDownstreamSet else { return 0 }
    let inputs = 2 * Double(trial.target.recipe.members + trial.shadow.recipe.members)
    let images = Double(min(settings.downstream.images, trial.target.images.count)) - inputs
    let downstream = images * Double(settings.downstream.epochs) / shadow.vector
    let classes = Double(
      min(trial.target.images.dataset.classNames?.count ?? 0, settings.adversarial.targets))
    let crafting = classes * Double(settings.adversarial.steps) * inputs / shadow.trained
    return 2 * downstream + images * (1 / target.asked + 1 / shadow.asked) + crafting
  }
}
