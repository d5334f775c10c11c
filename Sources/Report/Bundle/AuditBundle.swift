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
  /// - Throws: `ConfigurationError` or ``ReportError`` where files cannot be read.
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
    return PlainTar(members + BundleSeal.files(of: members)).bytes
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

/// Digests in a bundle: of each file, as `sha256sum` writes them, and of each line of each file, which tell where a file was
/// changed.
enum BundleSeal {
  static let linesName = "SHA256LINES"
  static let names = [linesName, FolderDigests.fileName]
  /// Hexadecimal digits of a line's digest.
  private static let digits = 16

  /// The files with the digests of others; the digests of files cover those of lines.
  static func files(of members: [PlainTar.Member]) -> [PlainTar.Member] {
    let lines = members.flatMap { member in
      BundleSeal.lines(of: member.bytes).enumerated().map { number, digest in
        "\(digest)  \(member.name):\(number + 1)\n"
      }
    }.joined()
    let linesFile = PlainTar.Member(linesName, Array(lines.utf8))
    return [linesFile, PlainTar.Member(FolderDigests.fileName, Array(sums(of: members + [linesFile]).utf8))]
  }

  /// A file's digest, two spaces and its name, a line for each.
  static func sums(of members: [PlainTar.Member]) -> String {
    members.map { "\(digest(of: $0.bytes))  \($0.name)\n" }.joined()
  }

  static func digest(of bytes: some Sequence<UInt8>) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.hexDigest()
  }

  /// Digests of the lines of a file, each with the line feed that ends it.
  private static func lines(of bytes: [UInt8]) -> [String] {
    parts(bytes).map { String(digest(of: $0).prefix(digits)) }
  }

  private static func parts(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var (parts, start) = ([ArraySlice<UInt8>](), 0)
    for (index, byte) in bytes.enumerated() where byte == 0x0A {
      parts.append(bytes[start...index])
      start = index + 1
    }
    return start < bytes.count ? parts + [bytes[start...]] : parts
  }

  /// The lines of a file that are not those that were written, with what stands there now; nil where the file has other
  /// lines than digests, so that the first that is unlike tells where that begins.
  /// - Parameter lines: the content of the file of digests.
  static func changedLines(of member: PlainTar.Member, by lines: [UInt8]) -> [(line: Int, text: String)] {
    let expected = String(decoding: lines, as: UTF8.self).split(separator: "\n").filter { line in
      let name = line.dropFirst(digits + 2)
      return name.lastIndex(of: ":").map { name[..<$0].isExactly(member.name) } ?? false
    }.map { $0.prefix(digits) }
    let parts = parts(member.bytes)
    let found = BundleSeal.lines(of: member.bytes)
    var changed: [(line: Int, text: String)] = []
    for index in 0..<max(expected.count, found.count) {
      if index < min(expected.count, found.count), expected[index].isExactly(found[index]) { continue }
      let text = index < parts.count ? String(decoding: parts[index], as: UTF8.self) : "nothing"
      changed.append((index + 1, excerpt(text.trimmingCharacters(in: .whitespacesAndNewlines), most: 80)))
      // From a line that is missing or was added all others are unlike.
      if expected.count != found.count { break }
    }
    return changed
  }
}
