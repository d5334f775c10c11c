import Attack
import Contrastive
import Data
import Files
import Foundation

/// What an experiment tells while it goes on.
public enum StudyEvent: Sendable {
  /// An encoder begins to be trained, or a trial to be audited; how much of the whole plan is done, from 0 to 1.
  case began(String, done: Double, secondsLeft: Double)
  /// It ends, by an error or an interruption too.
  case ended
  /// What goes on in it.
  case step(ExperimentEvent)
  /// Other processes train what is still missing.
  case waiting(Int)
  /// All trials of an experiment are there.
  case finished(StudyResults)
}

/// The making of a plan: encoders into the store, audits into the folder of results.
public struct StudyJob {
  /// What is to be made.
  public let plan: StudyPlan
  /// Where results are written: a folder for each experiment.
  public let folder: URL
  /// The share that is made here; nil for all.
  public let part: WorkPart?
  /// How long each step takes.
  public let estimate: StudyEstimate

  /// Whose results are there already, by folder.
  private let done: Set<String>

  /// A plan with the place of its results; how long it takes is measured, some seconds for each shape of encoder that the
  /// store knows nothing of.
  /// - Parameter measuring: told what is measured; nil to measure nothing, and tell no time.
  /// - Throws: an error of the data or of a training.
  public init(
    _ plan: StudyPlan, in folder: URL, part: WorkPart? = nil, measuring: ((String) -> Void)? = nil
  ) throws {
    (self.plan, self.folder, self.part) = (plan, folder, part)
    done = try Set(
      plan.trials.filter {
        let place = folder.appending(path: $0.folder)
        return try AttackAudit($0.cell.audit).kept(in: place, of: $0.target.images) != nil
      }.map(\.folder))
    estimate = try StudyEstimate(
      plan, encoders: part?.of(plan.encoders) ?? plan.encoders, trials: part?.of(plan.trials) ?? plan.trials,
      kept: done, report: measuring)
  }

  /// The plan in some lines: what is there, what is going to be made, and how long that takes.
  public var summary: String {
    let all = plan.records.map(\.experiment).joined(separator: ", ")
    let share = part.map { ", part \($0.number) of \($0.count)" } ?? ""
    let stored = encoders.count { $0.place.isFinished }
    let begun = encoders.count { !$0.place.isFinished && $0.place.hasBegun }
    let done = trials.count { self.done.contains($0.folder) }
    return """
      \(all), scale \(plan.scale.name)\(share)
      encoders: \(encoders.count), \(stored) of them in the store, \(begun) begun
      audits:   \(trials.count), \(done) of them done
      time:     about \(StudyJob.minutes(estimate.total)), \(StudyJob.minutes(estimate.training)) of it pre-training
      """
  }

  private static func minutes(_ seconds: Double) -> String {
    if seconds < 60 { return "\(Int(seconds.rounded(.up))) s" }
    let minutes = Int((seconds / 60).rounded(.up))
    return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }

  private func place(_ record: StudyRecord) -> URL { folder.appending(path: record.experiment) }
  private func place(_ trial: StudyPlan.Trial) -> URL { folder.appending(path: trial.folder) }

  /// The encoders of this part.
  public var encoders: [StudyEncoder] { part?.of(plan.encoders) ?? plan.encoders }
  /// The audits of this part.
  public var trials: [StudyPlan.Trial] { part?.of(plan.trials) ?? plan.trials }

  /// Checks that results have room, or that the same experiments began there and may go on, and writes what each is.
  ///
  /// Parts may be written to one folder: there it is enough that the experiments are the same.
  /// - Throws: ``StudyError``, or an error that names a file.
  public func begin(isResuming: Bool) throws {
    for record in plan.records {
      let place = place(record)
      let file = place.appending(path: StudyRecord.fileName)
      guard Paths.exists(file.path) else { continue }
      let there = try StudyRecord.read(from: place)
      guard there == record else {
        throw StudyError.otherExperiment(place.path, differs: record.differences(from: there))
      }
      guard isResuming || part != nil else { throw StudyError.begun(place.path) }
    }
    for record in plan.records {
      let place = place(record)
      if !Paths.exists(place.appending(path: StudyRecord.fileName).path) {
        try ResultsFolder.requireFree(place)
      }
      try makeFolder(place)
      try Configuration.write(record, to: place.appending(path: StudyRecord.fileName))
    }
  }

  /// The results of a trial, if they are there.
  /// - Throws: an error that names the file.
  public func kept(_ trial: StudyPlan.Trial) throws -> AttackResults? {
    try AttackAudit(trial.cell.audit).kept(in: place(trial), of: trial.target.images)
  }

  /// Trains what is missing and not trained by another process now, and returns.
  /// - Returns: whether it was not interrupted.
  /// - Throws: an error of data or training.
  public func trainEncoders(shouldStop: () -> Bool, report: (StudyEvent) -> Void) throws -> Bool {
    var progress = StudyProgress(self, isEncodersOnly: true)
    for encoder in encoders where !encoder.place.isFinished {
      if try train(encoder, &progress, shouldStop, report) == .interrupted { return false }
    }
    return true
  }

  /// Makes what is missing.
  /// - Returns: the results of every experiment of which all trials are there; nil if it was asked to stop.
  /// - Throws: an error of data, training or audit; what was done until then stays.
  public func run(shouldStop: () -> Bool = { false }, report: (StudyEvent) -> Void = { _ in }) throws
    -> [StudyResults]?
  {
    var progress = StudyProgress(self)
    if part != nil {
      // Whoever makes another part may need these.
      for encoder in encoders where !encoder.place.isFinished {
        if try train(encoder, &progress, shouldStop, report) == .interrupted { return nil }
      }
    }
    var found: [String: StudyResults] = [:]
    func collect() throws {
      for record in plan.records where found[record.experiment] == nil {
        guard StudyResults.missing(record, in: place(record)).isEmpty else { continue }
        let results = try StudyResults.collect(record, in: place(record))
        found[record.experiment] = results
        report(.finished(results))
      }
    }
    var waiting = try trials.filter { try kept($0) == nil }
    try collect()
    while !waiting.isEmpty {
      var busy: [StudyPlan.Trial] = []
      for trial in waiting {
        switch try audit(trial, &progress, shouldStop, report) {
        case .finished: try collect()
        case .interrupted: return nil
        case .busy: busy.append(trial)
        }
      }
      if busy.count == waiting.count {
        report(.waiting(busy.count))
        for _ in 0..<10 {
          if shouldStop() { return nil }
          usleep(100_000)
        }
      }
      waiting = busy
    }
    // What one process makes alone is whole now.
    return try plan.records.compactMap { record in
      try found[record.experiment] ?? (part == nil ? StudyResults.collect(record, in: place(record)) : nil)
    }
  }

  private func train(
    _ encoder: StudyEncoder, _ progress: inout StudyProgress, _ shouldStop: () -> Bool,
    _ report: (StudyEvent) -> Void
  ) throws -> StoredEncoder.Outcome {
    if encoder.place.isFinished {
      // Another process may have trained it.
      progress.end(encoder)
      return .finished
    }
    if shouldStop() { return .interrupted }
    report(progress.began("pre-training \(encoder.name)"))
    defer { report(.ended) }
    let outcome = try encoder.train(shouldStop: shouldStop) { report(.step(.pretraining($0))) }
    if case .finished = outcome { progress.end(encoder) }
    return outcome
  }

  private func audit(
    _ trial: StudyPlan.Trial, _ progress: inout StudyProgress, _ shouldStop: () -> Bool,
    _ report: (StudyEvent) -> Void
  ) throws -> StoredEncoder.Outcome {
    for encoder in [trial.target, trial.shadow] {
      let outcome = try train(encoder, &progress, shouldStop, report)
      guard outcome == .finished else { return outcome }
    }
    if shouldStop() { return .interrupted }
    report(progress.began("auditing \(trial.name)"))
    defer { report(.ended) }
    let found = try AttackAudit(trial.cell.audit).findings(
      of: trial.runs, in: place(trial), shouldStop: shouldStop, report: { report(.step($0)) })
    guard found != nil else { return .interrupted }
    progress.end(trial)
    return .finished
  }
}

/// How much of a plan is done, by estimated time.
private struct StudyProgress {
  private let estimate: StudyEstimate
  private let start = ContinuousClock.now
  private var (done, total) = (0.0, 0.0)
  private var counted: Set<URL> = []

  init(_ job: StudyJob, isEncodersOnly: Bool = false) {
    estimate = job.estimate
    total = isEncodersOnly ? estimate.training : estimate.total
    // What is there already is no part of the total.
    counted = Set(job.plan.encoders.filter(\.place.isFinished).map(\.place.folder))
  }

  mutating func end(_ encoder: StudyEncoder) {
    if counted.insert(encoder.place.folder).inserted { done += estimate.seconds(encoder) }
  }

  mutating func end(_ trial: StudyPlan.Trial) { done += estimate.seconds(trial) }

  /// What is left is judged by how long the rest took, once that is some time.
  func began(_ name: String) -> StudyEvent {
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    let pace = elapsed > 30 && done > 0 ? elapsed / done : 1
    return .began(
      name, done: total > 0 ? min(1, done / total) : 0, secondsLeft: max(0, total - done) * pace)
  }
}
