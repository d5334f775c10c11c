import Foundation

/// The small questions that are asked of paths and of the file system. Links are followed; what may not be looked at
/// counts as not there.
public enum Paths {
  /// Whether anything is at a path.
  public static func exists(_ path: String) -> Bool { kind(path) != nil }

  /// Whether a regular file is at a path: no folder, pipe or device.
  public static func isFile(_ path: String) -> Bool { kind(path) == S_IFREG }

  /// Whether a folder is at a path.
  public static func isFolder(_ path: String) -> Bool { kind(path) == S_IFDIR }

  private static func kind(_ path: String) -> mode_t? {
    // To the system a path ends at a zero byte, so it would look at another place.
    guard !path.utf8.contains(0) else { return nil }
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// The names in a folder in byte order, without hidden ones. Bytes that are not UTF-8 become U+FFFD.
  /// - Throws: ``FileError`` where the folder cannot be listed.
  public static func names(in folder: String) throws(FileError) -> [String] {
    try allNames(in: folder).filter { $0.utf8.first != UInt8(ascii: ".") }
  }

  /// The names in a folder in byte order, hidden ones too, without those of the folder itself and of that above.
  /// - Throws: ``FileError`` where the folder cannot be listed.
  public static func allNames(in folder: String) throws(FileError) -> [String] {
    // To the system a path ends at a zero byte, so it would list another place.
    guard !folder.utf8.contains(0) else { throw .absent(file: excerpt(folder)) }
    guard let stream = opendir(folder) else { throw .fromSystem(errno, folder, "listing the folder") }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.isExactly(".") && !name.isExactly("..") { names.append(name) }
    }
    guard errno == 0 else { throw .fromSystem(errno, folder, "listing the folder") }
    return names.sortedByBytes()
  }

  /// The last part of a path: `c.png` of `a/b/c.png`, `b` of `a/b/`; empty for `/`.
  public static func name(_ path: String) -> String {
    trimmed(path).split(separator: slash).last.map { String(Substring($0)) } ?? ""
  }

  /// What stands before the last part: `a/b` of `a/b/c.png`, `/` of `/a`, `.` of `a`.
  public static func folder(of path: String) -> String {
    let trimmed = trimmed(path)
    guard let last = trimmed.lastIndex(of: slash) else {
      return trimmed.isEmpty && path.utf8.first == slash ? "/" : "."
    }
    let front = Paths.trimmed(String(Substring(trimmed[..<last])))
    return front.isEmpty ? "/" : String(Substring(front))
  }

  /// What follows the last dot of a name, in lower case and without the dot: `png` of `a/b.PNG`; empty where there is
  /// none, and for a hidden file without another dot.
  public static func suffix(_ path: String) -> String {
    let name = name(path).utf8
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else { return "" }
    return Substring(name[name.index(after: dot)...]).lowercased()
  }

  /// The same place without parts that say nothing: `a/b` of `./a//b/./`; `.` where nothing is left. Parts `..` stay,
  /// as what is before them may be a link.
  public static func normalised(_ path: String) -> String {
    let parts = path.utf8.split(separator: slash).filter { !$0.elementsEqual(".".utf8) }
    let rest = parts.map { String(Substring($0)) }.joined(separator: "/")
    if path.utf8.first == slash { return "/" + rest }
    return rest.isEmpty ? "." : rest
  }

  /// Whether a path in an archive or a list leads out of the folder that it is meant to lie in.
  public static func escapes(_ path: String) -> Bool {
    path.utf8.first == slash || path.utf8.split(separator: slash).contains { $0.elementsEqual("..".utf8) }
  }

  private static let slash = UInt8(ascii: "/")

  /// A path without slashes at its end.
  private static func trimmed(_ path: String) -> Substring.UTF8View {
    var bytes = Substring(path).utf8
    while bytes.last == slash { bytes.removeLast() }
    return bytes
  }
}
