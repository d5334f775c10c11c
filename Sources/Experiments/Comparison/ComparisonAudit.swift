import Attack
import Data
import Files
import Foundation

/// An audit by what applies to the target, of which the measures are kept that a comparison needs, and how useful the
/// target is.
public struct ComparisonAudit: TrialAudit {
  /// What it finds, as `findings.json` holds it.
  public struct Findings: Codable, Sendable {
    /// Attacks and controls.
    public let findings: [Comparison.Finding]
    /// How useful the target is.
    public let utilities: [EncoderRecord.Utility]
    /// What could not be done, and why.
    public let notes: [String]
    /// Of the images and captions it was made with.
    let dataFingerprint: String
    /// Of the images with classes, if there were any.
    let labelledFingerprint: String?

    static let fileName = "findings.json"
  }

  /// The algorithm, as findings call it.
  let algorithm: String
  /// Views of each image and variants of each caption.
  let views: Int
  /// Seed of the attack.
  let seed: UInt64
  /// Images with classes that usefulness is measured on.
  let labelled: LabelledImages?

  /// The findings in the trial's folder, if they were made with the same data.
  /// - Throws: ``ComparisonError/otherData(_:)``, or an error that names the file.
  public func kept(in folder: URL, of images: Images) throws -> Findings? {
    let file = folder.appending(path: Findings.fileName)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    let kept: Findings = try Configuration.read(from: file, allowsNull: true)
    guard
      kept.dataFingerprint == images.fingerprint, kept.labelledFingerprint == labelled?.fingerprint
    else { throw ComparisonError.otherData(folder.path) }
    return kept
  }

  /// Findings are written beside whatever is there.
  public func requireRoom(in folder: URL, isResuming: Bool) {}

  /// Attacks, measures usefulness, and writes `findings.json`.
  public func findings(
    of runs: AuditedRuns, in folder: URL, shouldStop: () -> Bool, report: (ExperimentEvent) -> Void
  ) throws -> Findings? {
    let target = try runs.run(.target)
    guard let (found, notes) = try attacked(runs, shouldStop: shouldStop, report: report) else { return nil }
    var utilities = try [target.ownUtility()].compactMap { $0 }
    if let labelled {
      let members = target.images.subset(target.groups(.target).members)
      utilities.append(try labelled.utility(of: target.encoder(), trainedOn: members))
    }
    let findings = Findings(
      findings: found, utilities: utilities, notes: notes, dataFingerprint: target.images.fingerprint,
      labelledFingerprint: labelled?.fingerprint)
    try Configuration.write(findings, to: folder.appending(path: Findings.fileName))
    return findings
  }

  private func attacked(
    _ runs: AuditedRuns, shouldStop: () -> Bool, report: (ExperimentEvent) -> Void
  ) throws -> (findings: [Comparison.Finding], notes: [String])? {
    let configuration = AttackConfiguration(views: views, variants: views, classifiers: .quick, seed: seed)
    let job = AttackJob(runs, configuration: configuration)
    guard let found = try job.findings(shouldStop: shouldStop, report: report) else { return nil }
    return (found.flatMap { $0.comparable(algorithm) }, found.flatMap(\.notes))
  }
}

extension AuditFindings {
  /// The findings as rows of a comparison.
  fileprivate func comparable(_ algorithm: String) -> [Comparison.Finding] {
    (attacks + controls).map { finding in
      Comparison.Finding(
        algorithm: algorithm, sets: finding.sets, attack: finding.attack,
        role: finding.family == nil ? .attack : finding.family == .swapped ? .pairingControl : .groupControl,
        metrics: finding.metrics)
    }
  }
}
