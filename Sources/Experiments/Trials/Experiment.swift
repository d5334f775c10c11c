import Attack
import Contrastive
import Data
import Files
import Foundation

/// Trials on one data set, one after the other, in one folder. What of them is done already is not done again.
///
/// Each trial has a folder with the runs `target` and `shadow` and whatever its audit keeps. An experiment that was
/// interrupted or killed goes on where it stopped, and ends with the same bytes as one that was not.
public struct Experiment<Audited: TrialAudit>: Sendable {
  /// The trials, in the order in which they are made.
  public let trials: [Trial<Audited>]
  /// The images that all of them share.
  public let images: Images
  /// Where everything is written.
  public let folder: URL

  /// An experiment; nothing is created yet. No two trials may have the same folder.
  public init(_ trials: [Trial<Audited>], on images: Images, in folder: URL) {
    precondition(
      Set(trials.map(\.folder)).count == trials.count, "Experiment: two trials in one folder")
    (self.trials, self.images, self.folder) = (trials, images, folder)
  }

  /// Checks, before anything is computed, that the folder has room, or holds the same trials where they are to go on.
  /// - Throws: `PretrainingError`, ``RunError``, or an error that names a file.
  public func check(isResuming: Bool = false) throws {
    for trial in trials {
      let place = place(of: trial)
      try trial.audit.requireRoomForTrial(in: place, isResuming: isResuming)
      guard try trial.audit.kept(in: place, of: images) != nil else { continue }
      // Its runs may have been removed since; those that are there must be these.
      for job in jobs(of: trial) where job.hasBegun { try job.requireSame() }
    }
  }

  /// Makes all trials, or those that are missing.
  /// - Parameters:
  ///   - isResuming: whether the folder may hold some of them already.
  ///   - shouldStop: asked after each step of a pre-training, and now and then in an audit.
  ///   - report: told what begins, goes on and ends.
  /// - Returns: what each trial found, in their order; nil if it was asked to stop.
  /// - Throws: an error of data, training or audit; what was done until then stays.
  public func run(
    isResuming: Bool = false, shouldStop: () -> Bool = { false },
    report: (ExperimentEvent) -> Void = { _ in }
  ) throws -> [Audited.Findings]? {
    try check(isResuming: isResuming)
    var all: [Audited.Findings] = []
    for trial in trials {
      guard let findings = try findings(of: trial, shouldStop: shouldStop, report: report) else { return nil }
      all.append(findings)
    }
    return all
  }

  private func findings(
    of trial: Trial<Audited>, shouldStop: () -> Bool, report: (ExperimentEvent) -> Void
  ) throws -> Audited.Findings? {
    let place = place(of: trial)
    if let kept = try trial.audit.kept(in: place, of: images) { return kept }
    for (role, job) in zip(AuditGroup.allCases, jobs(of: trial)) {
      let step = TrialStep.pretraining(role)
      report(.began(trial: trial.name, step))
      defer { report(.ended(trial: trial.name, step)) }
      let outcome = try job.run(isResuming: job.hasBegun, shouldStop: shouldStop) { report(.pretraining($0)) }
      guard case .finished = outcome else { return nil }
    }
    func run(_ role: AuditGroup) throws -> Run {
      try Run.open(runFolder(of: trial, role).url.path, opened: images.dataset)
    }
    report(.began(trial: trial.name, .audit))
    defer { report(.ended(trial: trial.name, .audit)) }
    let runs = AuditedRuns(target: try run(.target), shadow: try run(.shadow))
    return try trial.audit.findings(of: runs, in: place, shouldStop: shouldStop, report: report)
  }

  private func place(of trial: Trial<Audited>) -> URL {
    trial.folder.isEmpty ? folder : folder.appending(path: trial.folder)
  }

  private func runFolder(of trial: Trial<Audited>, _ role: AuditGroup) -> RunFolder {
    RunFolder(place(of: trial).appending(path: role.rawValue))
  }

  private func jobs(of trial: Trial<Audited>) -> [PretrainingJob] {
    AuditGroup.allCases.map { role in
      PretrainingJob(
        trial.encoder(role), as: role, on: images, split: trial.split, in: runFolder(of: trial, role))
    }
  }
}

/// A part of a trial that takes its time.
public enum TrialStep: Sendable, Equatable {
  /// The pre-training of one of the two encoders.
  case pretraining(AuditGroup)
  /// The audit of the target.
  case audit
}

/// What an experiment, an attack or a pre-training tells while it goes on.
public enum ExperimentEvent: Sendable {
  /// A step of the trial of that name begins.
  case began(trial: String, TrialStep)
  /// Such a step ends, by an error or an interruption too.
  case ended(trial: String, TrialStep)
  /// A pre-training goes on.
  case pretraining(PretrainingEvent)
  /// What an attack is doing, in a few words.
  case doing(String)
  /// What an audit is doing.
  case audit(AuditEvent)
  /// A level of knowledge is left out, for a reason.
  case leftOut(CaptionKnowledge, String)
  /// Classifiers downstream of the encoders are trained on images of another data set; those of them that are in a group
  /// of one of the runs are left out.
  case downstream(_ location: String, images: Int, leftOut: Int, omissions: Omissions)
  /// Two runs, by their folders, have no checkpoint of the same epoch, so only their ends are compared.
  case noCommonCheckpoint(target: String, shadow: String)
}
