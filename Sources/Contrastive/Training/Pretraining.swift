import Data
import Files
import Foundation
import Kernels
import Networks

/// The position of a pre-training: what a state holds beside tensors.
struct PretrainingPosition: Codable, Sendable {
  var configuration: PretrainingConfiguration
  var dataFingerprint: String
  /// Whole epochs done.
  var epoch: Int
  /// Steps of the epoch after them.
  var stepInEpoch: Int
  var optimiserStep: Int
  var counters: [String: Int]
  /// Sums over the steps of the unfinished epoch.
  var lossSum: Double
  var accuracySum: Double
}

/// The pre-training of one encoder on one set of images: the loop around a learner.
///
/// Order and views of an epoch follow from seed, epoch and image alone. So a run that was stopped anywhere and resumed
/// gives the same weights, bit for bit, as one that was not, on the same machine with the same number of threads.
///
/// Several processes share each step; all have all weights, and only the first writes.
public final class Pretraining {
  /// All settings.
  public let configuration: PretrainingConfiguration
  private let members: Images
  private let folder: RunFolder
  private let monitor: NearestNeighbours?
  private let retrieval: Retrieval?
  private let learner: any Learner
  private let tokenizerDigest: String?
  private let optimiser: OptimiserState
  private let plan: BatchPlan
  private let group: ProcessGroup
  private var position: PretrainingPosition
  private let views: StepViews
  private var lastSave = ContinuousClock.now
  private var lock: FolderLock?

  /// Seconds between two saved states.
  static let saveInterval: Duration = .seconds(60)

  /// Prepares a run, or takes one up where it stopped. The folder is then this run's alone until it ends.
  /// - Parameters:
  ///   - members: the images to pre-train on.
  ///   - captions: of the members, in their order; only CLIP reads them.
  ///   - monitor: what the utility of the image encoder is measured with.
  ///   - retrieval: what the utility of image and text encoder together is measured with.
  ///   - group: the processes that share each step; all prepare the same run.
  ///   - isResuming: whether the folder holds a run that goes on.
  /// - Throws: ``PretrainingError``, `InvalidSetting`, or an error that names a file; nothing is changed then.
  public init(
    _ configuration: PretrainingConfiguration, members: Images, captions: CaptionTokens? = nil,
    folder: RunFolder, monitor: NearestNeighbours? = nil, retrieval: Retrieval? = nil,
    group: ProcessGroup = .alone, isResuming: Bool = false
  ) throws {
    try configuration.validate()
    (self.configuration, self.members, self.folder) = (configuration, members, folder)
    (self.monitor, self.retrieval, self.group) = (monitor, retrieval, group)
    if let captions, captions.count != members.count {
      throw PretrainingError.captionCount(found: captions.count, members: members.count)
    }
    plan = try BatchPlan(
      count: members.count, batch: configuration.batch,
      dropsIncompleteBatch: configuration.dropsIncompleteBatch, seed: configuration.seed)
    learner = try configuration.learner(captions: captions, group: group)
    try configuration.requireShares(
      of: plan.sizes, processes: group.count, normalises: !learner.store.statistics.isEmpty)
    tokenizerDigest = learner.text?.tokenizer.digest
    optimiser = OptimiserState(configuration.optimiser, for: learner.store)
    views = StepViews(of: members, configuration.augmentation, seed: configuration.seed)
    position = PretrainingPosition(
      configuration: configuration,
      dataFingerprint: [members.fingerprint, captions?.fingerprint].compactMap { $0 }.joined(separator: "+"),
      epoch: 0, stepInEpoch: 0,
      optimiserStep: 0, counters: learner.counters, lossSum: 0, accuracySum: 0)
    let isThere = Paths.exists(folder.configuration.path)
    if isResuming {
      guard isThere else { throw PretrainingError.nothingToResume(folder: folder.url.path) }
      if group.isFirst { lock = try folder.lock() }
      try resume()
    } else {
      guard !isThere else { throw PretrainingError.occupied(folder: folder.url.path) }
    }
    // Before this no process writes what another may still look for.
    try requireAgreement(atStart: true)
    if !isResuming && group.isFirst {
      try makeFolder(folder.url)
      lock = try folder.lock()
    }
  }

  /// Checks that all processes have the same weights, and when they begin that they are to do the same with them.
  private func requireAgreement(atStart: Bool = false) throws {
    guard group.count > 1 else { return }
    var agreement = Agreement()
    if atStart {
      var settings = SHA256()
      settings.update(try Configuration.encode(configuration))
      agreement.add("settings", String(settings.hexDigest().prefix(16)))
      agreement.add("images", position.dataFingerprint)
      agreement.add("kind of machine", Machine.arithmetic)
      agreement.add("numbers of threads (give --threads)", "\(Threads.count)")
    }
    agreement.add("steps", "\(position.epoch) epochs and \(position.stepInEpoch)")
    agreement.add("weights", [learner.store.weights, learner.store.runningStatistics])
    let carried = [optimiser.tensors, learner.tensors]
    agreement.add("saved states", carried.flatMap { $0.sorted { $0.key < $1.key }.map(\.value) })
    try agreement.require(in: group)
  }

  private func resume() throws {
    let standing: PretrainingConfiguration = try Configuration.read(from: folder.configuration)
    guard standing == configuration else {
      throw PretrainingError.differs(folder: folder.url.path, what: "settings")
    }
    let state: TrainingState<PretrainingPosition>
    do {
      state = try TrainingState(contentsOf: folder.state)
    } catch FileError.absent(folder.state.path) {
      // Killed before anything was saved: it begins anew, and so does its log.
      if group.isFirst { try RunLog(file: folder.log).truncate(after: 0) }
      return
    }
    guard state.values.configuration == configuration else {
      throw PretrainingError.differs(folder: folder.url.path, what: "settings")
    }
    guard state.values.dataFingerprint == position.dataFingerprint else {
      throw PretrainingError.differs(folder: folder.url.path, what: "images")
    }
    let weights = try learner.store.tensors.under("weights").sorted { $0.key < $1.key }.map { name, tensor in
      (tensor, try required(name, like: tensor, in: state.tensors, file: state.file))
    }
    try optimiser.restore(
      state.tensors(under: "optimiser"), step: state.values.optimiserStep, file: state.file)
    try learner.restore(
      state.tensors(under: "learner"), counters: state.values.counters, file: state.file)
    for (tensor, saved) in weights { tensor.assign(saved) }
    learner.store.markChanged()
    position = state.values
    if group.isFirst { try RunLog(file: folder.log).truncate(after: position.epoch) }
  }

  /// Epochs done so far.
  public var epoch: Int { position.epoch }

  /// Runs to the end, or until asked to stop.
  /// - Parameters:
  ///   - shouldStop: asked after each step; all processes stop where one is asked to.
  ///   - report: told after each step and epoch.
  /// - Throws: ``PretrainingError``, or an error of reading images or writing files.
  public func run(
    shouldStop: () -> Bool = { false }, report: (PretrainingEvent) -> Void = { _ in }
  ) throws -> PretrainingOutcome {
    if lock == nil && group.isFirst { lock = try folder.lock() }
    // Whoever waits may go on with the run as soon as this returns.
    defer { lock = nil }
    if group.isFirst {
      // A link to another place in theirs shows now, not when they are written.
      for place in [folder.checkpoints, folder.finalCheckpoint] { try requireOwnFolder(place) }
      try Configuration.write(configuration, to: folder.configuration)
      // A full disk shows now, not after the first minutes or hours.
      if !Paths.exists(folder.state.path) { try save() }
    }
    let total = configuration.epochs * plan.stepsPerEpoch
    let rates = configuration.schedule.rates(base: configuration.learningRate, steps: total)
    var rate = RateMeter()
    while position.epoch < configuration.epochs {
      let batches = plan.batches(epoch: position.epoch)
      var epochRate = RateMeter()
      while position.stepInEpoch < batches.count {
        let done = position.epoch * plan.stepsPerEpoch + position.stepInEpoch
        let batch = batches[position.stepInEpoch]
        let result = try step(batch, number: done, learningRate: rates(done))
        rate.count(batch.count)
        epochRate.count(batch.count)
        position.lossSum += Double(result.loss)
        position.accuracySum += Double(result.accuracy)
        position.stepInEpoch += 1
        report(.step(done: done + 1, of: total, loss: result.loss, imagesPerSecond: rate.perSecond))
        if position.stepInEpoch < batches.count, group.anyone(shouldStop()) {
          try stop()
          return .interrupted(epoch: position.epoch)
        }
      }
      let record = EpochRecord(
        epoch: position.epoch + 1, loss: position.lossSum / Double(batches.count),
        contrastiveAccuracy: position.accuracySum / Double(batches.count),
        learningRate: rates(position.epoch * plan.stepsPerEpoch + batches.count - 1),
        imagesPerSecond: epochRate.perSecond, knnAccuracy: try knnAccuracy(after: position.epoch + 1),
        recall: try recall(after: position.epoch + 1),
        logitScale: (learner.text?.logitScale).map(Double.init))
      position.epoch += 1
      (position.stepInEpoch, position.lossSum, position.accuracySum) = (0, 0, 0)
      try finishEpoch(record)
      report(.epoch(record))
      if position.epoch < configuration.epochs, group.anyone(shouldStop()) {
        try stop()
        return .interrupted(epoch: position.epoch)
      }
    }
    return .finished
  }

  private func stop() throws {
    try requireAgreement()
    if group.isFirst { try save() }
    // A launcher may end all processes once one has ended: none does before the state is saved.
    group.barrier()
  }

  private func finishEpoch(_ record: EpochRecord) throws {
    try requireFinite([learner.store.weights, learner.store.runningStatistics])
    try requireAgreement()
    guard group.isFirst else { return }
    try RunLog(file: folder.log).append(record)
    let isLast = position.epoch == configuration.epochs
    if configuration.checkpointEpochs.contains(position.epoch) {
      let place = folder.checkpoint(epoch: position.epoch)
      try requireOwnFolder(folder.checkpoints)
      try checkpoint().write(to: place)
    }
    if isLast { try checkpoint().write(to: folder.finalCheckpoint) }
    if isLast || ContinuousClock.now - lastSave > Pretraining.saveInterval { try save() }
  }

  private func step(_ batch: [Int], number: Int, learningRate: Double) throws -> StepResult {
    let random = RandomStream(seed: configuration.seed, name: "steps").substream(number)
    let places = learner.places(of: batch.count, random: random)
    let own = group.share(of: batch.count).map { batch[$0] }
    let result = learner.gradients(
      StepBatch(
        views: try views.views(of: batch, at: places, epoch: position.epoch), members: own,
        total: batch.count, epoch: position.epoch),
      random: random)
    guard result.loss.isFinite else {
      throw PretrainingError.notFinite(
        "loss", epoch: position.epoch + 1, step: position.stepInEpoch + 1, folder: folder.url.path)
    }
    if let bound = configuration.gradientClip { _ = learner.store.clipGradients(toNorm: bound) }
    optimiser.update(learner.store, learningRate: learningRate)
    learner.didUpdate()
    return result
  }

  private func save() throws {
    position.optimiserStep = optimiser.step
    position.counters = learner.counters
    let tensors = learner.store.tensors.under("weights")
      .merging(optimiser.tensors.under("optimiser")) { $1 }
      .merging(learner.tensors.under("learner")) { $1 }
    try requireFinite(tensors.values)
    try TrainingState(tensors: tensors, values: position).write(to: folder.state)
    lastSave = .now
  }

  /// A last step may spoil the weights although its loss was a number; such weights must replace no good ones.
  private func requireFinite(_ tensors: some Sequence<Tensor>) throws {
    guard tensors.allSatisfy(isFinite) else {
      let isEpochDone = position.stepInEpoch == 0
      throw PretrainingError.notFinite(
        "weights", epoch: position.epoch + (isEpochDone ? 0 : 1),
        step: isEpochDone ? plan.stepsPerEpoch : position.stepInEpoch, folder: folder.url.path)
    }
  }

  /// The encoder as it is now.
  public var encoder: PretrainedEncoder {
    PretrainedEncoder(description, network: learner.network, store: learner.store)
  }

  /// The encoders as they are now, where captions are trained on.
  public var pair: PretrainedCLIP? {
    learner.text.map {
      PretrainedCLIP(description, network: $0.network, store: learner.store, tokenizer: $0.tokenizer)
    }
  }

  private var description: EncoderDescription {
    EncoderDescription(
      encoder: configuration.encoder, head: configuration.head, augmentation: configuration.augmentation,
      algorithm: configuration.algorithm.name, epoch: position.epoch, members: members.count,
      temperature: learner.text.map { 1 / $0.logitScale } ?? configuration.algorithm.temperature,
      clip: configuration.algorithm.clip, tokenizer: tokenizerDigest)
  }

  private func checkpoint() -> Checkpoint<EncoderDescription> { Checkpoint(learner.store, description) }

  private func knnAccuracy(after epoch: Int) throws -> Double? {
    guard let monitor, group.isFirst, isMonitored(epoch) else { return nil }
    return try monitor.accuracy(of: encoder)
  }

  private func recall(after epoch: Int) throws -> RetrievalRecall? {
    guard let retrieval, let pair, group.isFirst, isMonitored(epoch) else { return nil }
    return try retrieval.recall(of: pair)
  }

  private func isMonitored(_ epoch: Int) -> Bool {
    epoch == configuration.epochs
      || (configuration.monitorInterval > 0 && epoch % configuration.monitorInterval == 0)
  }
}
