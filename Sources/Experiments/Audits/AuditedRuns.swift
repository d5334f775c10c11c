import Attack
import Data
import Files
import Foundation

/// The run under audit and the auditor's own, and what all attacks from the one on the other need of them.
public struct AuditedRuns: Sendable {
  /// The run under audit.
  public let target: Run
  /// The auditor's own run.
  public let shadow: Run

  /// A target with a shadow.
  public init(target: Run, shadow: Run) { (self.target, self.shadow) = (target, shadow) }

  /// Checks that the two belong together: each was pre-trained in its role, and they have no image in common.
  /// - Throws: ``RunError``.
  func check() throws {
    for (run, role) in [(target, AuditGroup.target), (shadow, .shadow)]
    where run.description.role != role {
      throw RunError.wrongRole(run.folder.url.path, expected: role)
    }
    let overlap = self.overlap
    guard overlap == 0 else {
      throw RunError.overlap(count: overlap, target: target.folder.url.path, shadow: shadow.folder.url.path)
    }
  }

  /// How many of the shadow's images are among the target's: by place in one data set, which may hold a picture twice,
  /// or else by their pixels.
  private var overlap: Int {
    let groups = (target: target.groups(.target).pooled, shadow: shadow.groups(.shadow).pooled)
    if target.images.fingerprint == shadow.images.fingerprint {
      return Set(groups.target).intersection(groups.shadow).count
    }
    let tested = Set(groups.target.map { target.images.dataset.identity(of: $0) })
    return groups.shadow.count { tested.contains(shadow.images.dataset.identity(of: $0)) }
  }

  /// Sizes of the groups that attacks are tested and trained on.
  var sizes: SplitSizes {
    SplitSizes(target: target.groups(.target).map(\.count), shadow: shadow.groups(.shadow).map(\.count))
  }

  /// Names of the images that are asked about.
  var inputNames: MembershipGroups<[String]> {
    target.groups(.target).map { $0.map { target.images.name(of: $0) } }
  }

  /// Seeds by what they were for.
  func seeds(attack: UInt64) -> [String: UInt64] {
    [
      "attack": attack, "split": target.split.split.seed, "target": target.settings.seed,
      "shadow": shadow.settings.seed,
    ]
  }

  /// Fingerprints of the data by role.
  var dataFingerprints: [String: String] {
    ["target": target.images.fingerprint, "shadow": shadow.images.fingerprint]
  }

  /// Makes an attack's error of features name the two runs.
  func namingFeatures<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as FeatureError {
      throw RunError.noFeatures(
        target: target.folder.url.path, shadow: shadow.folder.url.path, reason: error.description)
    }
  }
}

/// The folder that an attack's results go into.
public enum ResultsFolder {
  /// Checks, before anything is computed, that results can go into a folder: one that is empty or not there, or, for
  /// the growth, one with the results of an attack.
  /// - Throws: ``RunError/occupied(_:)``, `FileError` where the folder cannot be listed.
  public static func requireFree(_ folder: URL, isGrowth: Bool = false) throws {
    var names: [String] = []
    if Paths.isFolder(folder.path) {
      do {
        // Hidden files count too.
        names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      } catch {
        throw FileError.refused(
          file: folder.path, operation: "listing the folder", reason: error.localizedDescription)
      }
    } else if Paths.exists(folder.path) {
      throw RunError.occupied(folder.path)
    }
    let hasRoom =
      isGrowth && names.contains(AttackJob.configurationName) && !names.contains(Growth.fileName)
    guard names.isEmpty || hasRoom else { throw RunError.occupied(folder.path) }
  }

  /// Calls `body` once the folder is made, so that what cannot be written to is known before anything is computed;
  /// where it was not there before and is still empty at the end, it is taken away again.
  static func occupying<Result>(_ folder: URL, _ body: () throws -> Result) throws -> Result {
    let isNew = !FileManager.default.fileExists(atPath: folder.path)
    try makeFolder(folder)
    defer { if isNew { rmdir(folder.path) } }
    return try body()
  }
}
