import Attack
import Data
import Encoders
import Files
import Foundation
import Contrastive

/// An encoder under audit that is not at hand: a folder of questions with somebody's answers, and which inputs were its
/// members.
///
/// Beside the questions lie `run.json` and `split.json`, as in a run's folder. They say where the data are and who is a
/// member, and are for the auditor alone: whoever answers needs the manifest and the pictures.
public struct RecordedTarget: AuditSource {
  /// Where the questions and answers lie.
  public let folder: URL
  /// Who answers.
  public let profile: EncoderProfile
  /// What is said of the data.
  public let description: RunDescription
  /// The four groups.
  public let split: SplitFile
  /// The images that the groups are drawn from.
  public let images: Images

  /// A target with the groups of the split that a run was drawn with.
  /// - Parameter run: the target itself, or a shadow whose split was drawn for both.
  public init(_ profile: EncoderProfile, groupsOf run: Run, in folder: URL) {
    (self.folder, self.profile, images) = (folder, profile, run.images)
    description = RunDescription(run.images, role: .target)
    split = SplitFile(split: run.split.split, dataFingerprints: run.split.dataFingerprints)
  }

  /// Opens a folder of questions.
  /// - Parameters:
  ///   - moved: where the data are now, if not where they were.
  ///   - opened: data that are open already; they are used if they are the same.
  /// - Throws: an error that names the file and what does not fit.
  public init(opening folder: URL, data moved: String? = nil, opened: Dataset? = nil) throws {
    (self.folder, profile) = (folder, try QuestionManifest.read(from: folder).encoder)
    try RunFolder(folder).check([RunDescription.fileName, SplitFile.name])
    description = try RunDescription.read(from: RunFolder(folder))
    split = try SplitFile.read(from: folder)
    images = try Run.images(description, split, in: folder.path, data: moved, opened: opened)
  }

  /// The folder's path.
  public var path: String { folder.path }
  /// It is unknown.
  public var seed: UInt64? { nil }
  /// Whether captions are asked about.
  public var usesCaptions: Bool { profile.modalities.contains(.text) }
  /// The answers.
  public func audited() throws -> any AuditedEncoder { try RecordedAnswers(folder) }
  /// It is unknown.
  public func utility() throws -> EncoderRecord.Utility? { nil }
}

extension AttackJob {
  /// Writes all that the attack would ask of its target, which must be a ``RecordedTarget``, to the target's folder: the
  /// pictures, the manifest with the captions, and for the auditor the groups.
  /// - Returns: the manifest.
  /// - Throws: ``RunError/occupied(_:)`` where the folder holds something, or an error as of an attack.
  public func writeQuestions(
    for target: RecordedTarget, levels: [CaptionKnowledge]? = nil,
    report: (ExperimentEvent) -> Void = { _ in }
  ) throws -> QuestionManifest {
    try target.profile.validate()
    try runs.check()
    try ResultsFolder.requireFree(target.folder)
    var manifest: QuestionManifest?
    try replaceFolder(target.folder) { temporary in
      let recorder = try QuestionRecorder(for: target.profile, in: temporary)
      try ask(recorder, levels: levels, report: report)
      try Configuration.write(target.description, to: temporary.appending(path: RunDescription.fileName))
      try target.split.write(to: temporary)
      try FolderDigests(of: [RunDescription.fileName, SplitFile.name], in: temporary).write(to: temporary)
      manifest = try recorder.finish()
    }
    guard let manifest else { preconditionFailure("AttackJob.writeQuestions: nothing was written") }
    return manifest
  }
}
