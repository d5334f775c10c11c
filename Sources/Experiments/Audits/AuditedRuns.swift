import Attack
import Data
import Encoders
import Files
import Foundation

/// An encoder under audit with the inputs that it is tested on: a run of ours, or somebody else's recorded answers.
public protocol AuditSource: Sendable {
  /// Where it lies, for errors.
  var path: String { get }
  /// What is said of its data.
  var description: RunDescription { get }
  /// The groups of one of the two encoders.
  func groups(_ role: AuditGroup) -> MembershipGroups<[Int]>
  /// What it was trained on, and what it was not.
  var own: MembershipGroups<[Int]> { get }
  /// The seed that the groups were drawn by; nil where they are lists of an auditor's own.
  var splitSeed: UInt64? { get }
  /// What must be known of its groups before a number is quoted.
  var warnings: [String] { get }
  /// The images that the groups are drawn from; nil for captions alone.
  var pictures: Images? { get }
  /// Members and nonmembers where they are captions alone.
  var listedCaptions: MembershipGroups<[String]>? { get }
  /// A digest over the data.
  var fingerprint: String { get }
  /// The seed of its pre-training; nil where that is unknown.
  var seed: UInt64? { get }
  /// Whether it is asked about captions.
  var usesCaptions: Bool { get }
  /// What an audit asks about: an encoder, this or one in its place, with the groups of one of the two.
  /// - Throws: an error that names what does not fit.
  func subject(_ encoder: any AuditedEncoder, _ role: AuditGroup) throws -> AuditSubject
  /// The encoder as an audit asks it.
  /// - Throws: an error that names what cannot be read.
  func audited() throws -> any AuditedEncoder
  /// The same where it is not asked, so that it need not have answered yet.
  /// - Throws: an error that names what cannot be read.
  func described() throws -> any AuditedEncoder
  /// How useful it is; nil where that was not measured.
  /// - Throws: an error that names what cannot be read.
  func utility() throws -> EncoderRecord.Utility?
}

/// One whose groups a coin drew.
public protocol SplitSource: AuditSource {
  /// The images that the groups are drawn from.
  var images: Images { get }
  /// The groups.
  var split: SplitFile { get }
}

extension SplitSource {
  /// The images.
  public var pictures: Images? { images }
  /// They are images, with or without captions.
  public var listedCaptions: MembershipGroups<[String]>? { nil }
  /// The images'.
  public var fingerprint: String { images.fingerprint }

  /// The encoder with the images of one of the groups, and their captions where there are some.
  public func subject(_ encoder: any AuditedEncoder, _ role: AuditGroup) throws -> AuditSubject {
    try AuditSubject(encoder, images: images, captions: images.dataset.captions, groups: groups(role))
  }

  /// The groups of one of the two encoders.
  public func groups(_ role: AuditGroup) -> MembershipGroups<[Int]> { split.split.groups(role) }

  /// What it was trained on, and what it was not.
  public var own: MembershipGroups<[Int]> {
    split.reference ?? groups(description.role == .shadow ? .shadow : .target)
  }

  /// The split's seed.
  public var splitSeed: UInt64? { split.split.seed }
  /// Nothing.
  public var warnings: [String] { [] }
}

extension AuditSource {
  /// As it is asked.
  public func described() throws -> any AuditedEncoder { try audited() }

  /// The pictures that it was trained on.
  public var memberPictures: Set<PictureIdentity> {
    pictures.map { images in Set(own.members.map { images.dataset.identity(of: $0) }) } ?? []
  }
}

/// The encoder under audit and the auditor's own, and what all attacks from the one on the other need of them.
public struct AuditedRuns: Sendable {
  /// Who is under audit.
  public let target: any AuditSource
  /// The auditor's own.
  public let shadow: any AuditSource

  /// A target with a shadow.
  public init(target: any AuditSource, shadow: any AuditSource) {
    (self.target, self.shadow) = (target, shadow)
  }

  /// One of the two as a run, with its checkpoints.
  /// - Throws: ``RunError/notARun(_:)`` where it is none.
  func run(_ role: AuditGroup) throws -> Run {
    let source = role == .target ? target : shadow
    guard let run = source as? Run else { throw RunError.notARun(source.path) }
    return run
  }

  /// Checks that the two belong together: each was pre-trained in its role, and they have no image in common.
  /// - Throws: ``RunError``.
  func check() throws {
    for (run, role) in [(target, AuditGroup.target), (shadow, .shadow)]
    where run.description.role != TrainingGroup(role) {
      throw RunError.wrongRole(run.path, expected: role)
    }
    let overlap = self.overlap
    guard overlap == 0 else {
      throw target.splitSeed == nil
        ? RunError.listsOverlap(count: overlap, shadow: shadow.path)
        : RunError.overlap(count: overlap, target: target.path, shadow: shadow.path)
    }
  }

  /// How many of the shadow's images are among the target's: by place in one data set, which may hold a picture twice,
  /// or else by their pixels; of captions alone, how many of the shadow's are.
  private var overlap: Int {
    guard let tested = target.pictures, let learned = shadow.pictures else { return sharedCaptions }
    let groups = (target: target.groups(.target).pooled, shadow: shadow.groups(.shadow).pooled)
    if tested.fingerprint == learned.fingerprint {
      return Set(groups.target).intersection(groups.shadow).count
    }
    let pictures = Set(groups.target.map { tested.dataset.identity(of: $0) })
    return groups.shadow.count { pictures.contains(learned.dataset.identity(of: $0)) }
  }

  private var sharedCaptions: Int {
    let tested = Set((target.listedCaptions?.pooled ?? []).map { ExactText($0) })
    let captions = shadow.pictures?.dataset.captions
    return shadow.groups(.shadow).pooled.count { index in
      captions?[index].contains { tested.contains(ExactText($0)) } ?? false
    }
  }

  /// Names of the images that are asked about.
  var inputNames: [AuditGroup: MembershipGroups<[String]>] {
    func names(_ run: any AuditSource, _ group: AuditGroup) -> MembershipGroups<[String]> {
      run.listedCaptions ?? run.groups(group).map { $0.compactMap { run.pictures?.name(of: $0) } }
    }
    return [.target: names(target, .target), .shadow: names(shadow, .shadow)]
  }

  /// Seeds by what they were for.
  func seeds(attack: UInt64) -> [String: UInt64] {
    var seeds = ["attack": attack]
    seeds["split"] = target.splitSeed
    (seeds["target"], seeds["shadow"]) = (target.seed, shadow.seed)
    return seeds
  }

  /// Fingerprints of the data by role.
  var dataFingerprints: [String: String] {
    ["target": target.fingerprint, "shadow": shadow.fingerprint]
  }

  /// Makes an attack's error of features name the two runs.
  func namingFeatures<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as FeatureError {
      throw RunError.noFeatures(
        target: target.path, shadow: shadow.path, reason: error.description)
    }
  }
}

/// The folder that an attack's results go into. While the attack goes on, and where it was stopped, it holds nothing but
/// the folder `unfinished`, with what the encoders answered so far; results take its place when all of them are there.
public enum ResultsFolder {
  private static let unfinishedName = "unfinished"

  /// Whether an attack began in a folder and has not ended.
  public static func isUnfinished(_ folder: URL) -> Bool {
    Paths.exists(folder.appending(path: unfinishedName).path)
  }

  /// Checks, before anything is computed, that results can go into a folder: one that is empty or not there, or, for
  /// the growth, one with the results of an attack, or, for an attack that goes on, one that it has begun in.
  /// - Throws: ``RunError``, `FileError` where the folder cannot be listed.
  public static func requireFree(
    _ folder: URL, isGrowth: Bool = false, isResuming: Bool = false, besides known: [String] = []
  ) throws {
    // The end of an attack that was killed there may be half done.
    recoverFolder(folder)
    if isUnfinished(folder) { _ = try lock(folder) }
    try check(folder, isGrowth: isGrowth, isResuming: isResuming, besides: known)
  }

  private static func lock(_ folder: URL) throws -> FolderLock {
    try FolderLock(folder, inUse: RunError.inUse(folder.path))
  }

  private static func check(
    _ folder: URL, isGrowth: Bool, isResuming: Bool, besides known: [String] = []
  ) throws {
    var names: [String] = []
    if Paths.isFolder(folder.path) {
      // Hidden files count too.
      names = try Paths.allNames(in: folder.path).filter { !known.contains($0) }
    } else if Paths.exists(folder.path) {
      throw RunError.noFolder(folder.path)
    }
    let isUnfinished = isUnfinished(folder)
    if isResuming {
      if isUnfinished { return }
      throw names.contains(AttackJob.configurationName)
        ? RunError.finished(folder.path) : RunError.nothingToResume(folder.path)
    }
    if isUnfinished { throw RunError.unfinished(folder.path) }
    let hasRoom =
      isGrowth && names.contains(AttackJob.configurationName) && !names.contains(Growth.fileName)
    guard names.isEmpty || hasRoom else { throw RunError.occupied(folder.path) }
  }

  /// Calls `body` once the folder is made and locked, so that what cannot be written to is known before anything is
  /// computed. Where `body` throws before anything was kept, what was made is taken away again.
  /// - Throws: ``RunError/inUse(_:)``, or what `body` throws.
  static func occupying<Result>(
    _ folder: URL, isResuming: Bool, _ body: (EvidenceFolder) throws -> Result
  ) throws -> Result {
    try requireFree(folder, isResuming: isResuming)
    // Results take the folder's place, which a link would not give.
    try requireOwnFolder(folder)
    let isNew = !Paths.exists(folder.path)
    try makeFolder(folder)
    try requireOwnFolder(folder.appending(path: unfinishedName))
    let lock = try lock(folder)
    // Whoever does not hold it leaves it: another attack may be about to write there.
    defer { withExtendedLifetime(lock) { if isNew { rmdir(folder.path) } } }
    // Another attack may have ended, or been stopped, since it was looked at first.
    try check(folder, isGrowth: false, isResuming: isResuming)
    let kept = EvidenceFolder(folder.appending(path: unfinishedName), versions: Versions.all)
    return try withExtendedLifetime(lock) {
      do {
        return try body(kept)
      } catch {
        // The first error counts; a folder that stays is found unfinished by the next attack.
        if !isResuming && kept.isEmpty { try? FileManager.default.removeItem(at: kept.folder) }
        throw error
      }
    }
  }
}
