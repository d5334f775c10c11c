import Files
import Foundation

/// What a run folder's `split.json` holds: the split and the data it was drawn over.
public struct SplitFile: Codable, Sendable, Equatable {
  /// The name of the file in a run folder.
  public static let name = "split.json"

  /// The four groups.
  public let split: Split
  /// What a reference was trained on and what it was not; nil of target and shadow, for which the split says it.
  public let reference: MembershipGroups<[Int]>?
  /// For each data set by name, a fingerprint of its contents.
  public let dataFingerprints: [String: String]

  /// A split with the fingerprints of its data.
  public init(
    split: Split, reference: MembershipGroups<[Int]>? = nil, dataFingerprints: [String: String]
  ) {
    (self.split, self.reference) = (split, reference)
    self.dataFingerprints = dataFingerprints
  }

  /// Writes `split.json` into a run folder.
  /// - Throws: ``FileError`` when it cannot be written.
  public func write(to folder: URL) throws {
    try makeFolder(folder)
    try Configuration.write(self, to: folder.appending(path: SplitFile.name))
  }

  /// Reads `split.json` from a run folder and checks that its groups are disjoint.
  /// - Throws: ``FileError`` or ``ConfigurationError`` when it cannot be read, ``SplitError`` when its groups are not
  ///   disjoint.
  public static func read(from folder: URL) throws -> SplitFile {
    let file = try Configuration.read(SplitFile.self, from: folder.appending(path: SplitFile.name))
    try file.split.validate()
    if let reference = file.reference {
      if reference.members.isEmpty { throw SplitError.emptyGroup("reference members") }
      var owner: [Int: String] = [:]
      for (name, items) in [
        ("reference members", reference.members), ("reference nonmembers", reference.nonmembers),
      ] {
        try file.split.claim(items, for: name, &owner)
      }
    }
    return file
  }
}
