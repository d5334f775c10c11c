import Attack
import Contrastive
import Data
import Files
import Foundation
import Kernels

/// One pre-training from data to a run folder.
public struct PretrainingJob: Sendable {
  /// The images that members are drawn from.
  public let images: Images
  /// Whose members are trained on.
  public let role: TrainingGroup
  /// The four groups.
  public let split: Split
  /// What is trained on, and what tells how well, though it was not trained on.
  public let groups: MembershipGroups<[Int]>
  /// All settings, and what captions are tokenised with.
  public let encoder: EncoderSpecification
  /// Where the run is written.
  public let folder: RunFolder

  /// A pre-training of one of a split's two encoders.
  public init(
    _ encoder: EncoderSpecification, as role: AuditGroup, on images: Images, split: Split,
    in folder: RunFolder
  ) {
    self.init(
      encoder, as: TrainingGroup(role), groups: split.groups(role), on: images, split: split, in: folder)
  }

  /// A pre-training of either encoder or of a reference.
  /// - Parameters:
  ///   - pool: the items that a reference outside the four groups is drawn from; all if not given.
  /// - Throws: `SplitError` where too few are left for it.
  public init(
    _ encoder: EncoderSpecification, as group: TrainingGroup, on images: Images, split: Split,
    from pool: [Int]? = nil, in folder: RunFolder
  ) throws {
    let groups = try split.groups(group, from: pool)
    self.init(encoder, as: group, groups: groups, on: images, split: split, in: folder)
  }

  private init(
    _ encoder: EncoderSpecification, as role: TrainingGroup, groups: MembershipGroups<[Int]>,
    on images: Images, split: Split, in folder: RunFolder
  ) {
    (self.encoder, self.role, self.groups) = (encoder, role, groups)
    (self.images, self.split, self.folder) = (images, split, folder)
  }

  /// Whether the folder holds a run that has begun.
  public var hasBegun: Bool { FileManager.default.fileExists(atPath: folder.configuration.path) }

  /// Checks, before data are loaded, that a run can begin or go on in a folder.
  /// - Throws: ``PretrainingError``, or ``RunError/occupied(_:)`` for a folder with files of something else.
  public static func check(_ folder: RunFolder, isResuming: Bool) throws {
    let path = folder.url.path
    guard Paths.isFolder(path) || !Paths.exists(path) else { throw RunError.noFolder(path) }
    let names = Paths.exists(path) ? try Paths.allNames(in: path) : []
    let isRun = names.contains(folder.configuration.lastPathComponent)
    if isResuming {
      guard isRun else { throw PretrainingError.nothingToResume(folder: path) }
      return
    }
    guard !isRun else { throw PretrainingError.occupied(folder: path) }
    // A run that was killed in its first instant leaves these, and hidden temporary files.
    let ours = [
      SplitFile.name, RunDescription.fileName, folder.tokenizer.lastPathComponent, FolderDigests.fileName,
      Omissions.fileName,
    ]
    guard names.allSatisfy({ $0.hasPrefix(".") || ours.contains($0) }) else {
      throw RunError.occupied(path)
    }
  }

  /// Runs it, or goes on with it.
  /// - Parameters:
  ///   - group: the processes that share each step, each with the same job; the first of them writes.
  ///   - shouldStop: asked after each step; a run that was stopped can go on.
  ///   - report: told after each step and epoch.
  /// - Throws: an error that names the file or setting and what to do; a folder of another run stays as it is.
  public func run(
    group: ProcessGroup = .alone, isResuming: Bool = false, shouldStop: () -> Bool = { false },
    report: (PretrainingEvent) -> Void = { _ in }
  ) throws -> PretrainingOutcome {
    try PretrainingJob.check(folder, isResuming: isResuming)
    // A folder that was made for it and stayed empty goes again.
    let isNew = group.isFirst && !Paths.exists(folder.url.path)
    defer { if isNew { rmdir(folder.url.path) } }
    if isResuming {
      try requireSameGroups()
      try folder.requireUnchanged()
    }
    let members = images.subset(groups.members)
    let heldOut = images.subset(groups.nonmembers)
    let pretraining = try Pretraining(
      encoder.configuration, members: members, captions: captionTokens(of: members), folder: folder,
      monitor: NearestNeighbours(bank: members, queries: heldOut),
      retrieval: heldOut.dataset.captions.flatMap {
        Retrieval(images: heldOut, captions: $0.map { $0[0] })
      }, group: group, isResuming: isResuming)
    if group.isFirst { try writeBeginnings(isResuming: isResuming) }
    let outcome = try pretraining.run(shouldStop: shouldStop, report: report)
    if case .finished = outcome, group.isFirst { try folder.seal(isFinished: true) }
    return outcome
  }

  /// What is known of a run before its first step.
  private func writeBeginnings(isResuming: Bool) throws {
    try splitFile.write(to: folder.url)
    // Of a run that goes on it is known to be the same: the state names a digest of all tokens.
    if !isResuming { try encoder.tokenizer?.write(to: folder.tokenizer) }
    try Configuration.write(
      RunDescription(images, role: role), to: folder.url.appending(path: RunDescription.fileName))
    try images.dataset.omissions.write(to: folder.url)
    try folder.seal(isFinished: false)
  }

  private var splitFile: SplitFile {
    SplitFile(
      split: split, reference: role.isReference ? groups : nil,
      dataFingerprints: [Run.dataName: images.fingerprint])
  }

  private func captionTokens(of members: Images) -> CaptionTokens? {
    guard let clip = encoder.configuration.algorithm.clip, let tokenizer = encoder.tokenizer,
      let captions = members.dataset.captions
    else { return nil }
    return CaptionTokens(captions, tokenizer: tokenizer.tokenizer, limit: clip.captionsPerImage)
  }

  /// Checks that a run that has begun is this one.
  /// - Throws: ``PretrainingError/differs(folder:what:)``, or an error that names a file.
  func requireSame() throws {
    try requireSameGroups()
    guard try Configuration.read(from: folder.configuration) == encoder.configuration else {
      throw PretrainingError.differs(folder: folder.url.path, what: "settings")
    }
  }

  /// The data may have moved since; the groups and the role must be those the run began with.
  private func requireSameGroups() throws {
    guard try SplitFile.read(from: folder.url) == splitFile else {
      throw PretrainingError.differs(folder: folder.url.path, what: "images, group sizes or split seed")
    }
    let begun = try RunDescription.read(from: folder)
    guard begun.role == role else {
      throw PretrainingError.differs(folder: folder.url.path, what: "members, of the \(begun.role.rawValue)")
    }
  }
}
