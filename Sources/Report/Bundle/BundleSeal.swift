import Attack
import Files
import Foundation

/// What a bundle may hold at most, so that checking one from somebody else takes bounded time and memory.
enum BundleLimits {
  /// Bytes of the whole file.
  static let bytes = 1 << 29
  /// Files in it: a thousand audits and more.
  static let files = 4096
  /// Lines of all files together, each of which has a digest.
  static let lines = 1 << 21

  /// The most bytes of a file by its name.
  static func bytes(of name: String) -> Int {
    name.isExactly(BundleSeal.linesName) ? 1 << 27 : AuditFiles.largest(name)
  }

  /// What is more than is allowed; nil for nothing.
  static func excess(of members: [PlainTar.Member]) -> ReportError? {
    if members.count > files { return .tooLarge(what: "files", found: members.count, limit: files) }
    for member in members where member.bytes.count > bytes(of: member.name) {
      return .tooLarge(
        what: "bytes of \(excerpt(member.name))", found: member.bytes.count, limit: bytes(of: member.name))
    }
    let total = members.reduce(0) { $0 + $1.bytes.count }
    if total > bytes { return .tooLarge(what: "bytes", found: total, limit: bytes) }
    let ends = members.reduce(0) { $0 + $1.bytes.count { $0 == 0x0A } }
    return ends > 2 * lines ? .tooLarge(what: "lines", found: ends, limit: 2 * lines) : nil
  }
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
    var lines = ""
    for member in members {
      for (number, line) in parts(member.bytes).enumerated() {
        lines += "\(lineDigest(of: line))  \(member.name):\(number + 1)\n"
      }
    }
    let linesFile = PlainTar.Member(linesName, Array(lines.utf8))
    let sums = sums(of: members + [linesFile]).joined()
    return [linesFile, PlainTar.Member(FolderDigests.fileName, Array(sums.utf8))]
  }

  /// A file's digest, two spaces and its name, a line for each.
  static func sums(of members: [PlainTar.Member]) -> [String] {
    members.map { "\(digest(of: $0.bytes))  \($0.name)\n" }
  }

  static func digest(of bytes: some Sequence<UInt8>) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.hexDigest()
  }

  /// The digest of a line with the line feed that ends it.
  private static func lineDigest(of line: ArraySlice<UInt8>) -> Substring { digest(of: line).prefix(digits) }

  private static func parts(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var (parts, start) = ([ArraySlice<UInt8>](), 0)
    for (index, byte) in bytes.enumerated() where byte == 0x0A {
      parts.append(bytes[start...index])
      start = index + 1
    }
    return start < bytes.count ? parts + [bytes[start...]] : parts
  }

  /// The digests of lines by file, in the order that they stand in.
  /// - Parameter lines: the content of the file of digests.
  static func digests(in lines: [UInt8]) -> [ExactText: [Substring]] {
    var found: [ExactText: [Substring]] = [:]
    for line in String(decoding: lines, as: UTF8.self).split(separator: "\n") {
      let name = line.dropFirst(digits + 2)
      guard let colon = name.lastIndex(of: ":") else { continue }
      found[ExactText(name[..<colon]), default: []].append(line.prefix(digits))
    }
    return found
  }

  /// The first lines of a file that are not those that were written, with what stands there now; none where the file has the
  /// lines that were written.
  /// - Parameters:
  ///   - expected: the digests of its lines, as they were written.
  ///   - most: how many are named.
  static func changedLines(
    of member: PlainTar.Member, by expected: [Substring], most: Int
  ) -> [(line: Int, text: String)] {
    let parts = parts(member.bytes)
    var changed: [(line: Int, text: String)] = []
    for index in 0..<max(expected.count, parts.count) where changed.count < most {
      if index < min(expected.count, parts.count), expected[index].isExactly(lineDigest(of: parts[index])) {
        continue
      }
      let text = index < parts.count ? String(decoding: parts[index], as: UTF8.self) : "nothing"
      changed.append((index + 1, excerpt(text.trimmingCharacters(in: .whitespacesAndNewlines), most: 80)))
      // From a line that is missing or was added all others are unlike.
      if expected.count != parts.count { break }
    }
    return changed
  }
}
