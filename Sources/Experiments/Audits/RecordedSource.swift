import Attack
import Data
import Encoders
import Files
import Foundation
import Contrastive

/// A target or a shadow that is not at hand: a folder of questions with somebody's answers, and which inputs were its
/// members.
///
/// Beside the questions lie `run.json` and `split.json`, as in a run's folder. They say where the data are and who is a
/// member, and are for the auditor alone: whoever answers needs the manifest and the pictures.
public struct RecordedSource: SplitSource {
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

  /// A target, or a shadow, with its groups of the split that another encoder's were drawn with.
  /// - Parameter source: the encoder itself, or another one whose split was drawn for both.
  public init(
    _ profile: EncoderProfile, as role: AuditGroup = .target, groupsOf source: any SplitSource, in folder: URL
  ) {
    (self.folder, self.profile, images) = (folder, profile, source.images)
    description = RunDescription(source.images, role: TrainingGroup(role))
    split = SplitFile(split: source.split.split, dataFingerprints: source.split.dataFingerprints)
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
  /// Writes all that the attack would ask of its target, or its shadow, which must be a ``RecordedSource``, to that one's
  /// folder: the pictures, the manifest with the captions, and for the auditor the groups.
  /// - Returns: the manifest.
  /// - Throws: ``RunError/occupied(_:)`` where the folder holds something, or an error as of an attack.
  public func writeQuestions(
    for source: RecordedSource, levels: [CaptionKnowledge]? = nil,
    report: (ExperimentEvent) -> Void = { _ in }
  ) throws -> QuestionManifest {
    try writeQuestions(
      for: source, profile: source.profile, to: source.folder, levels: levels, report: report
    ) { folder in
      try Configuration.write(source.description, to: folder.appending(path: RunDescription.fileName))
      try source.split.write(to: folder)
      try FolderDigests(of: [RunDescription.fileName, SplitFile.name], in: folder).write(to: folder)
    }
  }

  /// The same of a target whose groups are lists of the auditor's own, which are not written down.
  /// - Parameters:
  ///   - profile: who is to answer.
  ///   - beside: writes what else lies in the folder.
  /// - Returns: the manifest.
  /// - Throws: as for a ``RecordedSource``.
  public func writeQuestions(
    for source: any AuditSource, profile: EncoderProfile, to folder: URL, levels: [CaptionKnowledge]? = nil,
    report: (ExperimentEvent) -> Void = { _ in }, beside: (URL) throws -> Void = { _ in }
  ) throws -> QuestionManifest {
    try profile.validate()
    try runs.check()
    try ResultsFolder.requireFree(folder)
    var manifest: QuestionManifest?
    try replaceFolder(folder) { temporary in
      let recorder = try QuestionRecorder(for: profile, in: temporary)
      let role: AuditGroup = source.description.role == .shadow ? .shadow : .target
      try ask(recorder, as: role, levels: levels, report: report)
      try beside(temporary)
      manifest = try recorder.finish()
    }
    guard let manifest else { preconditionFailure("AttackJob.writeQuestions: nothing was written") }
    return manifest
  }
}
