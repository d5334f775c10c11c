import Attack
import Files
import Foundation

/// What is found in a bundle that somebody checks: whether each byte is as it was written, whether each number follows from
/// the scores, and what could not be checked.
public struct BundleCheck: Sendable {
  /// One audit in the bundle.
  public struct Audit: Sendable {
    /// Its folder in the archive, with the name that the audit had.
    public let name: String
    /// What was computed anew.
    public let numbers: NumberCheck
    /// How many inputs have scores.
    public let inputs: Int
  }

  /// What is wrong, each with its place; none in a sound bundle.
  public private(set) var problems: [String] = []
  /// The audits that could be read.
  public private(set) var audits: [Audit] = []
  /// The SHA-256 digest of the file, in hexadecimal.
  public let digest: String

  /// Reads and checks a bundle. One that holds more than any of ours is refused before anything in it is read.
  /// - Parameter expected: the digest that the file has by what was written elsewhere; nil if none is known.
  /// - Throws: `FileError` where it cannot be read at all, or is larger than a bundle may be.
  public init(_ file: URL, expecting expected: String? = nil) throws {
    self.init(
      [UInt8](try readFile(file, limit: BundleLimits.bytes)), file: file.path, expecting: expected)
  }

  /// Checks the bytes of a bundle.
  /// - Parameter file: its name, for errors.
  init(_ bytes: [UInt8], file: String, expecting expected: String? = nil) {
    digest = BundleSeal.digest(of: bytes)
    if let expected, !expected.lowercased().isExactly(digest) {
      problems.append("\(file): its SHA-256 is \(digest), and \(excerpt(expected, most: 64)) was expected")
    }
    do {
      let archive = try PlainTar(bytes, file: file, most: BundleLimits.files)
      if let excess = BundleLimits.excess(of: archive.members) { throw excess }
      checkSeal(archive)
      try checkAudits(archive)
    } catch {
      problems.append("\(error)")
    }
  }

  private mutating func checkSeal(_ archive: PlainTar) {
    let (lines, sums) = (archive.bytes(of: BundleSeal.linesName), archive.bytes(of: FolderDigests.fileName))
    let sealed = archive.members.filter { !$0.name.isExactly(FolderDigests.fileName) }
    guard let lines, let sums else {
      return problems.append("\(BundleSeal.names.joined(separator: " or ")) is missing")
    }
    let before = problems.count
    // Each as it stands, so that a line end is part of it.
    let recorded = String(decoding: sums, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map { "\($0)\n" }
    let named = Dictionary(
      recorded.compactMap { line in
        line.firstRange(of: "  ").map { (ExactText(line[$0.upperBound...].dropLast()), line) }
      }, uniquingKeysWith: { first, _ in first })
    let expected = BundleSeal.sums(of: sealed)
    var digests: [ExactText: [Substring]]?
    for (index, (member, line)) in zip(sealed, expected).enumerated() {
      guard let found = named[ExactText(member.name)] else {
        problems.append(
          "\(FolderDigests.fileName), line \(index + 1): it has no digest of '\(excerpt(member.name))'")
        continue
      }
      if found.isExactly(line) { continue }
      if digests == nil { digests = BundleSeal.digests(in: lines) }
      let changed =
        member.name.isExactly(BundleSeal.linesName)
        ? []
        : BundleSeal.changedLines(
          of: member, by: digests?[ExactText(member.name)] ?? [], most: BundleCheck.most)
      if changed.isEmpty {
        problems.append(
          "\(excerpt(member.name)) or its line in \(FolderDigests.fileName), line \(index + 1): the digests differ"
        )
      }
      for (number, text) in changed {
        problems.append(
          "\(excerpt(member.name)), line \(number): it is not as it was written, and is now '\(text)'")
      }
    }
    if problems.count == before && sums != Array(expected.joined().utf8) {
      problems.append(
        "\(FolderDigests.fileName): its lines are in another order, or more than there are files")
    }
  }

  /// Lines of one file that are named.
  private static let most = 5

  private mutating func checkAudits(_ archive: PlainTar) throws {
    guard let text = archive.bytes(of: AuditBundle.contentsName) else {
      return problems.append("\(AuditBundle.contentsName) is missing")
    }
    let contents: AuditBundle.Contents = try Configuration.decode(
      from: Data(text), file: AuditBundle.contentsName)
    guard contents.format.isExactly(AuditBundle.formatName), contents.schema == AuditBundle.schemaVersion
    else {
      return problems.append(
        "\(AuditBundle.contentsName): it is of '\(excerpt(contents.format))', schema \(contents.schema); this program checks "
          + "'\(AuditBundle.formatName)', schema \(AuditBundle.schemaVersion)")
    }
    if contents.audits.isEmpty { problems.append("\(AuditBundle.contentsName): it names no audit") }
    let count = AuditFiles.names.count * contents.audits.count + 2 + BundleSeal.names.count
    guard archive.members.count == count else {
      return problems.append(
        "\(AuditBundle.contentsName): it names \(contents.audits.count) audits, which are \(count) files; the archive holds "
          + "\(archive.members.count)")
    }
    let names =
      contents.audits.indices.flatMap { index in AuditFiles.names.map { "\(AuditBundle.folder(index))/\($0)" }
      }
      + [AuditBundle.contentsName, AuditBundle.wordsName] + BundleSeal.names
    let known = Set(names.map { ExactText($0) })
    for member in archive.members where !known.contains(ExactText(member.name)) {
      problems.append("'\(excerpt(member.name))' is no file of a bundle")
    }
    let files = Dictionary(
      archive.members.map { (ExactText($0.name), $0.bytes) }, uniquingKeysWith: { first, _ in first })
    for (index, entry) in contents.audits.enumerated() {
      do {
        try check(entry, AuditBundle.folder(index), files)
      } catch {
        problems.append("\(error)")
      }
    }
  }

  private mutating func check(
    _ entry: AuditBundle.Entry, _ folder: String, _ archive: [ExactText: [UInt8]]
  ) throws {
    func bytes(_ name: String) throws -> [UInt8] {
      guard let bytes = archive[ExactText("\(folder)/\(name)")] else {
        throw FileError.absent(file: "\(folder)/\(name)")
      }
      return bytes
    }
    let parts = try AuditFiles.names.map(bytes)
    let files = AuditFiles(place: folder, results: parts[1], scores: parts[2], settings: parts[0])
    let record = try AuditRecord(files, name: entry.name)
    let check = record.check
    problems += check.disagreements.map { "\(folder)/\($0)" }
    if check.disagreeing > check.disagreements.count {
      problems.append("\(folder): \(check.disagreeing - check.disagreements.count) more places do not fit")
    }
    if entry != AuditBundle.Entry(record, folder: folder, name: entry.name) {
      problems.append(
        "\(AuditBundle.contentsName): what it says of \(folder) is not what \(folder)/\(AttackResults.fileName) says"
      )
    }
    let counts = record.scores.inputs.map(\.count)
    audits.append(
      Audit(
        name: entry.name.isExactly(folder) ? folder : "\(folder) (\(excerpt(entry.name)))",
        numbers: record.check, inputs: counts.members + counts.nonmembers))
  }
}
