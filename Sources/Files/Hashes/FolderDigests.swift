import Foundation

/// SHA-256 digests of files in a folder, in a file of the form that `sha256sum` writes: whoever has the folder, or a copy of
/// it, can tell that they are still those that were written, by `sha256sum -c SHA256SUMS` too.
///
/// They show damage, and files that were exchanged by mistake. Whoever means to deceive writes them anew; against that
/// somebody else must keep a copy of the file.
public struct FolderDigests: Equatable, Sendable {
  /// The name of the file.
  public static let fileName = "SHA256SUMS"

  /// By path inside the folder.
  private var digests: [ExactText: String]

  /// Digests of files, and of all files in folders, as they are now. What is not there is passed over.
  /// - Parameter paths: inside the folder.
  /// - Throws: ``FileError``.
  public init(of paths: [String], in folder: URL) throws(FileError) {
    digests = [:]
    for path in paths { try add(path, in: folder) }
  }

  private mutating func add(_ path: String, in folder: URL) throws(FileError) {
    let place = folder.appending(path: path).path
    if Paths.isFolder(place) {
      for name in try Paths.names(in: place) { try add("\(path)/\(name)", in: folder) }
    } else if Paths.exists(place) {
      digests[ExactText(path)] = try FolderDigests.digest(of: place)
    }
  }

  /// The digest of a file, in hexadecimal.
  /// - Throws: ``FileError``.
  public static func digest(of path: String) throws(FileError) -> String {
    let (file, step) = (try ByteFile(path), 1 << 20)
    var hash = SHA256()
    for start in stride(from: 0, to: file.size, by: step) {
      hash.update(try file.read(start..<min(file.size, start + step)))
    }
    return hash.hexDigest()
  }

  /// Takes the digests of others too, or in place of its own.
  public func merging(_ others: FolderDigests) -> FolderDigests {
    var result = self
    result.digests.merge(others.digests) { $1 }
    return result
  }

  /// Whether there is a digest of a file, or of one in a folder.
  public func covers(_ path: String) -> Bool { !names(of: path).isEmpty }

  private func names(of path: String) -> [ExactText] {
    digests.keys.filter { name in
      name == ExactText(path) || name.description.utf8.starts(with: "\(path)/".utf8)
    }.sorted()
  }

  /// Checks that a file, or each of a folder's, is the one that was written. One without a digest is not looked at.
  /// - Throws: ``DigestError``, or ``FileError`` where it cannot be read.
  public func check(_ path: String, in folder: URL) throws {
    for name in names(of: path) {
      let file = folder.appending(path: name.description).path
      let found = try FolderDigests.digest(of: file)
      guard let expected = digests[name], expected == found else {
        throw DigestError.changed(
          file: file, digests: folder.appending(path: FolderDigests.fileName).path, found: found)
      }
    }
  }

  /// Checks that every file that has a digest is the one that was written.
  /// - Throws: as ``check(_:in:)``.
  public func check(all folder: URL) throws {
    for name in digests.keys.sorted() { try check(name.description, in: folder) }
  }

  // MARK: On disk

  /// Reads the digests of a folder; nil where there are none.
  /// - Throws: ``DigestError/malformed(file:line:)`` or ``FileError``.
  public static func read(from folder: URL) throws -> FolderDigests? {
    let file = folder.appending(path: fileName)
    guard Paths.exists(file.path) else { return nil }
    var result = try FolderDigests(of: [], in: folder)
    let lines = String(decoding: try readFile(file, limit: 1 << 24), as: UTF8.self).split(separator: "\n")
    for (number, line) in lines.enumerated() {
      // 64 digits, a space, a space or an asterisk, the path.
      let (digest, rest) = (line.prefix(64), line.dropFirst(64))
      let isDigest = digest.utf8.count == 64 && digest.allSatisfy { $0.isHexDigit && !$0.isUppercase }
      guard isDigest, rest.hasPrefix("  ") || rest.hasPrefix(" *"), rest.count > 2,
        !Paths.escapes(String(rest.dropFirst(2)))
      else { throw DigestError.malformed(file: file.path, line: number + 1) }
      result.digests[ExactText(rest.dropFirst(2))] = String(digest)
    }
    return result
  }

  /// Writes the digests into their folder, ordered by path.
  /// - Throws: ``FileError``.
  public func write(to folder: URL) throws {
    let lines = digests.sorted { $0.key < $1.key }.map { "\($0.value)  \($0.key)\n" }
    try atomicWrite(Data(lines.joined().utf8), to: folder.appending(path: FolderDigests.fileName))
  }
}

/// Why files are not taken for those that were written.
public enum DigestError: ExplainedError, Equatable {
  /// A file whose digest is another one.
  case changed(file: String, digests: String, found: String)
  /// A file of digests that is none.
  case malformed(file: String, line: Int)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .changed(let file, let digests, let found):
      "\(file) is not the file that was written here: its SHA-256 is \(found.prefix(12))…, another than \(digests) "
        + "has. Put the file back that belongs there, take the whole folder from a copy, or make it anew"
    case .malformed(let file, let line):
      "\(file), line \(line): not a SHA-256 digest, two spaces and a path inside the folder. Take the whole folder from a "
        + "copy, or make it anew"
    }
  }
}
