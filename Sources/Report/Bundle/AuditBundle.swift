import Attack
import Experiments
import Files
import Foundation

/// Finished audits as one file that somebody else can check: results, scores, settings, what they say of encoders and data,
/// versions, and digests of all of it.
///
/// It is a tar archive. Equal audits give equal bytes. ``BundleCheck`` reads it.
public enum AuditBundle {
  /// What `bundle.json` says: which audits there are, in which folders, of which encoders and data, by which versions.
  struct Contents: Codable, Sendable, Equatable {
    /// Always ``AuditBundle/formatName``.
    let format: String
    /// The version of this format.
    let schema: Int
    /// The audits in their order.
    let audits: [Entry]
    /// Versions of the program that made the bundle, and of its libraries.
    let versions: [String: String]
  }

  /// What a bundle says of one audit beside its files; all of it stands in `results.json` too.
  struct Entry: Codable, Sendable, Equatable {
    /// The folder in the archive.
    let folder: String
    /// The name that the audit had.
    let name: String
    /// Fingerprints of the encoders by role.
    let encoders: [String: String]
    /// Fingerprints of the data.
    let data: [String: String]
    /// Versions that the audit was made by.
    let versions: [String: String]

    init(_ record: AuditRecord, folder: String, name: String) {
      (self.folder, self.name) = (folder, name)
      let results = record.results
      var encoders = ["target": results.target.fingerprint]
      encoders["shadow"] = results.shadow?.fingerprint
      for (index, reference) in results.references.enumerated() {
        encoders["reference \(index + 1)"] = reference.fingerprint
      }
      (self.encoders, data, versions) = (encoders, results.dataFingerprints, results.versions)
    }
  }

  static let formatName = "encodermi bundle"
  static let schemaVersion = 1
  static let contentsName = "bundle.json"
  static let wordsName = "README.txt"

  /// The folder of an audit in the archive.
  static func folder(_ index: Int) -> String { "audit-\(index + 1)" }

  /// The bytes of a bundle.
  /// - Parameters:
  ///   - records: the audits, in this order.
  ///   - isAnonymous: whether numbers stand in place of the names of inputs and folders, and paths of data are left out.
  /// - Throws: `ConfigurationError` or ``ReportError`` where files cannot be read, or are more than whoever checks them reads.
  public static func bytes(_ records: [AuditRecord], isAnonymous: Bool = false) throws -> [UInt8] {
    var members: [PlainTar.Member] = []
    var entries: [Entry] = []
    for (index, record) in records.enumerated() {
      let files = isAnonymous ? try record.files.anonymous() : record.files
      members += files.all.map { PlainTar.Member("\(folder(index))/\($0.name)", $0.bytes) }
      entries.append(
        Entry(record, folder: folder(index), name: isAnonymous ? folder(index) : record.name))
    }
    let contents = Contents(
      format: formatName, schema: schemaVersion, audits: entries, versions: Versions.all)
    members.append(PlainTar.Member(contentsName, [UInt8](try Configuration.encode(contents))))
    members.append(PlainTar.Member(wordsName, Array(words.utf8)))
    let sealed = members + BundleSeal.files(of: members)
    if let excess = BundleLimits.excess(of: sealed) { throw excess }
    return PlainTar(sealed).bytes
  }

  /// What whoever unpacks a bundle reads first.
  private static let words = """
    A bundle of finished membership audits, made by encodermi.

    Each audit has a folder: results.json holds every number that was found, scores.csv
    the score and decision of every input that the numbers are made of, attack.json all
    settings. bundle.json names encoders and data by their fingerprints, and versions.

    To check it:

      encodermi verify FILE.tar   computes every number anew from the scores, says what
                                  it could not check, and finds changed bytes
      sha256sum -c SHA256SUMS     compares the files alone, once they are unpacked

    Digests inside a file show damage and mistakes. Against somebody who means to deceive
    keep the SHA-256 of the whole file elsewhere, and give it as --digest.

    """
}
