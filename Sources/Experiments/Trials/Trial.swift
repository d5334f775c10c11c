import Attack
import Contrastive
import Data
import Foundation

/// A target, a shadow, and the audit of the one by means of the other: all that is decided before anything is computed.
public struct Trial<Audited: TrialAudit>: Sendable {
  /// What it is called while it goes on; may be empty where there is only one.
  public var name: String
  /// Its folder inside the experiment's; empty for the experiment's own.
  public var folder: String
  /// Members and nonmembers of both encoders.
  public var split: Split
  /// The encoder under audit.
  public var target: EncoderSpecification
  /// The auditor's own encoder.
  public var shadow: EncoderSpecification
  /// What is asked of the two.
  public var audit: Audited

  /// A trial by its parts.
  public init(
    name: String = "", folder: String = "", split: Split, target: EncoderSpecification,
    shadow: EncoderSpecification, audit: Audited
  ) {
    (self.name, self.folder, self.split) = (name, folder, split)
    (self.target, self.shadow, self.audit) = (target, shadow, audit)
  }

  func encoder(_ role: AuditGroup) -> EncoderSpecification { role == .target ? target : shadow }
}

/// What is asked of a trial's two encoders once they are pre-trained, and how the answer is kept.
public protocol TrialAudit: Sendable {
  /// What it finds.
  associatedtype Findings: Sendable

  /// What the same audit left in the trial's folder before; nil where it is yet to be made.
  /// - Throws: an error that names the file, where the folder holds another audit's findings.
  func kept(in folder: URL, of images: Images) throws -> Findings?

  /// Checks, before data are opened, that findings can be written to the trial's folder, or are there already where
  /// the trial goes on.
  /// - Throws: ``RunError/occupied(_:)``.
  func requireRoom(in folder: URL, isResuming: Bool) throws

  /// Asks the encoders, and keeps the findings in the trial's folder, whole or not at all.
  /// - Parameter shouldStop: asked now and then while encoders answer and attacks learn.
  /// - Returns: nil if it was asked to stop.
  /// - Throws: an error of the runs, the images, the features or a classifier.
  func findings(
    of runs: AuditedRuns, in folder: URL, shouldStop: () -> Bool, report: (ExperimentEvent) -> Void
  ) throws -> Findings?
}

extension TrialAudit {
  /// Checks, before data are opened, that a trial with this audit can begin or go on in a folder.
  /// - Throws: `PretrainingError`, or ``RunError/occupied(_:)``.
  public func requireRoomForTrial(in folder: URL, isResuming: Bool = false) throws {
    for role in AuditGroup.allCases {
      let run = RunFolder(folder.appending(path: role.rawValue))
      let hasBegun = FileManager.default.fileExists(atPath: run.configuration.path)
      try PretrainingJob.check(run, isResuming: isResuming && hasBegun)
    }
    try requireRoom(in: folder, isResuming: isResuming)
  }
}
